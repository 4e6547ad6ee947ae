"""Open an assessment, compute it, publish it, close it; each step once, in this order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wufei.actions.assessment.core.freezing import plain
from wufei.actions.assessment.core.states import State, demand
from wufei.actions.assessment.models import Appeal, Assessment
from wufei.actions.assessment.queries.assessments import all_sheets, frozen
from wufei.actions.assessment.queries.facts import gather, judged_on
from wufei.actions.assessment.queries.schemes import find_scheme
from wufei.actions.assessment.services.owning import (
    PUBLISHED,
    held,
    keep_event,
    name_of,
    sheet_address,
    tell_department,
)
from wufei.actions.assessment.services.publishing import keep_sheets
from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import day_of
from wufei.runtime.signing.core.canonical import canonical, digest_of

APPEAL_DAYS_MAX = 60


def open_year(
    scope: Scope, *, region_id: int, year: int, scheme_key: str, book: str = "", now: datetime
) -> int:
    """Open the assessment of a year by a scheme, and give its id; the scheme stays as it is now.

    Raises
    ------
    AccessError
        The scope runs no assessment in the region.
    NotFoundError
        The region has no such scheme.
    InputError
        ``assess.year``: the scheme does not cover the year, or the year has not begun.
    ConflictError
        ``assess.twice``: it is open already.
    """
    require(scope, "assess.run", region_id=region_id)
    found = find_scheme(scope, region_id, scheme_key)
    judged_on(year, day_of(now))
    if not found.scheme.covers(year):
        raise InputError("assess.year", "year", year, _not_covered(year, found.scheme.title))
    with session(scope):
        there = Assessment.objects.filter(region_id=region_id, year=year, scheme_key=scheme_key)
        if there.exists():
            raise ConflictError("assess.twice", _TWICE)
        made = Assessment.objects.create(
            region_id=region_id,
            year=year,
            scheme_key=scheme_key,
            scheme=found.text,
            book=book,
            state=State.OPEN.value,
            opened_at=now,
            opened_by_id=scope.user_id,
        )
        keep_event(scope, made, "opened", Text(f"建立{name_of(made).zh}", f"Opened: {name_of(made).en}"), now)
        return made.id


def compute(scope: Scope, *, assessment_id: int, now: datetime) -> None:
    """Read figures, tasks, reports and steps as they stand, and freeze them with their digest.

    May be repeated until the assessment is published.

    Raises
    ------
    ConflictError
        ``assess.state``: it is published or closed; ``assess.nothing``: no department has anything to assess.
    InputError
        ``figure.book-ambiguous``: the region has several books.
    """
    with session(scope):
        found = held(scope, "assess.run", assessment_id)
        demand(State(found.state), State.OPEN, State.COMPUTED)
        facts = gather(scope, region_id=found.region_id, year=found.year, book=found.book, today=day_of(now))
        if not facts.departments():
            raise ConflictError("assess.nothing", _NOTHING)
        data = plain(facts)
        found.facts, found.facts_digest = canonical(data).decode("utf-8"), digest_of(data)
        found.state, found.computed_at = State.COMPUTED.value, now
        found.save(update_fields=["facts", "facts_digest", "state", "computed_at"])
        digest = found.facts_digest[:12]
        keep_event(
            scope,
            found,
            "computed",
            Text(f"计算，数据校验值 {digest}", f"Computed; digest of facts {digest}"),
            now,
        )


def publish(scope: Scope, *, assessment_id: int, appeal_until: date, now: datetime) -> None:
    """Show the departments their sheets, and let them object until a day.

    Raises
    ------
    ConflictError
        ``assess.state``: it is not computed, or published already.
    InputError
        ``assess.appeal-until``: a day before today, or further than `APPEAL_DAYS_MAX` days ahead.
    """
    ahead = (appeal_until - day_of(now)).days
    if not 0 <= ahead <= APPEAL_DAYS_MAX:
        raise InputError("assess.appeal-until", "appeal_until", appeal_until, _UNTIL)
    with session(scope):
        found = held(scope, "assess.run", assessment_id)
        demand(State(found.state), State.COMPUTED)
        found.state, found.published_at, found.appeal_until = State.PUBLISHED.value, now, appeal_until
        found.save(update_fields=["state", "published_at", "appeal_until"])
        keep_sheets(found)
        until, name = appeal_until.isoformat(), name_of(found)
        keep_event(
            scope, found, "published", Text(f"公布，申诉至 {until}", f"Published; appeals until {until}"), now
        )
        text = Text(
            f"{name.zh}已公布，申诉截止 {until}", f"{name.en} is published; you may object until {until}"
        )
        for department_id in frozen(found).departments():
            link = sheet_address(found.id, department_id)
            tell_department(department_id, PUBLISHED, text, link, f"{PUBLISHED}:{found.id}:{department_id}")


def close(scope: Scope, *, assessment_id: int, now: datetime) -> str:
    """Lock all sheets as they are, and give the digest of the result.

    Raises
    ------
    ConflictError
        ``assess.state``; ``assess.early``: departments may still object; ``assess.undecided``: an appeal has
        no decision yet.
    """
    with session(scope):
        found = held(scope, "assess.run", assessment_id)
        demand(State(found.state), State.PUBLISHED)
        if found.appeal_until is not None and day_of(now) <= found.appeal_until:
            raise ConflictError("assess.early", _early(found.appeal_until))
        waiting = Appeal.objects.filter(assessment=found, accepted=None).count()
        if waiting:
            raise ConflictError("assess.undecided", _undecided(waiting))
        result: dict[str, Any] = {
            "facts": found.facts_digest,
            "scheme": digest_of(found.scheme),
            "sheets": [plain(sheet) for sheet in all_sheets(found)],
        }
        found.result, found.result_digest = canonical(result).decode("utf-8"), digest_of(result)
        found.state, found.closed_at = State.CLOSED.value, now
        found.save(update_fields=["result", "result_digest", "state", "closed_at"])
        digest = found.result_digest
        keep_event(
            scope,
            found,
            "closed",
            Text(f"办结锁定，结果校验值 {digest[:12]}", f"Closed and locked; digest of result {digest[:12]}"),
            now,
        )
        return digest


def _not_covered(year: int, title: Text) -> Text:
    return Text(
        f"“{title.zh}”不适用于{year}年。请选择适用的办法，或修订其适用年份。",
        f"“{title.in_language('en')}” does not cover {year}. Choose another, or mend its years.",
    )


def _early(until: date) -> Text:
    return Text(
        f"申诉期到 {until.isoformat()}，之后才能办结。",
        f"Departments may object until {until.isoformat()}; close it after that.",
    )


def _undecided(waiting: int) -> Text:
    return Text(
        f"还有 {waiting} 件申诉没有答复，请先逐件答复。",
        f"{waiting} appeals have no decision yet: decide them first.",
    )


_TWICE = Text("本年已按这个办法建立考核。", "This year's assessment by this scheme is open already.")
_NOTHING = Text(
    "本区没有可考核的内容：方案指标和任务都没有对应到部门。请先取出任务并匹配部门。",
    "Nothing is to be assessed: no indicator or task of the plan has a department. Take the tasks first.",
)
_UNTIL = Text(
    f"申诉截止日应为今天起 {APPEAL_DAYS_MAX} 天之内。",
    f"The last day for appeals is today or within {APPEAL_DAYS_MAX} days.",
)
