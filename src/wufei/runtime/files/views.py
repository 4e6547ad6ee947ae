"""Hand out files and small copies of pictures, and take uploads."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.files import queries, services
from wufei.runtime.files.core.media import ACCEPTS, JPEG, MEDIA, Media, served_name
from wufei.runtime.files.core.pictures import SIDES_PX
from wufei.runtime.files.core.rows import FileRow

# A file that a browser opens by itself can do nothing: no script, no form, no part of our pages.
POLICY = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
_DIGITS_MAX = 18


@require_GET
def content(request: ScopedRequest, file_id: UUID) -> HttpResponseBase:
    """Hand out a file as it was uploaded: pictures to be shown, everything else to be taken down."""
    row, path = queries.path_of(request.scope, file_id)
    tag = f'"{row.sha256}"'
    if _has(request, tag):
        return _guarded(HttpResponseNotModified(), tag, "private, no-cache")
    media = MEDIA[row.media_type]
    response = FileResponse(path.open("rb"), content_type=_content_type(media))
    response["Content-Disposition"] = _disposition(row, media, attachment=not media.inline)
    return _guarded(response, tag, "private, no-cache")


@require_GET
def thumbnail(request: ScopedRequest, file_id: UUID) -> HttpResponseBase:
    """Hand out the small copy of a picture; ``?side=`` is 320 (as it is without) or 1280."""
    asked = request.GET.get("side", str(min(SIDES_PX)))
    if asked not in {str(side) for side in SIDES_PX}:
        message = Text(f"side 只能是 {SIDES_PX}。", f"side is one of {SIDES_PX}.")
        raise InputError("files.side", "side", asked, message)
    row = queries.file_of(request.scope, file_id)
    small = queries.small_copy(request.scope, file_id, int(asked))
    tag = f'"{row.sha256}-{asked}"'
    if _has(request, tag):
        return _guarded(HttpResponseNotModified(), tag, "private, max-age=300")
    response = HttpResponse(small, content_type=JPEG.type)
    response["Content-Disposition"] = _disposition(row, JPEG, attachment=False)
    return _guarded(response, tag, "private, max-age=300")


@require_POST
def upload(request: ScopedRequest) -> HttpResponse:
    """Keep the file of the field ``file``; ``kind``, ``region_id`` and ``party_id`` say what and whose."""
    return JsonResponse(taken(request).as_json(), status=201, json_dumps_params={"ensure_ascii": False})


def taken(request: ScopedRequest) -> FileRow:
    """Keep what a form sent."""
    sent, kind = request.FILES.get("file"), request.POST.get("kind", "any")
    if sent is None or kind not in ACCEPTS:
        field, value = ("file", "") if sent is None else ("kind", kind)
        message = Text(
            f"请在 file 中给出一个文件，kind 取 {'、'.join(ACCEPTS)} 之一。",
            f"Send a file in the field file; kind is one of {', '.join(ACCEPTS)}.",
        )
        raise InputError("files.upload", field, value, message)
    region_id, party_id = (_number(request, field) for field in ("region_id", "party_id"))
    membership = request.membership
    if region_id is None and party_id is None and membership is not None:
        # Who says nothing means their own post.
        party_id = membership.party.id if membership.party and request.scope.party_ids else None
        region_id = None if party_id else membership.region.id
    return services.keep(
        request.scope,
        content=cast("BinaryIO", sent),
        name=sent.name or "",
        region_id=region_id,
        party_id=party_id,
        accept=ACCEPTS[kind],
    )


def _number(request: HttpRequest, field: str) -> int | None:
    text = request.POST.get(field, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX):
        message = Text(f"{field} 须为编号（数字）。", f"{field} is a number.")
        raise InputError("files.upload", field, text, message)
    return int(text)


def _has(request: HttpRequest, tag: str) -> bool:
    return tag in [
        one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")
    ]


def _content_type(media: Media) -> str:
    # Text in another encoding than it says would be guessed at; it is taken down, never shown.
    return media.type if not media.type.startswith("text/") else f"{media.type}; charset=utf-8"


def _disposition(row: FileRow, media: Media, *, attachment: bool) -> str:
    return content_disposition_header(attachment, served_name(row.name, media)) or ""


def _guarded(response: HttpResponseBase, tag: str, cache: str) -> HttpResponseBase:
    response["ETag"] = tag
    response["Cache-Control"] = cache
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
