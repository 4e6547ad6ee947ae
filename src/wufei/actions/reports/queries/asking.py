"""Which departments a document's figures wait for, and which documents wait for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import OuterRef, Subquery

from wufei.actions.reports.core.countersigning import Countersigner, turn
from wufei.actions.reports.core.document import Document, Part
from wufei.actions.reports.core.drafting import part_text
from wufei.actions.reports.core.fields import FigureField
from wufei.actions.reports.core.rows import AnswerRow, AskRow, Wait, Waiting
from wufei.actions.reports.core.states import Act, State
from wufei.actions.reports.models import Answer, Ask, Countersign, Move, Report
from wufei.actions.reports.queries.reports import answer_of, document_in, row_of
from wufei.records.plans.core.departments import Office, matches
from wufei.records.plans.queries import get_plan
from wufei.runtime.access.core import MATRIX, Role, Scope, allowed, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import (
    DepartmentRow,
    departments_by_id,
    departments_in,
    departments_with,
    regions_under,
)

SIGNERS = tuple(role for role in Role if role is not Role.OPERATOR and "report.countersign" in MATRIX[role])
"""Who answers for a department."""


def departments_of_figures(
    scope: Scope, document: Document, region_id: int
) -> Iterator[tuple[FigureField, tuple[int, ...]]]:
    """Give each figure with the departments that its line of the plan names, if they are known here.

    The session that is open decides what the database shows.
    """
    units: dict[str, dict[str, tuple[str, ...]]] = {}
    for plan_id in {each.plan for each in document.measured if each.plan}:
        units[plan_id] = {line.indicator_id: line.units for line in get_plan(scope, plan_id).lines}
    names = {name for lines in units.values() for found in lines.values() for name in found}
    offices = [
        Office(row.id, (row.name.zh, *row.aliases)) for row in departments_in(regions_under(region_id))
    ]
    known = {match.name: match.sure for match in matches(sorted(names), offices)}
    for each in document.measured:
        named = units.get(each.plan, {}).get(each.indicator, ())
        found = [sure for sure in (known[name] for name in named) if sure is not None]
        yield each, tuple(dict.fromkeys(found))


def asks_of(report: Report, document: Document, answers: Sequence[AnswerRow]) -> tuple[AskRow, ...]:
    """Give the departments that were asked about a document, with the figures that still wait."""
    asks = list(Ask.objects.filter(report=report).order_by("id"))
    names = departments_by_id(ask.department_id for ask in asks)
    return tuple(
        AskRow(
            ask.department_id,
            names[ask.department_id].name,
            tuple(each.key for each in document.measured if each.indicator in ask.indicators),
            tuple(each.key for each in _waiting(document, ask, answers)),
            ask.due_on,
        )
        for ask in asks
    )


def countersigners_of(report: Report) -> tuple[Countersigner, ...]:
    """Give who was asked to countersign in the present round, in their turn."""
    rows = list(Countersign.objects.filter(report=report).order_by("round", "place", "id"))
    last = max((row.round for row in rows), default=0)
    names = departments_by_id(row.department_id for row in rows)
    return tuple(
        Countersigner(
            row.department_id,
            names[row.department_id].name.zh,
            row.place,
            row.agrees,
            row.opinion,
            row.user_id,
            row.at,
        )
        for row in rows
        if row.round == last
    )


def signing_departments(region_id: int) -> list[DepartmentRow]:
    """Give the departments of a region and below for which somebody can countersign today."""
    staffed = departments_with(SIGNERS, on=today_on())
    return [row for row in departments_in(regions_under(region_id)) if row.id in staffed]


def waiting_for(scope: Scope) -> tuple[Waiting, ...]:
    """Give the documents that wait for a person: what has a day comes first.

    Each sees what is his to do: a department's clerk figures to confirm, its reviewer signatures, whoever
    passes documents those to check and to finish, their author those that were sent back.
    """
    require(scope, "report.read")
    own, found = scope.department_id, list[Waiting]()
    with session(scope):
        if own is not None and allowed(scope, "report.confirm"):
            found += _to_confirm(own)
        if own is not None and allowed(scope, "report.countersign"):
            found += _to_countersign(own)
        if allowed(scope, "report.agree"):
            found += _to_pass(scope)
        if scope.user_id is not None and allowed(scope, "report.write"):
            found += _to_mend(scope.user_id)
    return tuple(sorted(found, key=lambda each: (each.due_on or date.max, str(each.report.id))))


def _to_confirm(own: int) -> Iterator[Waiting]:
    asks = Ask.objects.filter(department_id=own).exclude(report__state=State.FINAL.value)
    for ask in asks.select_related("report"):
        document = document_in(ask.report)
        answers = [answer_of(each) for each in Answer.objects.filter(report=ask.report)]
        open_ = _waiting(document, ask, answers)
        if open_:
            yield Waiting(row_of(ask.report), Wait.CONFIRM, len(open_), ask.due_on)


def _to_countersign(own: int) -> Iterator[Waiting]:
    asked = Countersign.objects.filter(
        department_id=own, agrees=None, report__state=State.COUNTERSIGN.value
    ).select_related("report")
    for each in asked:
        if own in {one.department_id for one in turn(countersigners_of(each.report))}:
            yield Waiting(row_of(each.report), Wait.COUNTERSIGN)


def _to_pass(scope: Scope) -> Iterator[Waiting]:
    """Give what somebody else has drafted and that waits to be checked or finished."""
    states = (State.CHECK.value, State.COUNTERSIGN.value)
    rows = Report.objects.filter(state__in=states).order_by("changed_at")
    for report in rows.exclude(author_id=scope.user_id) if scope.user_id else rows:
        if State(report.state) is State.CHECK:
            yield Waiting(row_of(report), Wait.CHECK)
            continue
        answers = {each.agrees for each in countersigners_of(report)}
        if None not in answers:
            yield Waiting(row_of(report), Wait.OBJECTION if False in answers else Wait.FINISH)


def _to_mend(user_id: int) -> Iterator[Waiting]:
    """Give the own drafts that were sent back last."""
    last = Move.objects.filter(report=OuterRef("id")).order_by("-at", "-id").values("act")[:1]
    drafts = Report.objects.filter(state=State.DRAFT.value, author_id=user_id)
    for report in drafts.annotate(last=Subquery(last)).filter(last=Act.BACK.value).order_by("changed_at"):
        yield Waiting(row_of(report), Wait.MEND)


def _waiting(document: Document, ask: Ask, answers: Sequence[AnswerRow]) -> list[FigureField]:
    """Give the figures that were not answered as they stand: one drafted anew or corrected waits again."""
    told = {(each.name, each.new) for each in answers}
    mine = [each for each in document.measured if each.indicator in ask.indicators]
    return [each for each in mine if (each.name, part_text(each, Part.VALUE)) not in told]
