"""Writes of plans: a plan is published whole or not at all."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

from django.db import connections

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.records.plans.core.kept import plan_json
from wufei.records.plans.core.plan import Plan, PlanLine, PlanProject, PlanTask
from wufei.records.plans.core.values import PlanValue
from wufei.records.plans.models import Plan as PlanRecord
from wufei.records.plans.models import PlanEdition as EditionRecord
from wufei.records.plans.models import PlanLine as LineRecord
from wufei.records.plans.models import PlanProject as ProjectRecord
from wufei.records.plans.models import PlanTarget as TargetRecord
from wufei.records.plans.models import PlanTask as TaskRecord
from wufei.records.plans.queries.published import plan_in
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import find_region

_Item = TypeVar("_Item", TaskRecord, ProjectRecord)


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """What became of a plan: new (``loaded``), already there (``repeated``), or replaced (``revised``)."""

    plan_id: str
    outcome: Literal["loaded", "repeated", "revised"]


def load_plan(scope: Scope, plan: Plan) -> LoadedPlan:
    """Publish a plan; the same content again changes nothing and says so.

    Raises
    ------
    AccessError
        The scope may not publish plans for the plan's region.
    NotFoundError
        The plan's region does not exist.
    InputError
        ``plan.without-targets``: a plan has at least one line and one target year; ``plan.code-twice``: two
        tasks or projects have one code; ``plan.other-region``: the id belongs to a plan of another region.
    """
    region = find_region(plan.region_key)
    require(scope, "plan.publish", region_id=region.id)
    _demand_targets(plan)
    _demand_codes(plan)
    fingerprint = plan_fingerprint(plan)
    with session(scope):
        _lock(plan.id)
        known = PlanRecord.objects.filter(key=plan.id).first()
        if known is not None and known.region_id != region.id:
            raise InputError("plan.other-region", "id", plan.id, _other_region(plan.id))
        if known is not None and known.fingerprint == fingerprint:
            return LoadedPlan(plan.id, "repeated")
        if known is not None:
            _keep_edition(known)
        record, made = PlanRecord.objects.update_or_create(
            key=plan.id, defaults={**_plan_columns(plan), "region_id": region.id, "fingerprint": fingerprint}
        )
        _replace_lines(record, plan)
        _replace_items(TaskRecord, record, plan.tasks)
        _replace_items(ProjectRecord, record, plan.projects)
    return LoadedPlan(plan.id, "loaded" if made else "revised")


def plan_fingerprint(plan: Plan) -> str:
    """Return a hash of everything a plan says; equal for equal plans."""
    canonical = json.dumps(asdict(plan), default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _keep_edition(known: PlanRecord) -> None:
    """Keep the edition that another takes the place of."""
    number = EditionRecord.objects.filter(plan=known).count() + 1
    EditionRecord.objects.create(plan=known, number=number, content=plan_json(plan_in(known)))


def _lock(plan_id: str) -> None:
    # Two loads of one plan at the same time would both find nothing and both write.
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"plan:{plan_id}"])


def _replace_lines(record: PlanRecord, plan: Plan) -> None:
    TargetRecord.objects.filter(line__plan=record).delete()
    LineRecord.objects.filter(plan=record).delete()
    lines = LineRecord.objects.bulk_create(
        LineRecord(plan=record, position=position, **_line_columns(line))
        for position, line in enumerate(plan.lines, start=1)
    )
    TargetRecord.objects.bulk_create(
        target
        for line, row in zip(plan.lines, lines, strict=True)
        for target in _target_rows(row, line, plan.base_year)
    )


def _replace_items(table: type[_Item], record: PlanRecord, items: Sequence[PlanTask | PlanProject]) -> None:
    """Write the tasks or projects of a plan; what work may rest on keeps its row, withdrawn at most."""
    rows = [
        table(plan=record, position=position, withdrawn=False, **{**asdict(item), **_lists(item)})
        for position, item in enumerate(items, start=1)
    ]
    table.objects.filter(plan=record).exclude(code__in=[item.code for item in items]).update(withdrawn=True)
    if rows:
        table.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["plan", "code"],
            update_fields=["position", "withdrawn", *(name for name in asdict(items[0]) if name != "code")],
        )


def _lists(item: PlanTask | PlanProject) -> dict[str, list[str]]:
    return {name: list(value) for name, value in asdict(item).items() if isinstance(value, tuple)}


def _plan_columns(plan: Plan) -> dict[str, Any]:
    return {
        "title_zh": plan.title.zh,
        "title_en": plan.title.en,
        "number": plan.number,
        "issuer": plan.issuer,
        "issued_on": str(plan.issued_on),
        "base_year": plan.base_year,
        "last_target_year": max(plan.target_years),
        "target_years": list(plan.target_years),
        "declared_totals": [asdict(total) for total in plan.declared_totals],
        "text_targets": [
            {
                "year": target.year,
                "name": target.name,
                "indicator": target.indicator_id,
                "value": target.value.text,
                "clause": target.clause,
            }
            for target in plan.text_targets
        ],
        "source_title": plan.source.title,
        "source_clause": plan.source.clause,
        "source_note": asdict(plan.source.note),
        "status": plan.status,
        "doubts": _texts(plan.doubts),
    }


def _line_columns(line: PlanLine) -> dict[str, Any]:
    return {
        "line_set": line.set.value,
        "no": line.no,
        "level1": line.level1,
        "level2": line.level2,
        "name": line.name,
        "indicator": line.indicator_id,
        "type": line.type.value,
        "attribute": line.attribute.value,
        "units": list(line.units),
        "notes": _texts(line.notes),
        "doubts": _texts(line.doubts),
    }


def _target_rows(row: LineRecord, line: PlanLine, base_year: int) -> Iterable[TargetRecord]:
    yield TargetRecord(line=row, is_base=True, year=base_year, **_value_columns(line.baseline))
    for year, value in line.targets:
        yield TargetRecord(line=row, is_base=False, year=year, **_value_columns(value))


def _value_columns(value: PlanValue) -> dict[str, Any]:
    return {
        "text": value.text,
        "op": value.op.value,
        "value": value.value,
        "high": value.high,
        "unit": value.unit,
    }


def _texts(texts: Sequence[Text]) -> list[dict[str, str]]:
    return [asdict(text) for text in texts]


def _demand_targets(plan: Plan) -> None:
    if not plan.lines or not plan.target_years:
        message = Text(
            f"方案“{plan.id}”没有指标或没有目标年；请补上指标表和目标年后再导入",
            f"Plan “{plan.id}” has no lines or no target year; add the table and the year, then load it",
        )
        raise InputError("plan.without-targets", "lines", plan.id, message)


def _demand_codes(plan: Plan) -> None:
    for field, items in (("tasks", plan.tasks), ("projects", plan.projects)):
        codes = [item.code for item in items]
        twice = next((code for code in codes if codes.count(code) > 1 or not code), None)
        if twice is not None:
            message = Text(
                f"{field} 中编码“{twice}”为空或重复；每项任务、项目须有各自的编码",
                f"The code “{twice}” in {field} is empty or stands twice; give each its own",
            )
            raise InputError("plan.code-twice", field, twice, message)


def _other_region(plan_id: str) -> Text:
    return Text(
        f"编号“{plan_id}”已属于另一区域的方案；请换一个编号",
        f"The id “{plan_id}” belongs to a plan of another region; choose another id",
    )
