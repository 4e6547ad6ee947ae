"""The indicator table by level: base, now, target, trend, status, 口径."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from wufei.kernel.text import Text
from wufei.measures.indicators.core.figures import Computation, Status
from wufei.records.ledger.core.words import book_name
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.pages.core.sparkline import way_done
from wufei.runtime.pages.core.tables import Cell, Column, chosen_columns, table_workbook
from wufei.runtime.pages.responses import page_notes, workbook_response
from wufei.web.figures import figures_of, governing_plan, rows_of
from wufei.web.lines import Row
from wufei.web.views.asked import FiguresAsked, figures_asked

COLUMNS = (
    Column("no", Text("序号", "No.")),
    Column("name", Text("指标", "Indicator"), fixed=True),
    Column("base", Text("基期", "Base"), numeric=True),
    Column("value", Text("现值", "Now"), numeric=True, fixed=True),
    Column("computed", Text("测算值", "Computed"), numeric=True, shown=False),
    Column("target", Text("目标", "Target"), numeric=True),
    Column("trend", Text("走势", "Trend")),
    Column("status", Text("状态", "Status")),
    Column("by", Text("口径", "Counted by")),
    Column("type", Text("类型", "Type"), shown=False),
    Column("units", Text("责任单位", "Responsible units"), shown=False),
    Column("department", Text("数据部门", "Data department"), shown=False),
)


# The order of urgency: what a reader who sorts by status wants to see first.
_URGENCY = (
    Status.BEHIND,
    Status.NOT_COMPUTABLE,
    Status.ON_TRACK,
    Status.MET,
    Status.NO_TARGET,
    Status.NOT_NUMERIC,
)
# Values have different units; what can be compared, and so sorted by, is the share of the way that is done.
_SORTS: Mapping[str, Callable[[Row], tuple[float | str, ...]]] = {
    "name": lambda row: (row.name.in_language(get_language() or "zh-hans"),),
    "trend": lambda row: (_way(row),),
    "status": lambda row: (_URGENCY.index(row.figure.status),),
    "by": lambda row: (row.figure.by,),
    "type": lambda row: (row.type, row.attribute),
    "units": lambda row: row.units,
    "department": lambda row: (row.department.zh,),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader looks for."""

    q: str
    status: str
    type: str
    attribute: str


@require_GET
def table_page(request: ScopedRequest) -> HttpResponse:
    """Show or export the indicators of a region and period, filtered by the address."""
    here = figures_asked(request)
    plan = governing_plan(request, here.region.id, here.period)
    found = figures_of(request, here.region.id, here.period, here.book)
    rows = rows_of(request, here.region.id, here.period, here.book)
    filters = Filters(*(request.GET.get(key, "").strip() for key in ("q", "status", "type", "attribute")))
    sort = request.GET.get("sort", "")
    shown_rows = _sorted([row for row in rows if _wanted(row, filters)], sort)
    columns = chosen_columns(COLUMNS, request.GET.getlist("column"))
    if request.GET.get("format") == "xlsx":
        return _export(here, found, columns, shown_rows)
    context = {
        "region": here.region,
        "period": here.period,
        "book": here.book or found.books.get(here.region.key, ""),
        "books": here.books,
        "plan": plan,
        "as_of": found.as_of,
        "total": len(rows),
        "statuses": _status_counts(rows, filters.status),
        "groups": _one(shown_rows) if sort.removeprefix("-") in _SORTS else _groups(shown_rows),
        "heads": [_head(column, sort) for column in columns],
        "columns": COLUMNS,
        "shown": columns,
        "explained": (Status.BEHIND, Status.NOT_COMPUTABLE),
        "types": tuple(dict.fromkeys(row.type for row in rows if row.type)),
        "attributes": tuple(dict.fromkeys(row.attribute for row in rows if row.attribute)),
        "q": filters.q,
        "type": filters.type,
        "attribute": filters.attribute,
        "kept": [(key, request.GET.get(key, "")) for key in ("region", "period", "book", "status", "sort")],
    }
    return render(request, "web/indicators.html", context)


def _wanted(row: Row, filters: Filters) -> bool:
    words = (row.name.zh, row.name.en.lower(), *row.units, row.department.zh, row.figure.indicator)
    return (
        (not filters.status or row.figure.status == filters.status)
        and (not filters.type or row.type == filters.type)
        and (not filters.attribute or row.attribute == filters.attribute)
        and (not filters.q or any(filters.q.lower() in word for word in words))
    )


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: what its link sorts by, and how the table is sorted by it now."""

    title: Text
    numeric: bool
    sort: str
    sorted: str


def _head(column: Column, sort: str) -> Head:
    if column.key not in _SORTS:
        return Head(column.title, column.numeric, "", "")
    now = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "")
    # Up, down, and back to the order of the plan.
    following = {"": column.key, "ascending": f"-{column.key}", "descending": ""}[now]
    return Head(column.title, column.numeric, following or "plan", now)


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    key = _SORTS.get(sort.removeprefix("-"))
    return sorted(rows, key=key, reverse=sort.startswith("-")) if key else rows


def _way(row: Row) -> float:
    """Give the share of the way from base to target that is done; a line without such a way comes last."""
    base, now = row.trend
    if base is None or now is None or row.trend_target is None:
        return 2.0
    done = way_done(float(base), float(now), float(row.trend_target))
    return 2.0 if done is None else done


def _one(rows: list[Row]) -> list[Mapping[str, object]]:
    return [{"title": "", "own": False, "rows": rows}] if rows else []


def _status_counts(rows: Iterable[Row], chosen: str) -> list[Mapping[str, object]]:
    counted = Counter(row.figure.status for row in rows)
    return [
        {"key": status.value, "count": counted[status], "current": status == chosen}
        for status in Status
        if counted[status] or status in (Status.MET, Status.ON_TRACK, Status.BEHIND, Status.NOT_COMPUTABLE)
    ]


def _groups(rows: Iterable[Row]) -> list[Mapping[str, object]]:
    return [
        {"title": title or "指标", "own": own, "rows": list(group)}
        for (title, own), group in groupby(rows, key=lambda row: (row.level1, row.own))
    ]


def _export(
    here: FiguresAsked, found: Computation, columns: Sequence[Column], rows: Sequence[Row]
) -> HttpResponse:
    language = get_language() or "zh-hans"
    region = here.region.name.in_language(language)
    title = Text(f"指标表 {region}", f"Indicators, {region}").in_language(language)
    book = found.books.get(here.region.key, here.book or "")
    as_of = Text("数据截至", "Data as of").in_language(language)
    notes = [
        *page_notes(here.region, language),
        f"{here.period.label(language)} · {book_name(book).in_language(language)}",
        f"{as_of} {found.as_of.text.in_language(language)}",
    ]
    kept = [column for column in columns if column.key != "trend"]
    unit = Column("unit", Text("单位", "Unit"))
    cells = [[*(_cell(row, column.key, language) for column in kept), row.figure.unit] for row in rows]
    return workbook_response(table_workbook(title, notes, [*kept, unit], cells, language), title)


def _cell(row: Row, key: str, language: str) -> Cell:
    figure = row.figure
    shown = figure.reported.value if figure.reported and figure.reported.value is not None else figure.value
    cells: dict[str, Cell] = {
        "no": row.label,
        "name": row.name.in_language(language),
        "base": row.base.in_language(language),
        "value": figure.text if shown is None else shown,
        "computed": figure.value,
        "target": row.target.in_language(language),
        "status": figure.status.label.in_language(language),
        "by": figure.by,
        "type": f"{row.type} {row.attribute}".strip(),
        "units": "、".join(row.units),
        "department": row.department.in_language(language),
    }
    return cells[key]
