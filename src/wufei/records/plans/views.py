"""Drop a plan, go through what was read with the document beside it, publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans import queries, services
from wufei.records.plans.core.drafts import FIELDS, UNIT_FIELDS, Json, Part, Standing, anchors
from wufei.records.plans.core.plan import Attribute, LineType
from wufei.records.plans.queries import DraftPage
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import departments_in, regions_by_id, regions_under
from wufei.runtime.pages.queries import default_region

PUBLISH = "plan.publish"
_NO_FILE = Text("请先选择一个文件。", "Choose a file first.")
_VIEWS = (*(part.value for part in Part), "findings", "units", "document")


@require_http_methods(["GET", "POST"])
def read_page(request: ScopedRequest) -> HttpResponse:
    """Show the place to drop a plan and the drafts that are open; read what was dropped."""
    require(request.scope, PUBLISH)
    regions = regions_by_id(request.scope.region_ids) if not request.scope.everything else {}
    chosen = default_region(request)
    context: dict[str, Any] = {
        "regions": sorted(regions.values(), key=lambda region: region.key),
        "region": chosen,
        "drafts": queries.drafts(request.scope),
    }
    if request.method == "POST":
        sent = request.FILES.get("file")
        region_id = _number(request.POST.get("region", "")) or chosen.id
        if sent is None:
            context["problem"] = _NO_FILE
        else:
            try:
                draft_id = services.take_in(
                    request.scope, content=sent.read(), name=sent.name or "?", region_id=region_id, now=now()
                )
            except InputError as error:
                context["problem"] = error.message
            else:
                return HttpResponseRedirect(reverse("plans:draft", args=[draft_id]))
    return render(request, "plans/read.html", context)


@require_GET
def draft_page(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Show a draft: the document on one side, what was read on the other."""
    page = queries.get_draft(request.scope, draft_id)
    view = request.GET.get("view", "")
    if view not in _VIEWS:
        view = "findings" if page.findings else Part.INDICATORS.value
    return render(request, "plans/draft.html", _context(request, page, view))


@require_POST
def head_form(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Write what a person says of the document."""
    return _done(
        request,
        draft_id,
        "document",
        lambda: services.mend_head(request.scope, draft_id, _said(request), now=now()),
    )


@require_POST
def unit_form(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Say which departments names mean; with ``rest`` all that nobody knows are to be made."""
    choices = dict(zip(request.POST.getlist("name"), request.POST.getlist("choice"), strict=False))
    if request.POST.get("rest"):
        choices = {name: choice or services.NEW for name, choice in choices.items()}
    return _done(
        request, draft_id, "units", lambda: services.choose_units(request.scope, draft_id, choices, now=now())
    )


@require_POST
def standing_form(request: ScopedRequest, draft_id: UUID, part: str) -> HttpResponse:
    """Accept lines, leave them out, or take that back: the ones that are named, or all that wait."""
    which = _part(part)
    standing = Standing(request.POST.get("standing", Standing.ACCEPTED.value))
    page = queries.get_draft(request.scope, draft_id)
    waiting = [
        index for index, each in enumerate(page.content[which.value]) if each["standing"] == Standing.READ
    ]
    named = [int(each) for each in request.POST.getlist("index") if each.isdecimal()]
    indexes = named or (waiting if request.POST.get("all") else [])
    return _done(
        request,
        draft_id,
        which.value,
        lambda: services.set_standing(request.scope, draft_id, which, indexes, standing, now=now()),
        anchor=f"l-{named[0]}" if len(named) == 1 else "",
    )


@require_http_methods(["GET", "POST"])
def line_form(request: ScopedRequest, draft_id: UUID, part: str, index: int) -> HttpResponse:
    """Show the form of one line; write what was entered, or say at its field what is wrong."""
    which = _part(part)
    page = queries.get_draft(request.scope, draft_id)
    items = page.content[which.value]
    if index >= len(items):
        raise NotFoundError("line", index)
    context = _line_context(page, which, index, items[index])
    if request.method == "POST":
        said = _said(request)
        try:
            services.mend_line(request.scope, draft_id, which, index, said, now=now())
        except InputError as error:
            context |= {
                "fault": error.message,
                "at": error.field,
                "fields": _entered(context["fields"], said),
            }
            return render(request, "plans/line.html", context)
        return _back(draft_id, which.value, f"l-{index}")
    return render(request, "plans/line.html", context)


@require_POST
def publish_form(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Publish a draft, or say what is missing."""
    edition = request.POST.get("edition_of", "")
    try:
        loaded = services.publish_draft(request.scope, draft_id, edition_of=edition, now=now())
    except InputError as error:
        page = queries.get_draft(request.scope, draft_id)
        context = _context(request, page, "document") | {"problem": error.message}
        return render(request, "plans/draft.html", context)
    return HttpResponseRedirect(reverse("plan", args=[loaded.plan_id]))


@require_POST
def discard_form(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Put a draft away."""
    services.discard(request.scope, draft_id, now=now())
    return HttpResponseRedirect(reverse("plans:read"))


def _context(request: ScopedRequest, page: DraftPage, view: str) -> dict[str, Any]:
    region = regions_by_id([page.row.region_id])[page.row.region_id]
    places = anchors(page.blocks)
    waiting = {
        part: sum(each["standing"] == Standing.READ for each in page.content[part.value]) for part in Part
    }
    context: dict[str, Any] = {
        "page": page,
        "draft": page.row,
        "head": page.content["head"],
        "region": region,
        "synthetic": region.synthetic,
        "view": view,
        "tabs": [(part, count, waiting[part]) for part, count in page.row.counts],
        "blocks": list(enumerate(page.blocks)),
        "findings": [(each, places.get(each.where, "")) for each in page.findings],
        "errors": sum(each.severity is Severity.ERROR for each in page.findings),
        "editions": [
            plan for plan in queries.list_plans(request.scope, region.id) if page.row.state == "open"
        ],
        "made": services.plan_in(request.scope, page.row.id) if page.row.state == "open" else None,
    }
    if view == "units":
        context["units"] = queries.units_in(page)
        context["departments"] = departments_in(regions_under(region.id))
    elif view in {part.value for part in Part}:
        part = Part(view)
        doubts = _by_place(page.findings)
        context |= {
            "part": part,
            "waiting": waiting[part],
            "lines": [
                _line(part, index, each, doubts) for index, each in enumerate(page.content[part.value])
            ],
        }
    return context


def _line(part: Part, index: int, item: Json, doubts: Mapping[str, list[Finding]]) -> dict[str, Any]:
    standing = Standing(item["standing"])
    known = load_indicators().get(item.get("indicator", ""))
    return {
        "index": index,
        "item": item,
        "standing": standing,
        "dropped": standing is Standing.DROPPED,
        "definition": known.name if known else None,
        "values": [(year, value["text"]) for year, value in item.get("targets", ())],
        "doubts": doubts.get(item["place"], []),
        "units": item.get("units") or [*item.get("lead", ()), *item.get("support", ())],
        "part": part,
    }


def _by_place(findings: tuple[Finding, ...]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(each.where, []).append(each)
    return found


_TITLES = {
    "no": Text("序号", "No."),
    "level1": Text("一级指标", "Level 1"),
    "level2": Text("二级指标", "Level 2"),
    "name": Text("名称", "Name"),
    "type": Text("类型", "Type"),
    "attribute": Text("属性", "Attribute"),
    "indicator": Text("对应的指标", "Indicator it is"),
    "units": Text("责任单位（用、分开）", "Responsible units (by commas)"),
    "section": Text("章节", "Section"),
    "title": Text("标题", "Title"),
    "text": Text("内容", "Text"),
    "lead": Text("牵头单位（用、分开）", "Leading units (by commas)"),
    "support": Text("责任单位（用、分开）", "Responsible units (by commas)"),
    "due": Text("完成时限", "Due"),
    "field": Text("领域", "Field"),
    "content": Text("建设内容", "Content"),
    "year": Text("年份", "Year"),
    "baseline": Text("基期值", "Base value"),
    "value": Text("目标值", "Target"),
}


def _line_context(page: DraftPage, part: Part, index: int, item: Json) -> dict[str, Any]:
    fields = [
        {
            "name": name,
            "title": _TITLES[name],
            "value": "、".join(item[name]) if name in UNIT_FIELDS else item[name] or "",
            "long": name in {"text", "content"},
            "choices": _choices(name),
        }
        for name in FIELDS[part]
    ]
    if part is Part.INDICATORS:
        base = item["baseline"]
        fields.append(_value_field("baseline", _TITLES["baseline"], base["text"] if base else ""))
        years = dict.fromkeys([*(year for year, _ in item["targets"]), *page.content["head"]["target_years"]])
        said = {year: value["text"] for year, value in item["targets"]}
        for year in years:
            title = Text(f"{year or ''}目标值", f"Target {year or ''}".strip())
            fields.append(_value_field(f"target-{year}", title, said.get(year, "")))
    elif part is Part.TARGETS:
        fields.append(_value_field("value", _TITLES["value"], item["value"]["text"]))
    region = regions_by_id([page.row.region_id])[page.row.region_id]
    return {
        "draft": page.row,
        "region": region,
        "synthetic": region.synthetic,
        "part": part,
        "index": index,
        "item": item,
        "fields": fields,
        "source": _source(page, item["anchor"]),
        "doubts": _by_place(page.findings).get(item["place"], []),
    }


def _value_field(name: str, title: Text, text: str) -> dict[str, Any]:
    return {"name": name, "title": title, "value": text, "long": False, "choices": ()}


def _choices(name: str) -> list[tuple[str, Text]]:
    if name == "type":
        return [(each.value, Text(each.value or "未注明", each.value or "Not stated")) for each in LineType]
    if name == "attribute":
        return [(each.value, Text(each.value or "未注明", each.value or "Not stated")) for each in Attribute]
    if name == "indicator":
        known = sorted(load_indicators().values(), key=lambda each: each.name.zh)
        none = Text("没有对应的指标（自定指标）", "None: an indicator of the plan's own")
        return [("", none), *((each.id, each.name) for each in known)]
    return []


def _entered(fields: list[dict[str, Any]], said: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{**each, "value": said.get(each["name"], each["value"])} for each in fields]


def _source(page: DraftPage, anchor: str) -> list[str]:
    """Give the words of the document at a place."""
    _, block, *row = anchor.split("-")
    found = page.blocks[int(block)]
    if row:
        return list(found["rows"][int(row[0])])
    return [found["text"]] if "text" in found else []


def _part(text: str) -> Part:
    if text not in set(Part):
        raise NotFoundError("list", text)
    return Part(text)


def _said(request: ScopedRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _done(
    request: ScopedRequest, draft_id: UUID, view: str, work: Callable[[], None], *, anchor: str = ""
) -> HttpResponse:
    try:
        work()
    except InputError as error:
        page = queries.get_draft(request.scope, draft_id)
        context = _context(request, page, view) | {"problem": error.message, "at": error.field}
        if view == "document":
            context["head"] = {**context["head"], **_said(request)}
        return render(request, "plans/draft.html", context)
    return _back(draft_id, view, anchor)


def _back(draft_id: UUID, view: str, anchor: str = "") -> HttpResponse:
    address = f"{reverse('plans:draft', args=[draft_id])}?{urlencode({'view': view})}"
    return HttpResponseRedirect(f"{address}#{anchor}" if anchor else address)
