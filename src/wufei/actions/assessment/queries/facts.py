"""Facts of a region and year, read through the doors of figures, plans and tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from wufei.actions.assessment.core.facts import (
    Basis,
    DueReport,
    Facts,
    IndicatorFact,
    Office,
    ReportFact,
    Sense,
    StepFact,
    TargetKind,
    TaskFact,
)
from wufei.actions.tasks import queries as tasks
from wufei.actions.tasks.core.judging import REPORT_DAYS
from wufei.actions.tasks.core.task import Duty
from wufei.actions.tasks.queries import StepRow, TaskRow
from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.kernel.units import parse_unit
from wufei.kernel.units.numerals import decimal_of
from wufei.measures.indicators.core.figures import Figure, Status
from wufei.measures.indicators.core.status import Promise, path_at, plan_number
from wufei.measures.indicators.queries import compute
from wufei.records.catalogue.core.indicators import Direction, load_indicators
from wufei.records.plans.core.departments import Office as Named
from wufei.records.plans.core.departments import matches
from wufei.records.plans.core.plan import Attribute, PlanLine
from wufei.records.plans.core.values import Op
from wufei.records.plans.queries import get_plan
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import departments_in, regions_under

_PLACES = Decimal("0.000001")
_AT_LEAST, _AT_MOST = (Op.AT_LEAST, Op.MORE_THAN), (Op.AT_MOST, Op.LESS_THAN)


def judged_on(year: int, today: date) -> date:
    """Give the day on which a year is judged: the first on which its last report is late, or today before it.

    Raises
    ------
    InputError
        ``assess.year``: the year has not begun.
    """
    if today.year < year:
        message = Text(f"{year}年尚未开始，不能考核。", f"{year} has not begun: nothing can be assessed.")
        raise InputError("assess.year", "year", year, message)
    return min(today, date(year, 12, 31) + timedelta(days=REPORT_DAYS + 1))


def gather(scope: Scope, *, region_id: int, year: int, book: str, today: date) -> Facts:
    """Read all that an assessment is computed from, as it stands now.

    Raises
    ------
    AccessError
        Figures or tasks of the region are closed to the scope.
    InputError
        ``figure.book-ambiguous``: name the book; ``assess.year``.
    """
    require(scope, "assess.run", region_id=region_id)
    on = judged_on(year, today)
    offices = tuple(
        Office(row.id, row.name, (row.name.zh, *row.aliases))
        for row in departments_in(regions_under(region_id))
    )
    found = compute(scope, region_ids=[region_id], period=Period.year_of(year), book=book or None)
    planned = [figure for figure in found.figures if figure.plan_id]
    plan = planned[0].plan_id if planned else ""
    rows = tasks.board(scope, region_id, on=on).rows
    steps = [row for row in tasks.steps_of_region(scope, region_id) if row.issued_on.year == year]
    return Facts(
        region_id=region_id,
        year=year,
        on=on,
        book=next(iter(found.books.values()), book),
        as_of=found.as_of.text.zh,
        plan=plan,
        offices=offices,
        indicators=_indicators(scope, planned, plan, offices),
        tasks=tuple(_task(row, year) for row in rows),
        reports=tuple(each for row in rows for each in _reports(row, year, on)),
        steps=tuple(_step(row, on) for row in steps if row.issued_on <= on),
    )


def _indicators(
    scope: Scope, planned: Sequence[Figure], plan: str, offices: Sequence[Office]
) -> tuple[IndicatorFact, ...]:
    if not plan:
        return ()
    lines: dict[str, PlanLine] = {}
    published = get_plan(scope, plan)
    for line in published.lines:
        lines.setdefault(line.indicator_id, line)
    named = [Named(office.id, office.names) for office in offices]
    units = sorted({unit for line in lines.values() for unit in line.units})
    departments = {match.name: match.sure for match in matches(units, named)}
    return tuple(
        _indicator(figure, lines[figure.indicator], departments, published.base_year)
        for figure in planned
        if figure.indicator in lines
    )


def _indicator(
    figure: Figure, line: PlanLine, departments: Mapping[str, int | None], base_year: int
) -> IndicatorFact:
    value, basis = _value(figure)
    return IndicatorFact(
        id=figure.indicator,
        name=figure.name,
        departments=tuple(sorted(_sure(line.units, departments))),
        binding=line.attribute is Attribute.BINDING,
        target=_target_kind(figure),
        target_text=_target_text(figure),
        sense=_sense(figure),
        value=value,
        basis=basis,
        required=_required(figure, line, base_year),
        unit=figure.unit,
        good=figure.status in (Status.MET, Status.ON_TRACK),
        figure=figure.id,
        reason=_reason(figure),
    )


def _sure(units: Iterable[str], departments: Mapping[str, int | None]) -> set[int]:
    return {found for unit in units if (found := departments.get(unit)) is not None}


def _value(figure: Figure) -> tuple[Decimal | None, Basis]:
    """Give 上报值 where there is a number, else 测算值."""
    if figure.reported is not None and figure.reported.value is not None:
        return figure.reported.value, Basis.REPORTED
    return (figure.value, Basis.COMPUTED) if figure.value is not None else (None, Basis.NONE)


def _target_kind(figure: Figure) -> TargetKind:
    if figure.target is None or figure.target.op is Op.BLANK or figure.status is Status.NO_TARGET:
        return TargetKind.BLANK
    return TargetKind.WORDS if figure.status is Status.NOT_NUMERIC else TargetKind.NUMBER


def _target_text(figure: Figure) -> Text:
    if figure.target is None:
        return Text("–", "–")
    said, year = figure.target.text, figure.target_year
    return Text(f"{said}（{year}年）", f"{said} ({year})")


def _reason(figure: Figure) -> Text:
    """Give how it was judged; of a blank there is nothing to say but that it is one."""
    blank = figure.target is None or figure.target.op is Op.BLANK
    return Text("") if blank else figure.reason


def _sense(figure: Figure) -> Sense:
    """Give which side is good: the plan's sign decides before the indicator's direction."""
    direction = load_indicators()[figure.indicator].direction
    op = figure.target.op if figure.target is not None else Op.BLANK
    if op in _AT_LEAST or (op not in _AT_MOST and direction is Direction.UP):
        return Sense.MORE
    return Sense.LESS if op in _AT_MOST or direction is Direction.DOWN else Sense.EXACT


def _required(figure: Figure, line: PlanLine, base_year: int) -> Decimal | None:
    """Give what the straight line to the target asks for in the year, or the target without a line.

    To six decimals; None for words and blanks.
    """
    if _target_kind(figure) is not TargetKind.NUMBER or figure.target is None:
        return None
    name, unit = load_indicators()[figure.indicator], parse_unit(figure.unit)
    promise = Promise(
        unit, name.direction, name.kind, line.baseline, base_year, figure.target, figure.target_year or 0
    )
    asked = path_at(figure.period, promise)
    asked = plan_number(figure.target, unit) if asked is None else asked
    return None if asked is None else _short(decimal_of(asked))


def _short(number: Decimal) -> Decimal:
    short = number.quantize(_PLACES).normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _task(row: TaskRow, year: int) -> TaskFact:
    goal = row.goal(year)
    judged = goal is not None and goal.confirmed
    return TaskFact(
        id=row.id,
        no=row.no,
        name=row.name,
        state=row.judgement.state if judged else None,
        reason=row.judgement.reason if judged else _UNCONFIRMED,
        leads=_departments(row, Duty.LEAD),
        supports=tuple(
            one for one in _departments(row, Duty.SUPPORT) if one not in _departments(row, Duty.LEAD)
        ),
    )


def _departments(row: TaskRow, duty: Duty) -> tuple[int, ...]:
    units = [unit for unit in row.units if unit.duty is duty and unit.department_id is not None]
    return tuple(sorted({unit.department_id for unit in units if unit.department_id is not None}))


def _reports(row: TaskRow, year: int, on: date) -> list[ReportFact]:
    """Give the reports that departments owed by a day; that of a later quarter tells of earlier ones."""
    goal = row.goal(year)
    if goal is None or not goal.confirmed:
        return []
    leads = _departments(row, Duty.LEAD)
    found = []
    for department_id in sorted(row.departments()):
        sent = [report for report in row.reports if report.department_id == department_id]
        due = []
        for node in goal.nodes:
            due_on = node.quarter.ends_on + timedelta(days=REPORT_DAYS)
            told = [report for report in sent if report.quarter >= node.quarter]
            first = min(told, key=lambda report: (report.reported_on, report.id), default=None)
            if first is not None or on > due_on:
                reported_on = first.reported_on if first is not None else None
                due.append(DueReport(node.quarter.label, due_on, first.id if first else None, reported_on))
        if due:
            found.append(ReportFact(row.id, row.name, department_id, department_id in leads, tuple(due)))
    return found


def _step(row: StepRow, on: date) -> StepFact:
    return StepFact(
        id=row.id,
        kind=row.kind,
        number=row.number,
        department_id=row.department_id,
        task_id=row.task_id,
        task=row.task,
        issued_on=row.issued_on,
        reply_by=row.reply_by,
        replied_on=row.replied_on if row.replied_on is not None and row.replied_on <= on else None,
    )


_UNCONFIRMED = Text(
    "本年目标尚未确认，没有节点可判", "The goal of the year is not confirmed: there is no node to judge by"
)
