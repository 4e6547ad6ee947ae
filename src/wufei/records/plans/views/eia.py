"""Assessments: the place to drop one, what was read and is missing, and taking it over into a firm's file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.request import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Severity
from wufei.kernel.text import Text
from wufei.records.plans import queries, services
from wufei.records.plans.core.eia.columns import TITLES
from wufei.records.plans.core.eia.storage import holds
from wufei.records.plans.core.eia.taking import Standing
from wufei.records.plans.core.eia.values import Store, Waste
from wufei.records.plans.core.eia.whole import intensity_text
from wufei.records.plans.core.reading.blocks import squeezed
from wufei.records.plans.core.reading.files import BYTES_MAX
from wufei.records.plans.queries import Preview, Reading
from wufei.records.plans.queries.eia import eia_workbook
from wufei.records.plans.views.reading import region_asked
from wufei.runtime.access.core import allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import day_of, now, today_on
from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.pages.queries import visible_regions
from wufei.runtime.pages.responses import workbook_response

_NO_FILE = Text("请先选择一个文件。", "Choose a file first.")
_SAME = "eia.same-file"
_DIGITS_MAX = 6
_APPROVAL = ("number", "issuer", "approved_on")
_OUTLETS = ("outlet", "receiver", "measures")


@require_http_methods(["GET", "POST"])
def eia_page(request: ScopedRequest) -> HttpResponse:
    """Show the place to drop an assessment and those that were read; read what was dropped."""
    if request.method == "GET":
        return _page(request, None)
    try:
        address = _address(_taken_in(request))
    except InputError as error:
        problem, same = error.message, str(error.value) if error.code == _SAME else ""
        if not _as_json(request):
            return _page(request, problem, same)
        return JsonResponse({"problem": problem.in_language(get_language() or "zh-hans"), "same": same})
    return JsonResponse({"address": address}) if _as_json(request) else HttpResponseRedirect(address)


def _taken_in(request: ScopedRequest) -> UUID:
    sent = request.FILES.get("file")
    if sent is None:
        raise InputError("eia.no-file", "file", "", _NO_FILE)
    content, region_id = sent.read(), region_asked(request).id
    same = None if request.POST.get("again") else queries.same_eia(request.scope, region_id, content)
    if same is not None:
        day = day_of(same.made_at).isoformat()
        message = Text(
            f"这份文件已于{day}读入。可打开查看；要重新检查，请点“仍然读入”。",
            f"This file was read on {day}. Open it, or read it again to check it anew.",
        )
        raise InputError(_SAME, "file", _address(same.id), message)
    return services.take_in_eia(
        request.scope,
        content=content,
        name=sent.name or "?",
        region_id=region_id,
        on=today_on(),
        now=now(),
    )


def _address(reading_id: UUID) -> str:
    return reverse("plans:eia-reading", args=[reading_id])


def _as_json(request: ScopedRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@require_GET
def reading_page(request: ScopedRequest, reading_id: UUID) -> HttpResponse:
    """Show what was read of an assessment and what is missing; the table in Excel."""
    reading = queries.get_eia_reading(request.scope, reading_id)
    if request.GET.get("format") == "xlsx":
        language = get_language() or "zh-hans"
        title = Text(f"环评固废 {reading.row.title}", f"Waste in {reading.row.title}").in_language(language)
        return workbook_response(eia_workbook(reading.eia, reading.findings, language), title)
    eia = reading.eia
    graves = [each for each in Severity if any(found.severity is each for found in reading.findings)]
    context = {
        "reading": reading,
        "eia": eia,
        "region": regions_by_id([reading.row.region_id])[reading.row.region_id],
        "findings": reading.findings,
        "counts": [(each, sum(found.severity is each for found in reading.findings)) for each in graves],
        "wastes": [
            (
                waste,
                _said(waste.fields, ("source",)),
                _stored(waste, eia.stores),
                _said(waste.fields, _OUTLETS),
            )
            for waste in eia.wastes
        ],
        "products": [(each, intensity_text(eia, each)) for each in eia.products],
        "titles": TITLES,
        "may_write": allowed(request.scope, "registry.write"),
    }
    return render(request, "plans/eia_reading.html", context)


@require_http_methods(["GET", "POST"])
def take_page(request: ScopedRequest, reading_id: UUID) -> HttpResponse:
    """Choose an enterprise, see what would be entered, and enter the ticked lines."""
    reading = queries.get_eia_reading(request.scope, reading_id)
    key = request.POST.get("firm", "") or request.GET.get("firm", "")
    if not key:
        return _choosing(request, reading)
    firm = queries.firm_named(request.scope, key)
    if request.method == "GET":
        there = queries.preview(request.scope, reading, firm, on=today_on())
        return _previewed(request, reading, there, _first_form(reading, there))
    chosen = _chosen(request.POST)
    try:
        done = services.take_over(request.scope, reading_id, party_key=firm.key, chosen=chosen, on=today_on())
    except InputError as error:
        codes = _codes(request.POST)
        there = queries.preview(request.scope, reading, firm, on=today_on(), chosen=codes)
        form: dict[str, Any] = {name: request.POST.get(name, "") for name in _APPROVAL}
        form |= {"stores": chosen.stores, "wastes": set(chosen.wastes)}
        form |= {"problem": error.message, "at": error.field}
        return _previewed(request, reading, there, form)
    said: dict[str, str | int] = {
        "firm": firm.key,
        "made": done.made,
        "changed": done.changed,
        "same": done.same,
    }
    return HttpResponseRedirect(f"{reverse('plans:eia-take', args=[reading_id])}?{urlencode(said)}")


def _choosing(request: ScopedRequest, reading: Reading) -> HttpResponse:
    words = request.GET.get("q", reading.eia.builder).strip()
    context = {
        "reading": reading,
        "words": words,
        "firms": queries.firms_like(request.scope, words),
        "region": regions_by_id([reading.row.region_id])[reading.row.region_id],
    }
    return render(request, "plans/eia_take.html", context, status=422 if request.method == "POST" else 200)


def _previewed(
    request: ScopedRequest, reading: Reading, there: Preview, form: dict[str, Any]
) -> HttpResponse:
    builder = squeezed(reading.eia.builder)
    done = {name: request.GET.get(name, "") for name in ("made", "changed", "same")}
    context = {
        "reading": reading,
        "there": there,
        "wastes": [(each, f"code-{each.index}") for each in there.wastes],
        "firm": there.party,
        "form": form,
        "done": done if all(each.isdecimal() for each in done.values()) else None,
        "other_builder": builder and builder != squeezed(there.party.name.zh),
        "may_write": allowed(request.scope, "registry.write"),
        "today": today_on().isoformat(),
        "region": regions_by_id([reading.row.region_id])[reading.row.region_id],
    }
    return render(request, "plans/eia_take.html", context, status=422 if form.get("problem") else 200)


def _first_form(reading: Reading, there: Preview) -> dict[str, Any]:
    """Tick what is new and without a doubt; of a reading that was taken over give the approval again."""
    again = reading.row.party is not None and reading.row.party.id == there.party.id
    said: dict[str, Any] = {name: reading.taken.get(name, "") if again else "" for name in _APPROVAL}
    return said | {
        "stores": {each.index for each in there.stores if each.standing is Standing.NEW},
        "wastes": {each.index for each in there.wastes if each.standing is Standing.NEW and not each.doubt},
    }


def _chosen(sent: QueryDict) -> services.Chosen:
    codes = _codes(sent)
    ticked = _indexes(sent, "waste")
    try:
        approved_on = date.fromisoformat(sent.get("approved_on", ""))
    except ValueError:
        approved_on = None
    return services.Chosen(
        _indexes(sent, "store"),
        {at: codes.get(at, "") for at in ticked},
        sent.get("number", "")[:80],
        sent.get("issuer", "")[:120],
        approved_on,
    )


def _indexes(sent: QueryDict, name: str) -> frozenset[int]:
    return frozenset(int(each) for each in sent.getlist(name) if _is_index(each))


def _codes(sent: QueryDict) -> dict[int, str]:
    """Give the code typed for each waste."""
    names = [name for name in sent if name.startswith("code-") and _is_index(name[5:])]
    return {int(name[5:]): sent.get(name, "").strip()[:32] for name in names}


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX


def _stored(waste: Waste, stores: Sequence[Store]) -> str:
    """Give where a waste is kept: what is said of it, else the stores that the table names for it."""
    named = (each.name for each in stores if each.waste and holds(each, waste))
    return waste.fields.get("storage", "") or "；".join(dict.fromkeys(named))


def _said(fields: Any, names: tuple[str, ...]) -> str:
    texts = dict.fromkeys(fields[name] for name in names if fields.get(name))
    return "；".join(each for each in texts if not any(each != other and each in other for other in texts))


def _page(request: ScopedRequest, problem: Text | None, same: str = "") -> HttpResponse:
    region = region_asked(request)
    context: dict[str, Any] = {
        "regions": visible_regions(request.scope),
        "region": region,
        "readings": queries.eia_readings(request.scope),
        "bytes_max": BYTES_MAX,
        "problem": problem,
        "same": same,
    }
    return render(request, "plans/eia.html", context)
