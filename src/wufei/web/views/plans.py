"""Plans with their Findings: records know the plan, measures check it, so the page stands above both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from wufei.kernel.errors import NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans import queries
from wufei.records.plans.core.editions import compare
from wufei.records.plans.core.plan import LineSet, Plan, PlanLine
from wufei.records.plans.queries import PlanRow
from wufei.runtime.access.core import allowed, reaches, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.identity.queries import RegionRow, find_region, regions_by_id
from wufei.runtime.pages.core.tables import Cell, Column, table_workbook
from wufei.runtime.pages.memory import remembered
from wufei.runtime.pages.responses import page_notes, workbook_response
from wufei.web.figures import TABLES, plan_findings


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan in the list and where it holds."""

    plan: PlanRow
    region: RegionRow


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the plan with what was found about it."""

    line: PlanLine
    name: Text
    anchor: str
    address: str
    targets: tuple[tuple[int, str], ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A Finding with the line it speaks of; no label if it speaks of the plan as a whole."""

    severity: Severity
    message: Text
    rule: Text
    fix: Text
    label: str
    name: Text
    anchor: str


@require_GET
def plan_list(request: ScopedRequest) -> HttpResponse:
    """Show every plan; the number of its Findings follows by itself, so that a long list opens at once."""
    require(request.scope, "plan.read")
    plans = queries.list_plans(request.scope)
    regions = regions_by_id(plan.region_id for plan in plans)
    cards = [PlanCard(plan, regions[plan.region_id]) for plan in plans]
    return render(
        request,
        "web/plans.html",
        {
            "cards": cards,
            "may_publish": allowed(request.scope, "plan.publish"),
            "may_check": any(allowed(request.scope, each) for each in ("entry.review", "registry.write")),
        },
    )


@require_GET
def plan_counts(request: ScopedRequest, plan_id: str) -> HttpResponse:
    """Give the number of Findings of one plan, as a piece of a page."""
    counts = severity_counts(plan_findings(request, plan_id))
    return render(request, "web/parts/finding_counts.html", {"plan_id": plan_id, "counts": counts})


@require_GET
def plan_page(request: ScopedRequest, plan_id: str) -> HttpResponse:
    """Show one plan: lines by level with responsible units and targets, Findings beside the lines."""
    require(request.scope, "plan.read")
    plan = remembered(
        request,
        TABLES,
        (
            "plan",
            plan_id,
        ),
        lambda: queries.get_plan(request.scope, plan_id),
    )
    region = find_region(plan.region_key)
    findings = plan_findings(request, plan.id)
    rows = [_line_row(plan, region, line, findings) for line in plan.lines]
    shown = _filtered(rows, request)
    if request.GET.get("format") == "xlsx":
        return _export(plan, region, shown)
    anchors = {f"{plan.id}{row.line.label}": row for row in rows}
    context = {
        "plan": plan,
        "region": region,
        "findings": [_placed(finding, anchors) for finding in findings],
        "counts": severity_counts(findings),
        "types": tuple(Counter(line.type.value for line in plan.lines).items()),
        "attributes": tuple(Counter(line.attribute.value for line in plan.lines if line.attribute).items()),
        "groups": [
            {"title": level, "own": part is LineSet.OWN, "rows": list(group)}
            for (level, part), group in groupby(shown, key=lambda row: (row.line.level1, row.line.set))
        ],
        "has_units": any(line.units for line in plan.lines),
        "width": 4 + len(plan.target_years) + any(line.units for line in plan.lines),
        "type": request.GET.get("type", ""),
        "attribute": request.GET.get("attribute", ""),
        "filtered": len(shown) != len(rows),
        "editions": queries.editions_of(request.scope, plan.id),
        "published": request.GET.get("published", ""),
        "may_take": bool(plan.tasks) and _may(request, "task.run", region),
        "draft_id": queries.draft_of_plan(request.scope, plan.id)
        if _may(request, "plan.publish", region)
        else None,
    }
    return render(request, "web/plan.html", context)


@require_GET
def plan_edition(request: ScopedRequest, plan_id: str, number: int) -> HttpResponse:
    """Show what changed from an earlier edition of a plan to the one that took its place."""
    require(request.scope, "plan.read")
    plan = queries.get_plan(request.scope, plan_id)
    editions = {each.number: each for each in queries.editions_of(request.scope, plan_id)}
    if number not in editions:
        raise NotFoundError("edition", number)
    later = editions[number + 1].plan if number + 1 in editions else plan
    context = {
        "plan": plan,
        "region": find_region(plan.region_key),
        "edition": editions[number],
        "later": later,
        "comparison": compare(editions[number].plan, later),
    }
    return render(request, "web/plan_edition.html", context)


def _may(request: ScopedRequest, action: str, region: RegionRow) -> bool:
    return allowed(request.scope, action) and reaches(request.scope, region.id, None)


def severity_counts(findings: Iterable[Finding]) -> tuple[tuple[Severity, int], ...]:
    """Count Findings by severity, the gravest first; severities without any are left out."""
    counted = Counter(finding.severity for finding in findings)
    return tuple((severity, counted[severity]) for severity in Severity if counted[severity])


def _line_row(plan: Plan, region: RegionRow, line: PlanLine, findings: Sequence[Finding]) -> LineRow:
    where = f"{plan.id}{line.label}"
    known = load_indicators().get(line.indicator_id)
    return LineRow(
        line=line,
        name=Text(line.name, known.name.en if known else ""),
        anchor=f"{line.set.value}-{line.no}",
        address=f"/indicators?{urlencode({'region': region.key, 'q': line.name})}" if known else "",
        targets=tuple((year, value.text) for year, value in line.targets),
        findings=tuple(finding for finding in findings if finding.where == where),
    )


def _filtered(rows: Sequence[LineRow], request: ScopedRequest) -> list[LineRow]:
    kind, attribute, severity = (request.GET.get(key, "") for key in ("type", "attribute", "severity"))
    return [
        row
        for row in rows
        if (not kind or row.line.type.value == kind)
        and (not attribute or row.line.attribute.value == attribute)
        and (not severity or any(finding.severity == severity for finding in row.findings))
    ]


def _placed(finding: Finding, anchors: dict[str, LineRow]) -> PlacedFinding:
    row = anchors.get(finding.where)
    said = (finding.severity, finding.message, finding.rule, finding.fix)
    if row is None:
        return PlacedFinding(*said, "", Text(""), "")
    return PlacedFinding(*said, row.line.label, row.name, row.anchor)


def _export(plan: Plan, region: RegionRow, rows: Sequence[LineRow]) -> HttpResponse:
    language = get_language() or "zh-hans"
    columns = (
        Column("no", Text("序号", "No.")),
        Column("level1", Text("一级指标", "Level 1")),
        Column("level2", Text("二级指标", "Level 2")),
        Column("name", Text("指标", "Indicator")),
        Column("type", Text("类型", "Type")),
        Column("attribute", Text("属性", "Attribute")),
        Column("base", Text(f"{plan.base_year}年", str(plan.base_year))),
        *(Column(f"target-{year}", Text(f"{year}年", str(year))) for year in plan.target_years),
        Column("units", Text("责任单位", "Responsible units")),
        Column("findings", Text("核对结果", "Findings")),
    )
    cells: list[list[Cell]] = [_cells(plan, row, language) for row in rows]
    title = plan.title.in_language(language)
    return workbook_response(
        table_workbook(title, page_notes(region, language), columns, cells, language), title
    )


def _cells(plan: Plan, row: LineRow, language: str) -> list[Cell]:
    targets = dict(row.targets)
    found = (
        f"{f.severity.label.in_language(language)}：{f.message.in_language(language)}" for f in row.findings
    )
    return [
        row.line.label,
        row.line.level1,
        row.line.level2,
        row.name.in_language(language),
        row.line.type.value,
        row.line.attribute.value,
        row.line.baseline.text,
        *(targets.get(year, "") for year in plan.target_years),
        "、".join(row.line.units),
        "\n".join(found),
    ]
