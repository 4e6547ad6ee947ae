"""The list of parties, the map, and what an officer should look at: classes, coverage, the unregistered."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.records.registry import queries, services
from wufei.records.registry.core.kinds import place_kinds
from wufei.records.registry.core.producers import ManagementClass
from wufei.records.registry.core.sheets import PARTY_KINDS, workbook_of
from wufei.records.registry.queries import MapPoint, PartyFilter
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.identity.core.kinds import PartyKind
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.pages.core.keysets import next_address
from wufei.runtime.pages.core.tables import Cell, Column, chosen_columns, table_workbook
from wufei.runtime.pages.maps import Mark, allow_tiles, map_data
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.responses import page_notes, workbook_response

ROWS = 50
ROWS_MAX = 5_000
POINTS_MAX = 5_000
COLUMNS = (
    Column("name", Text("单位", "Party"), fixed=True),
    Column("uscc", Text("统一社会信用代码", "Credit code")),
    Column("kind", Text("类型", "Kind")),
    Column("region", Text("区域", "Region")),
    Column("class", Text("管理类别", "Class")),
    Column("tags", Text("标签", "Tags")),
    Column("papers", Text("证照合同", "Papers"), numeric=True),
    Column("next", Text("最近到期", "Next end")),
    Column("key", Text("编号", "Key"), shown=False),
)


@require_GET
def parties_page(request: ScopedRequest) -> HttpResponse:
    """Show the parties of a region, filtered: as a table, in Excel, or as the whole register."""
    here = asked(request).region
    asks = _filter(request, here)
    form = request.GET.get("format", "")
    if form == "register":
        return _register(request, here)
    page = queries.list_parties(
        request.scope,
        asks,
        on=today_on(),
        limit=ROWS_MAX if form == "xlsx" else ROWS,
        after=None if form == "xlsx" else request.GET.get("after"),
    )
    columns = chosen_columns(COLUMNS, request.GET.getlist("column"))
    if form == "xlsx":
        return _export(here, page, columns)
    context = {
        "region": here,
        "asks": asks,
        "page": page,
        "columns": columns,
        "all_columns": [each for each in COLUMNS if not each.fixed],
        "shown": {column.key for column in columns},
        "kinds": [
            (kind.value, label) for kind, label in PARTY_KINDS.items() if kind is not PartyKind.AGGREGATE
        ],
        "classes": [(each.value, each.label) for each in ManagementClass],
        "tags": queries.tag_names(request.scope, here.id),
        "next_rows": next_address(request.path, dict(request.GET.lists()), page.after) if page.after else "",
        "may_write": allowed(request.scope, "registry.write"),
        "may_look": any(allowed(request.scope, each) for each in ("figures.read", "registry.write")),
        "may_review": allowed(request.scope, "entry.review"),
        "filtered": any((asks.words, asks.kind, asks.management_class, asks.tag, asks.expiring)),
    }
    return render(request, "registry/parties.html", context)


@require_GET
def map_page(request: ScopedRequest) -> HttpResponse:
    """Show the sites and places of a region as points, and the same as a table."""
    here = asked(request).region
    points = queries.map_points(request.scope, here.id, limit=POINTS_MAX)
    response = render(
        request,
        "registry/map.html",
        {
            "region": here,
            "points": points,
            "map": map_data(_marks(points, get_language() or "zh-hans")),
            "kinds": _kinds(points),
        },
    )
    return allow_tiles(response)


@require_http_methods(["GET", "POST"])
def review_page(request: ScopedRequest) -> HttpResponse:
    """Show coverage, fleet, missing registrations and classes to decide; keep a decision."""
    here = asked(request).region
    today = today_on()
    problem = None
    if request.method == "POST":
        require(request.scope, "registry.write")
        try:
            _decide(request, today)
        except InputError as error:
            problem = error.message
        else:
            return HttpResponseRedirect(f"{reverse('registry:review')}?region={here.key}#classes", status=303)
    scope = request.scope
    context = {
        "region": here,
        "problem": problem,
        "insurance": queries.insurance_coverage(scope, here.id, on=today),
        "fleet": queries.new_energy_share(scope, here.id, on=today),
        "unregistered": queries.unregistered_producers(scope, here.id, on=today),
        "differences": queries.class_differences(scope, here.id),
        "classes": list(ManagementClass),
        "may_write": allowed(scope, "registry.write"),
    }
    return render(request, "registry/review.html", context, status=422 if problem else 200)


def _marks(points: list[MapPoint], language: str) -> list[Mark]:
    return [
        Mark(
            point.kind,
            point.name,
            point.party.name.in_language(language),
            reverse("enterprise", args=[point.party.key]),
            float(point.longitude),
            float(point.latitude),
        )
        for point in points
    ]


def _filter(request: ScopedRequest, region: RegionRow) -> PartyFilter:
    words = {key: request.GET.get(key, "").strip() for key in ("q", "kind", "class", "tag")}
    return PartyFilter(
        region.id, words["q"], words["kind"], words["class"], words["tag"], request.GET.get("expiring") == "1"
    )


def _decide(request: ScopedRequest, on: date) -> None:
    words = {key: request.POST.get(key, "") for key in ("party", "class", "reason")}
    if not words["party"].isdigit() or words["class"] not in {each.value for each in ManagementClass}:
        raise InputError(
            "registry.class", "class", words["class"], Text("请选择管理类别。", "Choose a management class.")
        )
    services.confirm_class(
        request.scope,
        party_id=int(words["party"]),
        management_class=ManagementClass(words["class"]),
        reason=words["reason"],
        on=on,
    )


def _kinds(points: list[MapPoint]) -> list[tuple[str, Text, int]]:
    labels = {"site": Text("场所", "Sites"), **{kind.key: kind.label for kind in place_kinds().values()}}
    counts = {key: sum(point.kind == key for point in points) for key in labels}
    return [(key, labels[key], number) for key, number in counts.items() if number]


def _register(request: ScopedRequest, region: RegionRow) -> HttpResponse:
    language = get_language() or "zh-hans"
    rows = queries.register_rows(request.scope, region.id, request.scope.party_ids or None)
    notes = page_notes(region, language) if region.synthetic else []
    title = Text(f"一企一档 {region.name.zh}", f"Register {region.name.in_language('en')}")
    return workbook_response(workbook_of(rows, language, notes), title.in_language(language))


def _export(region: RegionRow, page: queries.PartyPage, columns: tuple[Column, ...]) -> HttpResponse:
    language = get_language() or "zh-hans"
    title = Text(f"单位名录 {region.name.zh}", f"Parties, {region.name.in_language('en')}").in_language(
        language
    )
    rows = []
    for row in page.rows:
        cells: dict[str, Cell] = {
            "name": row.party.name.in_language(language),
            "uscc": row.party.uscc or "",
            "kind": PARTY_KINDS[PartyKind(row.party.kind)].in_language(language),
            "region": row.region,
            "class": row.management_class.label.in_language(language) if row.management_class else "",
            "tags": "、".join(row.tags),
            "papers": row.papers,
            "next": row.next_end.isoformat() if row.next_end else "",
            "key": row.party.key,
        }
        rows.append([cells[column.key] for column in columns])
    return workbook_response(
        table_workbook(title, page_notes(region, language), columns, rows, language), title
    )
