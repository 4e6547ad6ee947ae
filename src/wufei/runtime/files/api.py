"""Files for programs: upload, look up, take down."""

from __future__ import annotations

from typing import Annotated, BinaryIO, Literal, cast
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.files import queries, services
from wufei.runtime.files.core.media import ACCEPTS

router = Router(tags=["files"])


class FileOut(Schema):
    """A file of the store, as `FileRow.as_json` gives it."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    state: Literal["kept", "held", "refused", "withdrawn"]
    width_px: int | None
    height_px: int | None
    kept_at: str
    taken_at: str | None
    taken_where: tuple[float, float] | None
    address: str


@router.post("", response=FileOut, openapi_extra={"x-access": "file.keep"})
def keep_file(
    request: ScopedRequest,
    file: Annotated[UploadedFile, File()],
    kind: Annotated[Literal["photo", "document", "sheet", "any"], Form()] = "any",
    region_id: Annotated[int | None, Form(ge=1, le=2**63 - 1)] = None,
    party_id: Annotated[int | None, Form(ge=1, le=2**63 - 1)] = None,
) -> HttpResponse:
    """Keep a file."""
    row = services.keep(
        request.scope,
        content=cast("BinaryIO", file),
        name=file.name or "",
        region_id=region_id,
        party_id=party_id,
        accept=ACCEPTS[kind],
    )
    return JsonResponse(row.as_json(), json_dumps_params={"ensure_ascii": False})


@router.get("/{file_id}", response=FileOut, openapi_extra={"x-access": "file.read"})
def show_file(request: ScopedRequest, file_id: UUID) -> HttpResponse:
    """Give what the store knows of a file; its content is at ``address``."""
    row = queries.file_of(request.scope, file_id)
    return JsonResponse(row.as_json(), json_dumps_params={"ensure_ascii": False})
