"""Lines of a draft: accepted, left out, mended; alone, under one heading, or all that have no doubt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans import queries, services
from wufei.records.plans.core.drafts import (
    FIELDS,
    UNIT_FIELDS,
    Json,
    Part,
    Standing,
    group_of,
    waiting,
)
from wufei.records.plans.core.plan import Attribute, LineType
from wufei.records.plans.queries import DraftPage
from wufei.records.plans.views.shown import doubts_by_place, draft_context, line_of, lines_context
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now


@require_POST
def standing_form(request: ScopedRequest, draft_id: UUID, part: str) -> HttpResponse:
    """Accept lines, leave them out, or take that back; a single line is answered with that line."""
    which = part_named(part)
    standing = _standing(request.POST.get("standing", Standing.ACCEPTED.value))
    page = queries.get_draft(request.scope, draft_id)
    lines = _chosen(request, page, which)
    problem = None
    try:
        services.set_standing(request.scope, draft_id, which, lines, standing, now=now())
    except (InputError, ConflictError) as error:
        problem = error.message
    index = next(iter(lines), 0)
    if is_part(request):
        return _line_answer(request, draft_id, which, index, problem)
    if problem:
        page = queries.get_draft(request.scope, draft_id)
        context = draft_context(request, page, which.value) | lines_context(page, which, only_doubts=False)
        return render(request, "plans/draft.html", context | {"problem": problem})
    anchor = f"#l-{index}" if len(lines) == 1 else ""
    return HttpResponseRedirect(f"{reverse('plans:draft', args=[draft_id])}?view={which.value}{anchor}")


def _chosen(request: ScopedRequest, page: DraftPage, part: Part) -> dict[int, str]:
    """Give the lines that are named with their stamps; of many only those that nobody has looked at."""
    named = [int(each) for each in request.POST.getlist("index") if each.isdecimal()]
    if named:
        stamps = request.POST.getlist("seen")
        return dict(zip(named, stamps, strict=False)) if stamps else dict.fromkeys(named, "")
    items, doubts = page.content[part.value], doubts_by_place(page.findings)
    group, every = request.POST.get("group"), request.POST.get("all") == "1"
    return {
        index: ""
        for index in waiting(page.content, part)
        if (every or items[index]["place"] not in doubts)
        and (group is None or group_of(part, items[index]) == group)
    }


@require_http_methods(["GET", "POST"])
def line_form(request: ScopedRequest, draft_id: UUID, part: str, index: int) -> HttpResponse:
    """Show the form of one line; write what was entered, or say at its field what is wrong.

    Asked for from within the list it is answered with a part of the page: the form, or the line.
    """
    which = part_named(part)
    page = queries.get_draft(request.scope, draft_id)
    if index >= len(page.content[which.value]):
        raise NotFoundError("line", index)
    if request.method == "GET":
        if is_part(request) and request.GET.get("read"):
            return _line_answer(request, draft_id, which, index)
        return _form(request, page, which, index, {})
    said = said_in(request)
    try:
        services.mend_line(
            request.scope, draft_id, (which, index), said, seen=request.POST.get("seen", ""), now=now()
        )
    except InputError as error:
        return _form(request, page, which, index, {"fault": error.message, "at": error.field, "said": said})
    except ConflictError as error:
        page = queries.get_draft(request.scope, draft_id)
        return _form(request, page, which, index, {"problem": error.message, "said": said})
    if is_part(request):
        return _line_answer(request, draft_id, which, index)
    address = reverse("plans:draft", args=[draft_id])
    return HttpResponseRedirect(f"{address}?view={which.value}#l-{index}")


def part_named(text: str) -> Part:
    """Give the list of this name; there is no other."""
    if text not in set(Part):
        raise NotFoundError("list", text)
    return Part(text)


def said_in(request: ScopedRequest) -> dict[str, str]:
    """Give the fields that were sent."""
    return {
        name: str(value)
        for name, value in request.POST.items()
        if name not in ("csrfmiddlewaretoken", "seen")
    }


def is_part(request: ScopedRequest) -> bool:
    """Whether only a part of the page is wanted."""
    return request.headers.get("HX-Request") == "true"


def _standing(text: str) -> Standing:
    if text not in set(Standing):
        raise NotFoundError("standing", text)
    return Standing(text)


def _line_answer(
    request: ScopedRequest, draft_id: UUID, part: Part, index: int, problem: Text | None = None
) -> HttpResponse:
    """Give one line as it is now, and the counts that stand elsewhere on the page."""
    page = queries.get_draft(request.scope, draft_id)
    line = line_of(part, index, page.content[part.value][index], doubts_by_place(page.findings))
    context = draft_context(request, page, part.value) | lines_context(page, part, only_doubts=False)
    return render(
        request,
        "plans/parts/line_answer.html",
        context | {"line": line, "line_problem": problem, "oob": True},
    )


def _form(
    request: ScopedRequest, page: DraftPage, part: Part, index: int, told: Mapping[str, Any]
) -> HttpResponse:
    item = page.content[part.value][index]
    said = told.get("said", {})
    fields = [
        {
            **each,
            "value": said.get(each["name"], each["value"]),
            "now": each["value"] if "problem" in told and said.get(each["name"]) != each["value"] else None,
        }
        for each in _fields(page, part, item)
    ]
    doubts = doubts_by_place(page.findings)
    context = {
        **draft_context(request, page, part.value),
        **told,
        "part": part,
        "line": line_of(part, index, item, doubts),
        "fields": fields,
        "source": _source(page, item["anchor"]),
    }
    return render(request, "plans/parts/line_form.html" if is_part(request) else "plans/line.html", context)


TITLES = {
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
_LONG = frozenset({"text", "content"})
_WIDE = frozenset({"name", "title", "indicator", "units", "lead", "support", "section"}) | _LONG


def _fields(page: DraftPage, part: Part, item: Json) -> list[dict[str, Any]]:
    fields = [
        {
            "name": name,
            "title": TITLES[name],
            "value": "、".join(item[name]) if name in UNIT_FIELDS else str(item[name] or ""),
            "long": name in _LONG,
            "wide": name in _WIDE,
            "choices": _choices(name),
        }
        for name in FIELDS[part]
    ]
    if part is Part.INDICATORS:
        base = item["baseline"]
        fields.append(_value_field("baseline", TITLES["baseline"], base["text"] if base else ""))
        years = dict.fromkeys([*(year for year, _ in item["targets"]), *page.content["head"]["target_years"]])
        said = {year: value["text"] for year, value in item["targets"]}
        for year in years:
            title = Text(f"{year or ''}目标值", f"Target {year or ''}".strip())
            fields.append(_value_field(f"target-{year}", title, said.get(year, "")))
    elif part is Part.TARGETS:
        fields.append(_value_field("value", TITLES["value"], item["value"]["text"]))
    return fields


def _value_field(name: str, title: Text, text: str) -> dict[str, Any]:
    return {"name": name, "title": title, "value": text, "long": False, "wide": False, "choices": ()}


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


def _source(page: DraftPage, anchor: str) -> list[str]:
    """Give the words of the document at a place."""
    _, block, *row = anchor.split("-")
    found = page.blocks[int(block)]
    if row:
        return list(found["rows"][int(row[0])])
    return [found["text"]] if "text" in found else []
