"""Schemes: what may be used, one of them in words and as text, a region's own by editing or upload."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.actions.assessment import queries, services
from wufei.actions.assessment.core.reading import TEXT_MAX
from wufei.actions.assessment.queries import SchemeRow
from wufei.kernel.errors import AccessError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import allowed, reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.pages.queries import asked

_BYTES_PER_SIGN = 4


@require_http_methods(["GET", "POST"])
def schemes_page(request: ScopedRequest) -> HttpResponse:
    """Show one scheme of a region, the first if none is named; save an own one.

    Raises
    ------
    AccessError
        The region is not the person's.
    """
    region = asked(request).region
    if not reaches(request.scope, region.id, None):
        raise AccessError("assess.read")
    if request.method == "GET":
        return render(request, "assessment/schemes.html", _context(request, region))
    try:
        text = _text(request)
    except InputError as error:
        shown = _context(request, region) | {"problem": error.message, "typed": request.POST.get("text", "")}
        return render(request, "assessment/schemes.html", shown, status=422)
    key, findings = services.save_scheme(request.scope, region_id=region.id, text=text, now=now())
    if findings:
        shown = _context(request, region) | {"findings": findings, "typed": text}
        return render(request, "assessment/schemes.html", shown, status=422)
    address = reverse("assessment:schemes")
    return HttpResponseRedirect(f"{address}?region={region.key}&scheme={key}&saved=1", status=303)


def _context(request: ScopedRequest, region: RegionRow) -> dict[str, Any]:
    rows = queries.schemes(request.scope, region.id)
    chosen = _chosen(rows, request.GET.get("scheme", ""))
    return {
        "region": region,
        "rows": rows,
        "chosen": chosen,
        "typed": chosen.text,
        "saved": bool(request.GET.get("saved")),
        "may_run": allowed(request.scope, "assess.run"),
        "most": TEXT_MAX,
    }


def _chosen(rows: list[SchemeRow], key: str) -> SchemeRow:
    return next((row for row in rows if row.key == key), rows[0])


def _text(request: ScopedRequest) -> str:
    """Give the text of the file that was sent, or else what was typed.

    Raises
    ------
    InputError
        ``assess.file``: too large, or no UTF-8.
    """
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "").replace("\r\n", "\n")
    if (file.size or 0) > TEXT_MAX * _BYTES_PER_SIGN:
        raise InputError("assess.file", "file", file.size, _LARGE)
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("assess.file", "file", file.name, _CODE) from error
    return text


_LARGE = Text(f"文件过大，最多 {TEXT_MAX} 字。", f"The file is too large: {TEXT_MAX} signs at most.")
_CODE = Text(
    "文件不是 UTF-8 文本。请另存为 UTF-8 编码的 YAML。", "The file is no UTF-8 text. Save it as UTF-8 YAML."
)
