"""Pages of forms: what may be filled in, one form on desk and phone, one entry with its revisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.staticfiles import finders
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.files.core.media import DOCUMENT, PHOTO
from wufei.runtime.files.services import keep
from wufei.runtime.forms import queries, services
from wufei.runtime.forms.core.checking import check
from wufei.runtime.forms.core.definition import Definition, Field, Kind
from wufei.runtime.forms.core.entries import EntryRow, Form
from wufei.runtime.forms.core.page import cards_of, wrong_places
from wufei.runtime.forms.core.posted import add_row, answers_of, without_row
from wufei.runtime.forms.core.shown import shown_values
from wufei.runtime.forms.core.standing import standing
from wufei.runtime.forms.exports import all_forms, form_named
from wufei.runtime.identity.queries import names_of_users, parties_by_id

FOUND = 20
_DIGITS_MAX = 18
_NAMED = frozenset({Kind.TEXT, Kind.CHOICE, Kind.REFERENCE})


@require_GET
def forms_page(request: ScopedRequest) -> HttpResponse:
    """Show the forms that the present role may fill in, and one's own drafts."""
    require(request.scope, "entry.fill")
    forms = [form for form in all_forms().values() if allowed(request.scope, form.action)]
    rows = [
        (form, queries.entries(request.scope, form.definition.key, state="draft", limit=FOUND))
        for form in forms
    ]
    return render(request, "forms/forms.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def fill_page(request: ScopedRequest, form_key: str) -> HttpResponse:
    """Show a form, or take what was filled in: nothing typed is ever lost, whatever is wrong with it."""
    form = _form(request, form_key)
    if request.method == "POST":
        return _taken(request, form)
    draft = _draft(request, form)
    answers = dict(draft.values) if draft else _defaults(request, form.definition) | _named(request, form)
    return _page(request, form, answers, entry_id=draft.id if draft else new_id(now()))


@require_POST
def keep_draft(request: ScopedRequest, form_key: str) -> HttpResponse:
    """Keep what is being typed; the page calls it by itself."""
    form = _form(request, form_key)
    answers = _answers(request, form.definition)
    row = services.save_draft(
        request.scope,
        form,
        entry_id=_entry_id(request),
        answers=answers,
        place=place_asked(request),
        now=now(),
    )
    return JsonResponse({"id": str(row.id), "saved_at": row.saved_at.isoformat()})


@require_POST
def state(request: ScopedRequest, form_key: str) -> HttpResponse:
    """Say which fields are asked as things stand, and what is worked out."""
    form = _form(request, form_key)
    answers = _answers(request, form.definition)
    now_standing = standing(form.definition, check(form.definition, answers, today_on()).values)
    return JsonResponse({"hidden": now_standing.hidden, "computed": now_standing.computed})


@require_GET
def lookup(request: ScopedRequest, form_key: str, name: str) -> HttpResponse:
    """Give what fits a reference as it is typed."""
    form = _form(request, form_key)
    listed = (form.lookups or {}).get(name)
    if listed is None:
        raise NotFoundError("lookup", name)
    found = listed.search(request.scope, request.GET.get("q", "").strip())[:FOUND]
    language = request.scope.language
    return JsonResponse(
        {"found": [{"key": key, "label": label.in_language(language)} for key, label in found]}
    )


@require_GET
def entry_page(request: ScopedRequest, entry_id: UUID) -> HttpResponse:
    """Show an entry as it stands and what it was before."""
    row = queries.entry(request.scope, entry_id)
    form = form_named(row.form_key)
    revisions = queries.revisions(request.scope, entry_id)
    context = {
        "form": form,
        "row": row,
        "values": list(shown_values(form.definition, row.values)),
        "revisions": list(reversed(revisions)),
        "names": names_of_users([each.author_id for each in revisions]),
        "may_mend": row.state == "draft" and row.author_id == request.scope.user_id,
    }
    return render(request, "forms/entry.html", context)


@require_GET
def worker(request: ScopedRequest) -> HttpResponse:  # noqa: ARG001 - Django's form
    """Give the script that keeps forms at hand without a network; its place says which pages it serves."""
    path = finders.find("forms/worker.js")
    if not isinstance(path, str):
        raise NotFoundError("script", "forms/worker.js")
    with open(path, encoding="utf8") as script:  # noqa: PTH123 - a path that Django found
        return HttpResponse(script.read(), content_type="text/javascript; charset=utf-8")


def _taken(request: ScopedRequest, form: Form) -> HttpResponse:
    """Enter what was sent, or add or remove a row, or keep a draft."""
    try:
        answers = _with_files(request, form.definition, _answers(request, form.definition))
    except InputError as error:
        wrong = Finding(error.code, Severity.ERROR, error.field, error.message, fix=error.message)
        return _page(request, form, _answers(request, form.definition), findings=(wrong,), status=422)
    act, _, where = request.POST.get("do", "enter").partition(":")
    if act == "add":
        return _page(request, form, add_row(answers, where))
    if act == "remove":
        key, _, number = where.rpartition("/")
        return _page(request, form, without_row(answers, key, int(number) if number.isdecimal() else -1))
    if act == "draft":
        services.save_draft(
            request.scope,
            form,
            entry_id=_entry_id(request),
            answers=answers,
            place=place_asked(request),
            now=now(),
        )
        return HttpResponseRedirect(reverse("forms"))
    return _enter(request, form, answers)


def _enter(request: ScopedRequest, form: Form, answers: dict[str, Any]) -> HttpResponse:
    outcome = services.enter(
        request.scope,
        form,
        entry_id=_entry_id(request),
        answers=answers,
        place=place_asked(request),
        now=now(),
        confirmed=request.POST.get("confirmed") == "yes",
    )
    queued = request.headers.get("X-Wufei-Queue") == "1"
    if outcome.entry is None:
        if queued:
            said = [one.as_json(request.scope.language) for one in outcome.findings]
            return JsonResponse({"outcome": outcome.outcome, "findings": said}, status=422)
        return _page(request, form, answers, findings=outcome.findings, status=422)
    address = reverse("entry", args=[outcome.entry.id])
    if queued:
        return JsonResponse({"outcome": outcome.outcome, "address": address})
    return HttpResponseRedirect(f"{address}?done=1")


def _page(
    request: ScopedRequest,
    form: Form,
    answers: Mapping[str, Any],
    *,
    entry_id: UUID | None = None,
    findings: tuple[Finding, ...] = (),
    status: int = 200,
) -> HttpResponse:
    cards = cards_of(form.definition, answers, findings)
    wrong = wrong_places(cards)
    placed = {widget.name for widget, _ in wrong}
    context = {
        "form": form,
        "cards": cards,
        "entry_id": entry_id or _entry_id(request),
        "wrong": wrong,
        "elsewhere": [one for one in findings if one.where not in placed],
        "only_warnings": bool(findings) and not any(one.severity is Severity.ERROR for one in findings),
        "owner": request.POST.get("party") or request.GET.get("party", ""),
        "owners": parties_by_id(request.scope.party_ids).values() if len(request.scope.party_ids) > 1 else (),
    }
    return render(request, "forms/form.html", context, status=status)


def _form(request: ScopedRequest, key: str) -> Form:
    form = form_named(key)
    require(request.scope, form.action)
    return form


def _draft(request: ScopedRequest, form: Form) -> EntryRow | None:
    asked = request.GET.get("draft", "")
    if not asked:
        return None
    try:
        row = queries.entry(request.scope, UUID(asked))
    except ValueError as error:
        raise NotFoundError("draft", asked) from error
    if row.form_key != form.definition.key or row.state != "draft":
        raise NotFoundError("draft", asked)
    return row


def _defaults(request: ScopedRequest, definition: Definition) -> dict[str, Any]:
    last = {field.key for field in definition.fields if field.default_last}
    if not last:
        return {}
    values = queries.last_values(request.scope, definition.key)
    return {key: value for key, value in values.items() if key in last}


def _named(request: ScopedRequest, form: Form) -> dict[str, Any]:
    """Give what the address that led here says already, such as the firm and kind of a thing."""
    return {
        field.key: request.GET[field.key]
        for field in form.definition.fields
        if field.kind in _NAMED and field.key in request.GET
    }


def _entry_id(request: ScopedRequest) -> UUID:
    sent = request.POST.get("entry_id", "")
    try:
        entry_id = UUID(sent)
    except ValueError as error:
        raise _no_id(sent) from error
    if entry_id.version != 7:
        raise _no_id(sent)
    return entry_id


def _no_id(sent: str) -> InputError:
    message = Text(
        f"表单编号“{sent}”不可用。请刷新页面后再提交，填过的内容会保留在本机。",
        f"The number of the form, “{sent}”, cannot be used. Reload the page and send again; "
        "what you typed is kept on this device.",
    )
    return InputError("forms.id", "entry_id", sent, message)


def _answers(request: ScopedRequest, definition: Definition) -> dict[str, Any]:
    return answers_of(definition, request.POST.lists())


def place_asked(request: ScopedRequest) -> services.Place:
    """Give where what is filled in belongs, as the page says it."""
    asked, membership = request.POST.get("party", ""), request.membership
    at, offset = _device_clock(request)
    return services.place_of(
        request.scope,
        region_id=membership.region.id if membership else None,
        party_id=int(asked) if asked.isdecimal() and len(asked) <= _DIGITS_MAX else None,
        device_at=at,
        device_offset_min=offset,
    )


def _device_clock(request: ScopedRequest) -> tuple[datetime | None, int | None]:
    at = parse_datetime(request.POST.get("device_at", "") or "-")
    offset = request.POST.get("device_offset_min", "")
    minutes = int(offset) if offset.removeprefix("-").isdecimal() and len(offset) <= 5 else None
    return (at if at is not None and at.tzinfo is not None else None), minutes


def _with_files(request: ScopedRequest, definition: Definition, answers: dict[str, Any]) -> dict[str, Any]:
    """Keep files that came with the page itself, from a browser without scripts, and add their numbers."""
    for name, files in request.FILES.lists():
        field = next((one for one in definition.fields if f"/{one.key}@file" == name), None)
        if field is None or field.kind not in (Kind.PHOTOS, Kind.FILES):
            continue
        answers = {**answers, field.key: [*answers.get(field.key, []), *_kept(request, field, files)]}
    return answers


def _kept(request: ScopedRequest, field: Field, files: list[Any]) -> list[str]:
    place = place_asked(request)
    kept = []
    for one in files:
        try:
            row = keep(
                request.scope,
                content=one.file,
                name=one.name or "?",
                region_id=place.region_id,
                party_id=place.party_id,
                accept=PHOTO if field.kind is Kind.PHOTOS else DOCUMENT,
            )
        except InputError as error:
            raise InputError(error.code, f"/{field.key}", one.name, error.message) from error
        kept.append(str(row.id))
    return kept
