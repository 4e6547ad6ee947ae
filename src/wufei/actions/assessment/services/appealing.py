"""申诉: a department objects to a line with evidence; the office accepts or refuses, with its reason."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from wufei.actions.assessment.core.facts import Facts, Objection, TargetKind, Verdict
from wufei.actions.assessment.core.points import CENT
from wufei.actions.assessment.core.sheet import BONUS, DEDUCTIONS, Line
from wufei.actions.assessment.core.states import State, demand
from wufei.actions.assessment.models import Appeal, Assessment
from wufei.actions.assessment.queries.assessments import frozen, published_sheets
from wufei.actions.assessment.services.owning import (
    DECIDED,
    evidence,
    held,
    keep_event,
    require_department,
    sheet_address,
    tell_department,
    tell_office,
)
from wufei.actions.assessment.services.publishing import keep_sheets
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import day_of

VALUE_MAX = Decimal(10) ** 15


def appeal(scope: Scope, *, assessment_id: int, objection: Objection, now: datetime) -> int:
    """Object to a line of a department's sheet, and give the appeal's id.

    Raises
    ------
    AccessError
        It is another department's sheet.
    NotFoundError
        The sheet has no such line.
    InputError
        ``remark``, ``assess.evidence``.
    ConflictError
        ``assess.state``; ``assess.late``: the day is over; ``assess.appeal-twice``: an appeal about this line
        waits; ``assess.not-open``: the line follows from a rule and cannot be changed.
    """
    written, department_id = remark("text", objection.text), objection.department_id
    with session(scope):
        found = held(scope, "assess.appeal", assessment_id)
        require_department(scope, department_id)
        demand(State(found.state), State.PUBLISHED)
        if found.appeal_until is not None and day_of(now) > found.appeal_until:
            raise ConflictError("assess.late", _late(found))
        about = _line(found, department_id, objection.line)
        waiting = Appeal.objects.filter(assessment=found, department_id=department_id, accepted=None)
        if waiting.filter(line=objection.line).exists():
            raise ConflictError("assess.appeal-twice", _TWICE)
        made = Appeal.objects.create(
            assessment=found,
            region_id=found.region_id,
            department_id=department_id,
            line=objection.line,
            text=written,
            file_ids=evidence(scope, objection.file_ids, needed=True),
            made_at=now,
            made_by_id=scope.user_id,
        )
        said = Text(
            f"申诉“{about.item.zh[:60]}”：{written[:80]}",
            f"Appeal about “{about.item.in_language('en')[:60]}”: {written[:80]}",
        )
        keep_event(scope, found, "appealed", said, now)
        link = f"{sheet_address(found.id, department_id)}#appeals"
        tell_office(found, said, link, f"assess.appealed:{made.id}")
        return made.id


def decide(scope: Scope, *, appeal_id: int, verdict: Verdict, now: datetime) -> None:
    """Decide an appeal once: accept it with the right points or the right value, or refuse.

    Raises
    ------
    AccessError
        The scope runs no assessment in the region, or made the appeal itself.
    InputError
        ``remark``: no reason; ``assess.decision``: accepted without points or value, or with both;
        ``assess.points``: outside what the line can give.
    ConflictError
        ``assess.state``; ``assess.decided``: it was decided before.
    """
    written = remark("reason", verdict.reason)
    require(scope, "assess.run")
    with session(scope):
        # The assessment is held first, as everywhere, so that two people cannot wait for each other.
        assessment_id = Appeal.objects.filter(id=appeal_id).values_list("assessment_id", flat=True).first()
        if assessment_id is None:
            raise NotFoundError("appeal", appeal_id)
        found = held(scope, "assess.run", assessment_id)
        demand(State(found.state), State.PUBLISHED)
        row = Appeal.objects.select_for_update().get(id=appeal_id)
        if row.accepted is not None:
            raise ConflictError("assess.decided", _DECIDED)
        if row.made_by_id is not None and row.made_by_id == scope.user_id:
            raise AccessError("assess.run", _OWN)
        line = _line(found, row.department_id, row.line)
        row.accepted, row.reason, row.decided_at, row.decided_by_id = (
            verdict.accept,
            written,
            now,
            scope.user_id,
        )
        if verdict.accept:
            _check(found, line, verdict)
            row.points, row.value = verdict.points, verdict.value
        row.save(update_fields=["accepted", "reason", "decided_at", "decided_by", "points", "value"])
        if verdict.accept:
            keep_sheets(found)
        text = _said(line, written, accept=verdict.accept)
        keep_event(scope, found, "decided", text, now)
        link = f"{sheet_address(found.id, row.department_id)}#appeals"
        tell_department(row.department_id, DECIDED, text, link, f"{DECIDED}:{row.id}")


def bounds_of(line: Line) -> tuple[Decimal, Decimal]:
    """Give the least and the most points that a decision may give a line."""
    if line.part == DEDUCTIONS:
        return (line.score or Decimal(0)), Decimal(0)
    return Decimal(0), line.points


def may_appeal(line: Line) -> bool:
    """Say whether a line can be objected to: what follows from a rule alone, or is not counted, cannot."""
    counted = line.points > 0 or line.part in (BONUS, DEDUCTIONS)
    return counted and not line.key.startswith("cap:") and not line.key.endswith(":none")


def takes_value(line: Line, facts: Facts) -> bool:
    """Say whether a decision may put right the value of a line: that of a numeric indicator."""
    numeric = [fact for fact in facts.indicators if fact.target is TargetKind.NUMBER]
    return any(line.key == f"indicator:{fact.id}" for fact in numeric)


def _line(found: Assessment, department_id: int, key: str) -> Line:
    sheet = next((one for one in published_sheets(found) if one.department_id == department_id), None)
    line = sheet.line(key) if sheet is not None else None
    if line is None:
        raise NotFoundError("line", key)
    if not may_appeal(line):
        raise ConflictError("assess.not-open", _NOT_OPEN)
    return line


def _check(found: Assessment, line: Line, verdict: Verdict) -> None:
    points, value = verdict.points, verdict.value
    if (points is None) == (value is None):
        raise InputError("assess.decision", "points", "", _ONE)
    if points is not None:
        low, high = bounds_of(line)
        if not points.is_finite() or not low <= points <= high or points % CENT:
            raise InputError("assess.points", "points", points, _bounds(low, high))
    if value is not None:
        if not takes_value(line, frozen(found)):
            raise InputError("assess.decision", "value", value, _NO_VALUE)
        if not value.is_finite() or abs(value) > VALUE_MAX:
            raise InputError("assess.decision", "value", value, _TOO_LARGE)


def _said(line: Line, reason: str, *, accept: bool) -> Text:
    zh, en = ("采纳", "accepted") if accept else ("不采纳", "refused")
    return Text(
        f"申诉{zh}：“{line.item.zh[:60]}”，{reason[:80]}",
        f"Appeal {en}: “{line.item.in_language('en')[:60]}”, {reason[:80]}",
    )


def _late(found: Assessment) -> Text:
    day = found.appeal_until.isoformat() if found.appeal_until else ""
    return Text(f"申诉已于 {day} 截止。", f"Appeals ended on {day}.")


def _bounds(low: Decimal, high: Decimal) -> Text:
    return Text(
        f"这一项的得分应在 {low} 至 {high} 之间，最多两位小数。",
        f"This line gives {low} to {high} points, with two decimals at most.",
    )


_TWICE = Text("这一项已有申诉在办，请等待答复。", "An appeal about this line waits for its decision already.")
_DECIDED = Text("这件申诉已经答复，不能再改。", "This appeal was decided and stays as it is.")
_OWN = Text(
    "不能答复自己提出的申诉，请由另一位同事办理。", "Nobody decides an own appeal: let a colleague do it."
)
_NOT_OPEN = Text(
    "这一项由办法直接得出或不计分，不能申诉。", "This line follows from the scheme itself or is not counted."
)
_ONE = Text(
    "采纳时请填写核定得分，或（指标）核定数值，二者填一。",
    "An accepted appeal gives the line's points or the indicator's value, one of the two.",
)
_NO_VALUE = Text(
    "只有数值指标可以核定数值，其他项请填写核定得分。", "Only a numeric indicator takes a value; give points."
)
_TOO_LARGE = Text("数值过大，请核对单位。", "The value is too large; check its unit.")
