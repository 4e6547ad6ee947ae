"""The words of a draft: head, tail and every section, with its figures as marks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.actions.reports import queries, services
from wufei.actions.reports.core.document import Document, Head, Tail
from wufei.actions.reports.core.editing import lines_of_section
from wufei.actions.reports.core.lineage import annex_rows
from wufei.actions.reports.core.rows import Opened
from wufei.actions.reports.core.states import refuse_unless_draft
from wufei.actions.reports.views.asked import day_typed, whole_typed
from wufei.kernel.errors import ConflictError, InputError, WufeiError
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import regions_by_id

_NEW = 1
_SECTIONS_MAX = 60
_FIELDS = (
    "title", "office", "issue", "total_issue", "issued_on", "addressee", "report_to", "send_to", "issue_to",
    "copies",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is typed; ``order`` moves it."""

    number: int
    order: str
    title: str
    text: str

    @property
    def rows(self) -> int:
        """How high its field is."""
        return min(24, max(3, self.text.count("\n") + 2 + len(self.text) // 70))


@require_http_methods(["GET", "POST"])
def edit_page(request: ScopedRequest, report_id: UUID) -> HttpResponse:
    """Show the words of a draft as fields, or keep them; what was typed stays when they cannot be kept."""
    opened = queries.open_report(request.scope, report_id)
    if request.method == "GET":
        return _page(request, opened, None, 200)
    try:
        _save(request, opened)
    except InputError as error:
        return _page(request, opened, error, 422)
    except ConflictError as error:
        return _page(request, queries.open_report(request.scope, report_id), error, 409)
    return HttpResponseRedirect(reverse("reports:report", args=[report_id]), status=303)


def _save(request: ScopedRequest, opened: Opened) -> None:
    refuse_unless_draft(opened.row.state)
    typed = sorted(
        ((whole_typed(part.order) or _SECTIONS_MAX, part.number, part) for part in _parts_sent(request.POST)),
        key=lambda each: each[:2],
    )
    services.edit(
        request.scope,
        report_id=opened.row.id,
        version=whole_typed(request.POST.get("version", "")) or 0,
        head=_head(request.POST, opened.document.head),
        tail=_tail(request.POST),
        typed=[(part.title, part.text) for _, _, part in typed],
        now=now(),
    )


def _page(request: ScopedRequest, opened: Opened, problem: WufeiError | None, status: int) -> HttpResponse:
    document = opened.document
    sent = request.method == "POST"
    context: dict[str, Any] = {
        "region": regions_by_id([opened.row.region_id])[opened.row.region_id],
        "report": opened.row,
        "problem": problem.message if problem is not None else None,
        "conflict": status == 409,
        "typed": {name: request.POST.get(name, "") for name in _FIELDS} if sent else _standing(document),
        "parts": _parts_sent(request.POST) if sent else _parts_of(document),
        "marks": [(row[0], row[1], row[3]) for row in annex_rows(document)],
    }
    return render(request, "reports/edit.html", context, status=status)


def _parts_of(document: Document) -> list[Part]:
    known = [
        Part(number, str(number), section.title, "\n".join(lines_of_section(section, document)))
        for number, section in enumerate(document.sections, start=1)
    ]
    return [*known, Part(len(known) + _NEW, str(len(known) + _NEW), "", "")]


def _parts_sent(fields: QueryDict) -> list[Part]:
    parts = []
    for number in range(1, _SECTIONS_MAX + 1):
        if f"text-{number}" in fields:
            order, title, text = (fields.get(f"{name}-{number}", "") for name in ("order", "title", "text"))
            parts.append(Part(number, order, title, text.replace("\r\n", "\n")))
    return parts


def _standing(document: Document) -> dict[str, Any]:
    head, tail = document.head, document.tail
    return {
        "title": head.title,
        "office": head.office,
        "issue": head.issue or "",
        "total_issue": head.total_issue or "",
        "issued_on": head.issued_on.isoformat() if head.issued_on else "",
        "addressee": head.addressee,
        "report_to": tail.report_to,
        "send_to": tail.send_to,
        "issue_to": tail.issue_to,
        "copies": tail.copies or "",
    }


def _head(fields: QueryDict, head: Head) -> Head:
    return replace(
        head,
        title=fields.get("title", "").strip(),
        office=fields.get("office", "").strip(),
        issue=whole_typed(fields.get("issue", "")),
        total_issue=whole_typed(fields.get("total_issue", "")),
        issued_on=day_typed(fields.get("issued_on", "")),
        addressee=fields.get("addressee", "").strip(),
    )


def _tail(fields: QueryDict) -> Tail:
    names = [fields.get(name, "").strip() for name in ("report_to", "send_to", "issue_to")]
    return Tail(names[0], names[1], names[2], whole_typed(fields.get("copies", "")))
