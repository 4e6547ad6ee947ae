"""总览: one district at a glance, every number on the way to its lineage."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from wufei.kernel.findings import Severity
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.measures.indicators.core.figures import Figure, Status
from wufei.records.ledger.core.transfers import Evidence
from wufei.records.ledger.core.words import EVIDENCE
from wufei.runtime.access.core import allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.pages.core.numerals import percent_text, tonnes
from wufei.runtime.pages.responses import page_notes
from wufei.web.figures import figures_of, governing_plan, masses_of, plan_findings, rows_of
from wufei.web.lines import Row
from wufei.web.mass import GroupMass
from wufei.web.views.asked import figures_asked
from wufei.web.views.plans import severity_counts

# What a leader asks for first; shown in this order as far as the plan has them and a value is known.
KEY_INDICATORS = (
    "general-industrial-waste-utilisation-rate",
    "industrial-hazardous-waste-utilisation-rate",
    "construction-waste-utilisation-rate",
    "construction-waste-recycling-rate",
    "household-waste-recycling-rate",
    "kitchen-waste-recycling-rate",
    "straw-utilisation-rate",
    "manure-utilisation-rate",
    "general-industrial-waste-intensity",
    "household-waste-per-head",
    "medical-waste-collection-coverage",
)
CARDS = 6
SHOWN_FINDINGS = 4
# On a scale or on a weighbridge: one part of the evidence bar, as on the page of a figure.
WEIGHED = (Evidence.SCALE, Evidence.WEIGHBRIDGE)
EVIDENCE_COLOURS = {
    Evidence.DECLARED: "wf-c-declared",
    Evidence.ESTIMATED: "wf-c-estimated",
    Evidence.STATISTICAL: "wf-c-statistical",
    Evidence.DERIVED_BY_DIFFERENCE: "wf-c-derived",
}
# From this share on, a chart in 万吨 reads better than one in tonnes.
_WAN_T = 10_000


@dataclass(frozen=True, slots=True)
class LevelProgress:
    """One level-1 heading of the plan with its lines by status."""

    title: str
    total: int
    parts: tuple[tuple[str, str, float], ...]


@require_GET
def overview(request: ScopedRequest) -> HttpResponse:
    """Show status, key rates, masses, months, progress by level, quality and Findings of a district."""
    here = figures_asked(request)
    plan = governing_plan(request, here.region.id, here.period)
    found = figures_of(request, here.region.id, here.period, here.book)
    book = here.book or found.books.get(here.region.key, "")
    rows = rows_of(request, here.region.id, here.period, here.book)
    masses = masses_of(request, here.region.id, here.period, book)
    groups, monthly = masses.groups, {month: (made, used) for month, made, used in masses.months}
    if request.GET.get("format") == "csv":
        return _mass_csv(here.region, str(here.period), groups)
    findings = plan_findings(request, plan.id) if plan else ()
    grave = [found for found in findings if found.severity in (Severity.ERROR, Severity.WARNING)]
    context = {
        "region": here.region,
        "period": here.period,
        "books": here.books,
        "book": book,
        "plan": plan,
        "as_of": found.as_of,
        "total": len(rows),
        "statuses": _status_counts(rows),
        "cards": key_figures(rows),
        "doubted": {found.where for found in findings if found.severity is Severity.ERROR},
        "masses": groups,
        "cell_address": urlencode({"region": here.region.key, "period": str(here.period), "book": book}),
        "mass_title": _mass_title(groups),
        "mass_chart": _mass_chart(groups),
        "months": list(monthly.items()),
        "month_title": _month_title(monthly),
        "month_chart": _month_chart(monthly) if _has_months(monthly) else None,
        "levels": level_progress(rows),
        "quality": _quality(dict(masses.evidence)),
        "finding_counts": severity_counts(findings),
        "findings": grave[:SHOWN_FINDINGS],
        "transfers_total": sum(row.transfers for row in here.books if row.book == book),
        "may_trace": allowed(request.scope, "ledger.read"),
    }
    return render(request, "web/overview.html", context)


def _mass_csv(region: RegionRow, period: str, groups: Sequence[GroupMass]) -> HttpResponse:
    """Give the masses of the chart in tonnes; the mark at the start lets Excel read Chinese."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{region.key}-{period}.csv"'
    writer = csv.writer(response)
    writer.writerow([*page_notes(region, get_language() or "zh-hans"), period])
    titles = (
        Text("类别", "Group"),
        Text("产生（吨）", "Generated (t)"),
        Text("利用（吨）", "Used (t)"),
        Text("焚烧填埋（吨）", "Burnt or buried (t)"),
        Text("贮存或未细分（吨）", "Stored or not stated (t)"),
    )
    writer.writerow([_say(title) for title in titles])
    writer.writerows([_say(group.name), *(tonnes(cell.grams) for cell in group.cells)] for group in groups)
    return response


def key_figures(rows: Iterable[Row]) -> list[Row]:
    """Choose the figures for the cards: those asked for first, then others with a value."""
    known = {row.figure.indicator: row for row in rows if _has_value(row.figure)}
    first = [known.pop(key) for key in KEY_INDICATORS if key in known]
    return [*first, *known.values()][:CARDS]


def level_progress(rows: Sequence[Row]) -> list[LevelProgress]:
    """Count the lines of each level-1 heading by status, as shares of the heading."""
    levels: dict[str, list[Status]] = {}
    for row in rows:
        if row.level1:
            levels.setdefault(row.level1, []).append(row.figure.status)
    return [LevelProgress(title, len(found), _shares(found)) for title, found in levels.items()]


def _shares(statuses: Sequence[Status]) -> tuple[tuple[str, str, float], ...]:
    counted = Counter(statuses)
    return tuple(
        (f"wf-c-{status.value}", f"{_say(status.label)} {counted[status]}", counted[status] / len(statuses))
        for status in Status
        if counted[status]
    )


def _has_value(figure: Figure) -> bool:
    return figure.value is not None or (figure.reported is not None and figure.reported.value is not None)


def _status_counts(rows: Iterable[Row]) -> list[tuple[str, int]]:
    counted = Counter(row.figure.status for row in rows)
    return [
        (status.value, counted[status]) for status in Status if counted[status] or status is Status.BEHIND
    ]


def _mass_title(groups: Sequence[GroupMass]) -> Text:
    total = sum(group.generated_g for group in groups)
    if not total:
        return Text("各类固体废物的产生与去向", "Waste by group, generated and handled")
    largest, share = groups[0], percent_text(groups[0].generated_g / total)
    used = percent_text(sum(group.used_g for group in groups) / total)
    name = largest.name.en or largest.name.zh
    return Text(
        f"{largest.name.zh}占产生量 {share}；各类合计已利用 {used}",
        f"{name} is {share} of what was generated; {used} of all waste was used",
    )


def _mass_chart(groups: Sequence[GroupMass]) -> Mapping[str, object]:
    unit, per = _chart_unit([group.generated_g for group in groups])
    words = (
        (Text("产生", "Generated"), "--wf-chart-1", "", [group.generated_g for group in groups]),
        (Text("利用", "Used"), "--wf-chart-2", "way", [group.used_g for group in groups]),
        (Text("焚烧填埋", "Burnt or buried"), "--wf-chart-3", "way", [group.disposed_g for group in groups]),
        (
            Text("贮存或未细分", "Stored or not stated"),
            "--wf-chart-4",
            "way",
            [group.other_g for group in groups],
        ),
    )
    return {
        "unit": unit,
        "lying": True,
        "line": False,
        "categories": [_say(group.name) for group in groups],
        "series": [
            {
                "name": _say(name),
                "colour": colour,
                "stack": stack,
                "values": [round(tonnes(grams) / per, 4) for grams in values],
            }
            for name, colour, stack, values in words
        ],
    }


def _month_title(monthly: Mapping[str, tuple[int, int]]) -> Text:
    """Say in which months most and least was generated, and what share of the whole was used."""
    made, used = (sum(pair[place] for pair in monthly.values()) for place in (0, 1))
    if not made:
        return Text("逐月产生与利用", "Generated and used by month")
    most, least = (choose(monthly, key=lambda month: monthly[month][0]) for choose in (max, min))
    named = [Period.parse(month) for month in (most, least)]
    return Text(
        f"{named[0].start.month}月产生最多，{named[1].start.month}月最少；利用 {percent_text(used / made)}",
        f"Most in {named[0].label('en')}, least in {named[1].label('en')}; {percent_text(used / made)} used",
    )


def _month_chart(monthly: Mapping[str, tuple[int, int]]) -> Mapping[str, object]:
    unit, per = _chart_unit([made for made, _ in monthly.values()])
    series = ((Text("产生", "Generated"), "--wf-chart-1", 0), (Text("利用", "Used"), "--wf-chart-2", 1))
    return {
        "unit": unit,
        "lying": False,
        "line": True,
        "categories": [month[-2:].lstrip("0") for month in monthly],
        "series": [
            {
                "name": _say(name),
                "colour": colour,
                "stack": "",
                "values": [round(tonnes(pair[place]) / per, 4) for pair in monthly.values()],
            }
            for name, colour, place in series
        ],
    }


def _chart_unit(grams: Sequence[int]) -> tuple[str, int]:
    if (get_language() or "").startswith("en"):
        return "t", 1
    return ("万吨", _WAN_T) if max(map(tonnes, grams), default=0) >= _WAN_T else ("吨", 1)


def _has_months(monthly: Mapping[str, tuple[int, int]]) -> bool:
    """Say whether months are known at all: a published yearly total lies in one month at most."""
    return sum(1 for made, _ in monthly.values() if made) > 1


def _quality(evidence: Mapping[str, int]) -> list[tuple[str, str, float]]:
    total = sum(evidence.values())
    if total <= 0:
        return []
    weighed = sum(evidence.get(kind, 0) for kind in WEIGHED)
    others = [
        (EVIDENCE_COLOURS[kind], _say(words), evidence.get(kind, 0) / total)
        for kind, words in EVIDENCE.items()
        if kind not in WEIGHED
    ]
    parts = [("wf-c-weighed", _say(Text("称重过磅", "Weighed")), weighed / total), *others]
    return [part for part in parts if part[2] > 0]


def _say(text: Text) -> str:
    return text.in_language(get_language() or "zh-hans")
