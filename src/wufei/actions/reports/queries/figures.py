"""Figures of documents: those of a plan's lines for a quarter, and what they say today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wufei.actions.reports.core.document import Document, Part
from wufei.actions.reports.core.drafting import part_text
from wufei.actions.reports.core.fields import FigureField, field_of, printed, shown_value
from wufei.actions.reports.core.rows import Later
from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.measures.indicators.core.figures import Figure
from wufei.measures.indicators.queries import compute, trace
from wufei.records.ledger.core.sheet.words import REASONS
from wufei.records.ledger.core.transfers import Reason
from wufei.records.ledger.queries import get_posting
from wufei.records.plans.core.plan import Plan
from wufei.records.plans.queries import get_plan
from wufei.runtime.access.core import Scope, allowed
from wufei.runtime.access.services import session

_LAST_MONTH = 10
_REASONS_MAX = 20


@dataclass(slots=True)
class _Passes:
    """The figures of one region, one pass for each period and book that is asked for."""

    scope: Scope
    region_id: int
    book: str | None
    found: dict[tuple[Period, str | None], dict[str, Figure]] = field(default_factory=dict)

    def of(self, period: Period, book: str | None = None) -> Mapping[str, Figure]:
        """Give the figures of a period by indicator, from a book or the one that was asked for."""
        asked = (period, book or self.book)
        if asked not in self.found:
            figures = compute(self.scope, region_ids=[self.region_id], period=period, book=asked[1]).figures
            self.found[asked] = {each.indicator: each for each in figures}
        return self.found[asked]


def plan_figures(
    scope: Scope, *, region_id: int, period: Period, book: str | None = None
) -> tuple[tuple[FigureField, ...], Plan | None]:
    """Give a figure for every line of the region's plan, as a document of a period prints it, and the plan.

    Parameters
    ----------
    book : str, optional
        Left out, that of `measures.indicators.queries.compute`.

    Raises
    ------
    AccessError, InputError
        As `compute`: figures that are not open, a region with several books.

    Notes
    -----
    Most indicators are known for whole years only. Of each line the first value is taken that there is: of
    the period itself, of its year, of the year before; after the last quarter the year comes first, but a
    second half is spoken of as such. Beside it stands the same indicator a year earlier, of the same half or
    quarter. A line without any value stays, without one.
    """
    passes = _Passes(scope, region_id, book)
    year = Period.year_of(period.start.year)
    lines = [each for each in passes.of(year).values() if each.plan_id]
    plan = _plan(scope, lines[0].plan_id) if lines else None
    order = _order(period)
    fields = tuple(_line(passes, order, each, number, plan) for number, each in enumerate(lines, start=1))
    return fields, plan


def later_changes(scope: Scope, document: Document, region_id: int) -> tuple[Later, ...]:
    """Give the figures of a document that say something else today, old and new beside each other.

    A figure that a department corrected is compared with what was computed before the correction.
    """
    known: dict[tuple[Period, str], dict[str, Figure]] = {}
    changes = []
    for each in document.measured:
        asked = (each.period, each.book)
        if asked not in known:
            found = compute(scope, region_ids=[region_id], period=each.period, book=each.book).figures
            known[asked] = {figure.id: figure for figure in found}
        today = known[asked].get(each.figure)
        if today is None:
            continue
        old, new = each.original or part_text(each, Part.VALUE), _printed_today(each, today)
        if old != new:
            why = _reasons(scope, each)
            changes.append(Later(each.key, each.name, each.figure, old, new, today.as_of.text.zh, why))
    return tuple(changes)


def _reasons(scope: Scope, field: FigureField) -> tuple[Text, ...]:
    """Give why transfers of a figure were taken back since it was read, each reason once."""
    if not allowed(scope, "ledger.read"):
        return ()
    rows = [each.row for part in trace(scope, field.figure).quantities for each in part.transfers]
    late = [row.posting_id for row in rows if row.reverses is not None and row.recorded_at > field.at]
    with session(scope):
        postings = [get_posting(scope, one) for one in list(dict.fromkeys(late))[:_REASONS_MAX]]
    return tuple(dict.fromkeys(REASONS[Reason(each.reason)] for each in postings if each.reason))


def _printed_today(each: FigureField, today: Figure) -> str:
    now = field_of(each.key, today, each.base_year)
    # Judged as the document judges, so that the two are printed by the same digits.
    alike = replace(now, target=each.target, target_year=each.target_year, base=each.base)
    return printed(alike, shown_value(today)) or alike.text or part_text(alike, Part.VALUE)


def _line(
    passes: _Passes, order: tuple[Period, ...], line: Figure, number: int, plan: Plan | None
) -> FigureField:
    having = (period for period in order if _has(passes.of(period).get(line.indicator)))
    period = next(having, order[0])
    found = passes.of(period)[line.indicator]
    # An earlier value of another book would be compared with what was counted otherwise.
    earlier = passes.of(_year_before(period), found.book).get(line.indicator) if _has(found) else None
    return field_of(f"F{number}", found, plan.base_year if plan is not None else 0, earlier)


def _has(found: Figure | None) -> bool:
    if found is None:
        return False
    return shown_value(found) is not None or bool(found.text)


def _order(period: Period) -> tuple[Period, ...]:
    year = Period.year_of(period.start.year)
    before = Period.year_of(period.start.year - 1)
    if period.precision is Precision.YEAR:
        return (year, before)
    if period.precision is Precision.QUARTER and period.start.month == _LAST_MONTH:
        return (year, period, before)
    return (period, year, before)


def _year_before(period: Period) -> Period:
    return Period(period.precision, period.start.replace(year=period.start.year - 1))


def _plan(scope: Scope, plan_id: str) -> Plan:
    with session(scope):
        return get_plan(scope, plan_id)
