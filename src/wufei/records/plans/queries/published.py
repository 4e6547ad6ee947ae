"""Reads of plans."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from wufei.kernel.errors import NotFoundError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.plans.core.kept import plan_of_json
from wufei.records.plans.core.plan import (
    Attribute,
    Counted,
    DeclaredTotal,
    LineSet,
    LineType,
    Plan,
    PlanLine,
    PlanProject,
    PlanTask,
    Source,
    TextTarget,
)
from wufei.records.plans.core.values import Op, PlanValue, parse_value
from wufei.records.plans.models import Plan as PlanRecord
from wufei.records.plans.models import PlanEdition as EditionRecord
from wufei.records.plans.models import PlanLine as LineRecord
from wufei.records.plans.models import PlanProject as ProjectRecord
from wufei.records.plans.models import PlanTarget as TargetRecord
from wufei.records.plans.models import PlanTask as TaskRecord
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import regions_by_id


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan as lists show it; ``id`` is its key, such as ``miyun-2022``."""

    id: str
    title: Text
    region_id: int
    number: str
    issued_on: Period
    base_year: int
    target_years: tuple[int, ...]
    status: str
    line_count: int


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition that a later one took the place of, and when that was; the first has the number 1."""

    number: int
    plan: Plan
    replaced_at: datetime


def list_plans(scope: Scope, region_id: int | None = None) -> list[PlanRow]:
    """Return the plans of one region or of all, the newest first: what is published everyone reads."""
    require(scope, "plan.read")
    lines = LineRecord.objects.filter(plan=OuterRef("pk")).order_by().values("plan").annotate(n=Count("pk"))
    plans = PlanRecord.objects.annotate(line_count=Coalesce(Subquery(lines.values("n")), 0))
    if region_id is not None:
        plans = plans.filter(region_id=region_id)
    return [
        PlanRow(
            id=plan.key,
            title=Text(plan.title_zh, plan.title_en),
            region_id=plan.region_id,
            number=plan.number,
            issued_on=Period.parse(plan.issued_on),
            base_year=plan.base_year,
            target_years=tuple(plan.target_years),
            status=plan.status,
            line_count=plan.line_count,
        )
        for plan in plans.order_by("-issued_on", "key")
    ]


def plan_titles(scope: Scope, region_id: int) -> dict[str, Text]:
    """Return what the plans of a region are called, by key."""
    require(scope, "plan.read")
    rows = PlanRecord.objects.filter(region_id=region_id).values_list("key", "title_zh", "title_en")
    return {key: Text(zh, en) for key, zh, en in rows}


def get_plan(scope: Scope, plan_id: str) -> Plan:
    """Return a plan with all its lines.

    Raises
    ------
    NotFoundError
        No plan has this id.
    """
    require(scope, "plan.read")
    record = PlanRecord.objects.filter(key=plan_id).first()
    if record is None:
        raise NotFoundError("plan", plan_id)
    return plan_in(record)


def plan_for(scope: Scope, region_id: int, year: int) -> Plan | None:
    """Return the plan that governs a region in a year: from its base year to its last target year.

    Of several the one issued last holds.
    """
    require(scope, "plan.read")
    record = (
        PlanRecord.objects.filter(region_id=region_id, base_year__lte=year, last_target_year__gte=year)
        .order_by("-issued_on", "-id")
        .first()
    )
    return plan_in(record) if record else None


def plan_in(record: PlanRecord) -> Plan:
    """Give the plan of a row, with all its lines."""
    region = regions_by_id([record.region_id])[record.region_id]
    return Plan(
        id=record.key,
        title=Text(record.title_zh, record.title_en),
        region_key=region.key,
        number=record.number,
        issuer=record.issuer,
        issued_on=Period.parse(record.issued_on),
        base_year=record.base_year,
        target_years=tuple(record.target_years),
        declared_totals=tuple(
            DeclaredTotal(Counted(total["counted"]), total["value"], total["count"])
            for total in record.declared_totals
        ),
        lines=_lines(record),
        text_targets=tuple(_text_target(target) for target in record.text_targets),
        source=Source(record.source_title, record.source_clause, Text(**record.source_note)),
        status=record.status,
        doubts=_texts(record.doubts),
        tasks=_tasks(record),
        projects=_projects(record),
    )


def withdrawn_work(scope: Scope, plan_id: str) -> tuple[tuple[PlanTask, ...], tuple[PlanProject, ...]]:
    """Give the tasks and projects that earlier editions had and the one in force has not."""
    require(scope, "plan.read")
    record = PlanRecord.objects.filter(key=plan_id).first()
    return (_tasks(record, withdrawn=True), _projects(record, withdrawn=True)) if record else ((), ())


def editions_of(scope: Scope, plan_id: str) -> list[EditionRow]:
    """Give the editions of a plan that later ones took the place of, the latest first."""
    require(scope, "plan.read")
    rows = EditionRecord.objects.filter(plan__key=plan_id).order_by("-number")
    return [EditionRow(row.number, plan_of_json(row.content), row.replaced_at) for row in rows]


def _tasks(record: PlanRecord, *, withdrawn: bool = False) -> tuple[PlanTask, ...]:
    rows = TaskRecord.objects.filter(plan=record, withdrawn=withdrawn).order_by("position")
    return tuple(
        PlanTask(
            row.code,
            row.no,
            row.section,
            row.title,
            row.text,
            tuple(row.lead),
            tuple(row.support),
            row.due,
            row.clause,
        )
        for row in rows
    )


def _projects(record: PlanRecord, *, withdrawn: bool = False) -> tuple[PlanProject, ...]:
    rows = ProjectRecord.objects.filter(plan=record, withdrawn=withdrawn).order_by("position")
    return tuple(
        PlanProject(row.code, row.no, row.field, row.name, row.content, tuple(row.units), row.due, row.clause)
        for row in rows
    )


def _lines(record: PlanRecord) -> tuple[PlanLine, ...]:
    bases: dict[int, PlanValue] = {}
    targets: dict[int, list[tuple[int, PlanValue]]] = defaultdict(list)
    for row in TargetRecord.objects.filter(line__plan=record).order_by("year"):
        if row.is_base:
            bases[row.line_id] = _value(row)
        else:
            targets[row.line_id].append((row.year, _value(row)))
    return tuple(
        PlanLine(
            no=row.no,
            set=LineSet(row.line_set),
            level1=row.level1,
            level2=row.level2,
            name=row.name,
            indicator_id=row.indicator,
            type=LineType(row.type),
            attribute=Attribute(row.attribute),
            baseline=bases[row.id],
            targets=tuple(targets[row.id]),
            units=tuple(row.units),
            notes=_texts(row.notes),
            doubts=_texts(row.doubts),
        )
        for row in LineRecord.objects.filter(plan=record).order_by("position")
    )


def _value(row: TargetRecord) -> PlanValue:
    return PlanValue(row.text, Op(row.op), _trimmed(row.value), _trimmed(row.high), row.unit)


def _trimmed(stored: Decimal | None) -> Decimal | None:
    """Return the number without the zeros that the column's fixed scale adds."""
    if stored is None:
        return None
    trimmed = stored.normalize()
    return trimmed.quantize(Decimal(1)) if trimmed == trimmed.to_integral_value() else trimmed


def _text_target(item: Mapping[str, Any]) -> TextTarget:
    return TextTarget(
        item["year"], item["name"], item["indicator"], parse_value(item["value"]), item["clause"]
    )


def _texts(items: list[dict[str, str]]) -> tuple[Text, ...]:
    return tuple(Text(**item) for item in items)
