"""Which departments a document's figures wait for, and what waits for a person's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from wufei.actions.reports.core.countersigning import Countersigner, turn
from wufei.actions.reports.core.document import Document, Part
from wufei.actions.reports.core.drafting import part_text
from wufei.actions.reports.core.fields import FigureField
from wufei.actions.reports.core.rows import AnswerRow, AskRow, Waiting
from wufei.actions.reports.core.states import State
from wufei.actions.reports.models import Answer, Ask, Countersign, Report
from wufei.actions.reports.queries.reports import answer_of, document_in, row_of
from wufei.records.plans.core.departments import Office, matches
from wufei.records.plans.queries import get_plan
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import departments_by_id, departments_in, regions_under


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


def waiting_for_department(scope: Scope) -> tuple[Waiting, ...]:
    """Give the documents that wait for the person's department: figures to confirm, and to countersign."""
    require(scope, "report.read")
    own = scope.department_id
    if own is None or not allowed(scope, "report.confirm"):
        return ()
    with session(scope):
        found = [*_to_confirm(own), *_to_countersign(own)]
    return tuple(sorted(found, key=lambda each: (each.due_on or date.max, str(each.report.id))))


def _to_confirm(own: int) -> Iterator[Waiting]:
    asks = Ask.objects.filter(department_id=own).exclude(report__state=State.FINAL.value)
    for ask in asks.select_related("report"):
        document = document_in(ask.report)
        answers = [answer_of(each) for each in Answer.objects.filter(report=ask.report)]
        open_ = _waiting(document, ask, answers)
        if open_:
            yield Waiting(row_of(ask.report), len(open_), ask.due_on)


def _to_countersign(own: int) -> Iterator[Waiting]:
    asked = Countersign.objects.filter(
        department_id=own, agrees=None, report__state=State.COUNTERSIGN.value
    ).select_related("report")
    for each in asked:
        if own in {one.department_id for one in turn(countersigners_of(each.report))}:
            yield Waiting(row_of(each.report), 0, None)


def _waiting(document: Document, ask: Ask, answers: Sequence[AnswerRow]) -> list[FigureField]:
    """Give the figures that were not answered as they stand: one drafted anew or corrected waits again."""
    told = {(each.name, each.new) for each in answers}
    mine = [each for each in document.measured if each.indicator in ask.indicators]
    return [each for each in mine if (each.name, part_text(each, Part.VALUE)) not in told]
