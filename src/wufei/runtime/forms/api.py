"""Forms over HTTP: their schemas, a check, entering and reading."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from ninja import Router, Schema

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.api.core import PROBLEM_MEDIA_TYPE, problem_of
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms import queries, services
from wufei.runtime.forms.core.checking import check
from wufei.runtime.forms.core.entries import Answered, EntryRow
from wufei.runtime.forms.core.schema import schema_of
from wufei.runtime.forms.exports import all_forms, form_named
from wufei.runtime.identity.queries import find_region

router = Router(tags=["forms"])
_FILL = {"x-access": "entry.fill"}


class AnswersIn(Schema):
    """What was answered."""

    values: dict[str, Any]


class EntryIn(AnswersIn):
    """A filled-in form; ``id`` is the UUIDv7 that the device made."""

    id: UUID
    region: str = ""
    party_id: int | None = None
    device_at: datetime | None = None
    confirmed: bool = False


@router.get("/forms", summary="The forms that may be filled in", openapi_extra=_FILL)
def list_forms(request: ScopedRequest) -> HttpResponse:
    """List key, version and title of every form open to the present role."""
    require(request.scope, "entry.fill")
    language = request.scope.language
    forms = [form for form in all_forms().values() if allowed(request.scope, form.action)]
    found = [
        {
            "key": f.definition.key,
            "version": f.definition.version,
            "title": f.definition.title.in_language(language),
        }
        for f in forms
    ]
    return JsonResponse({"forms": found})


@router.get("/forms/{key}", summary="JSON Schema of a form", openapi_extra=_FILL)
def get_form(request: ScopedRequest, key: str) -> HttpResponse:
    """Give the JSON Schema of the values of a form."""
    form = form_named(key)
    require(request.scope, form.action)
    return JsonResponse(schema_of(form.definition, request.scope.language))


@router.post("/forms/{key}/check", summary="Check answers", openapi_extra=_FILL)
def check_answers(request: ScopedRequest, key: str, sent: AnswersIn) -> HttpResponse:
    """Give the values and Findings that answers amount to; nothing is written."""
    form = form_named(key)
    require(request.scope, form.action)
    checked = check(form.definition, sent.values, today_on())
    party_id = next(iter(request.scope.party_ids)) if len(request.scope.party_ids) == 1 else None
    (judged,) = services.judge(request.scope, form, [Answered(checked.values, party_id)])
    findings = (*checked.findings, *judged)
    return JsonResponse({"values": checked.values, "findings": _said(request, findings)})


@router.post("/forms/{key}/entries", summary="Enter a form", openapi_extra=_FILL)
def create_entry(request: ScopedRequest, key: str, sent: EntryIn) -> HttpResponse:
    """Enter once by ``id``: 200 ``entered`` or ``repeated``; 409 for other content; 422 with the Findings."""
    form = form_named(key)
    offset = sent.device_at.utcoffset() if sent.device_at is not None else None
    if sent.device_at is not None and offset is None:
        message = Text("设备时间须带时区。", "The device time needs its offset.")
        raise InputError("forms.device-time", "device_at", sent.device_at, message)
    minutes = None if offset is None else int(offset.total_seconds()) // 60
    place = services.place_of(
        request.scope,
        region_id=find_region(sent.region).id if sent.region else None,
        party_id=sent.party_id,
        device_at=sent.device_at,
        device_offset_min=minutes,
    )
    done = services.enter(
        request.scope,
        form,
        entry_id=sent.id,
        answers=sent.values,
        place=place,
        now=now(),
        confirmed=sent.confirmed,
    )
    said = {"outcome": done.outcome, "findings": _said(request, done.findings)}
    if done.entry is not None:
        return JsonResponse({**said, "entry": _entry(done.entry)})
    problem = problem_of(InputError("forms.refused", "values", "", _REFUSED))
    members = problem.as_json(request.scope.language, request.path)
    return JsonResponse({**members, **said}, status=422, content_type=PROBLEM_MEDIA_TYPE)


@router.get("/entries/{entry_id}", summary="One entry", openapi_extra={"x-access": "entry.read"})
def get_entry(request: ScopedRequest, entry_id: UUID) -> HttpResponse:
    """Give one entry with its values."""
    return JsonResponse(_entry(queries.entry(request.scope, entry_id)))


def _entry(row: EntryRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in EntryRow.__slots__}


def _said(request: ScopedRequest, findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    return [one.as_json(request.scope.language) for one in findings]


_REFUSED = Text("没有写入任何内容。请按所列各条修改。", "Nothing was written. Mend what is listed.")
