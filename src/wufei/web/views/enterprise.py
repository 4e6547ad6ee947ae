"""一企一档: one page with all that is known of a party, from the register and from the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from wufei.kernel.text import Text
from wufei.records.ledger.core.deliveries import Delivery
from wufei.records.ledger.queries import HolderMass, deliveries, holder_masses
from wufei.records.registry.core.approved import APPROVAL, ApprovedMass, approved_findings, approved_masses
from wufei.records.registry.core.contracts import Collection
from wufei.records.registry.core.expiry import due
from wufei.records.registry.core.papers import Line, PaperState
from wufei.records.registry.core.sheets import workbook_of
from wufei.records.registry.core.uses import QUOTA_KINDS, kept, taken_g
from wufei.records.registry.queries import EnterpriseFile, PaperRow, enterprise_file, register_rows
from wufei.runtime.access.core import Role, allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.pages.maps import Mark, allow_tiles, map_data
from wufei.runtime.pages.responses import page_notes, workbook_response

ENDING_SHOWN = 8
_CONTRACT, _INSURANCE = "contract", "insurance"


@require_GET
def enterprise_page(request: ScopedRequest, party_key: str) -> HttpResponse:
    """Show one party; a producer sees itself under 企业信息."""
    require(request.scope, "registry.read")
    today = today_on()
    found = enterprise_file(request.scope, party_key, on=today)
    if request.GET.get("format") == "xlsx":
        return _export(request, found)
    year = _year(request.GET.get("year", ""), today)
    masses: list[HolderMass] = []
    if allowed(request.scope, "ledger.read"):
        masses = holder_masses(
            request.scope, found.party.id, start=date(year, 1, 1), end=date(year + 1, 1, 1)
        )
        if not masses and not request.GET.get("year"):
            span = {"start": date(year - 1, 1, 1), "end": date(year, 1, 1)}
            masses = holder_masses(request.scope, found.party.id, **span)
            # An enterprise without any record is shown in the present year, with what was approved for it.
            year -= 1 if masses else 0
    moved: list[Delivery] = []
    if allowed(request.scope, "ledger.read") and any(
        each.cycle or each.kind.key in QUOTA_KINDS for each in found.papers
    ):
        # The year that is shown, for quotas; and two years of turns, for a contract that began last year.
        moved = deliveries(
            request.scope,
            found.party.id,
            start=date(min(year, today.year - 1), 1, 1),
            end=today + timedelta(days=1),
        )
    marks = _marks(found)
    approved = _approved(found, masses, year)
    context: dict[str, Any] = {
        "file": found,
        "party": found.party,
        "region": found.region,
        "synthetic": found.party.synthetic,
        "own": found.party.id in request.scope.party_ids and request.scope.role is Role.PRODUCER,
        "year": year,
        "years": range(today.year, today.year - 10, -1),
        "masses": masses,
        "has_approval": any(each.kind.key == APPROVAL for each in found.papers),
        "approved": approved,
        "approved_findings": approved_findings(approved, year),
        "papers": [each for each in found.papers if each.kind.key not in (_CONTRACT, _INSURANCE)],
        "contracts": [each for each in found.papers if each.kind.key == _CONTRACT],
        "insurances": [each for each in found.papers if each.kind.key == _INSURANCE],
        "paper_groups": [
            [each for each in found.papers if each.kind.key == kind] for kind in (_CONTRACT, _INSURANCE)
        ],
        "ending": _ending(found),
        "collections": _collections(found, moved),
        "used": _used(found, moved, year),
        "marks": marks,
        "map": map_data(marks),
        "today": today,
        "report": _report(request, found),
        "may_write": allowed(request.scope, "registry.write"),
    }
    return allow_tiles(render(request, "web/enterprise.html", context))


def _report(request: ScopedRequest, found: EnterpriseFile) -> str:
    """Give what a form is told of whom it is filled in for; empty for who fills in no forms."""
    if not allowed(request.scope, "entry.fill"):
        return ""
    if request.scope.party_ids:
        return urlencode({"party": found.party.id})
    return urlencode({"firm": found.party.key})


def _marks(found: EnterpriseFile) -> list[Mark]:
    placed = [("site", each.name.zh, each) for each in found.sites]
    placed += [(each.kind.key, each.name, each) for each in found.places]  # type: ignore[misc]
    return [
        Mark(kind, name, found.party.name.zh, "", float(each.longitude), float(each.latitude))
        for kind, name, each in placed
        if each.longitude is not None and each.latitude is not None
    ]


def _ending(found: EnterpriseFile) -> list[PaperRow]:
    """Give the papers of the party itself of which someone is to be told, the nearest end first."""
    own = {str(each.id): each for each in found.papers if each.party_id == found.party.id}
    due_now = due((each.term for each in own.values()), found.on)
    return [own[each.paper_key] for each in due_now][:ENDING_SHOWN]


def _collections(found: EnterpriseFile, moved: list[Delivery]) -> dict[int, Collection]:
    """Say how each contract with a cycle was kept, by paper."""
    return {
        paper.id: kept(
            paper.lines,
            parties=(paper.party_id, paper.other_party_id),
            span=(paper.valid_from, paper.valid_to),
            cycle=paper.cycle,
            moved=moved,
            on=found.on,
        )
        for paper in found.papers
        if paper.cycle is not None and paper.other_party_id is not None and paper.valid_from <= found.on
    }


def _used(found: EnterpriseFile, moved: list[Delivery], year: int) -> dict[int, list[tuple[Line, int]]]:
    """Give for each paper with a quota what was taken under each of its lines in a year."""
    used = {}
    for paper in found.papers:
        if paper.kind.key in QUOTA_KINDS:
            taken = taken_g(
                paper.lines,
                party_id=paper.party_id,
                other_party_id=paper.other_party_id,
                year=year,
                moved=moved,
            )
            used[paper.id] = list(zip(paper.lines, taken, strict=True))
    return used


def _approved(found: EnterpriseFile, masses: list[HolderMass], year: int) -> list[ApprovedMass]:
    """Give what was made in a year beside what the approvals in force in it foresee."""
    lines = [
        line
        for paper in found.papers
        if paper.kind.key == APPROVAL
        and paper.party_id == found.party.id
        and paper.state is PaperState.ACTIVE
        and paper.valid_from.year <= year
        and (paper.valid_to is None or year <= paper.valid_to.year)
        for line in paper.lines
    ]
    made: dict[str, dict[str, int]] = {}
    for each in masses:
        made.setdefault(each.book, {})[each.stream] = each.made_g
    return approved_masses(lines, made)


def _export(request: ScopedRequest, found: EnterpriseFile) -> HttpResponse:
    language = get_language() or "zh-hans"
    rows = register_rows(request.scope, found.region.id, frozenset({found.party.id}))
    title = Text(f"一企一档 {found.party.name.zh}", f"File of {found.party.name.in_language('en')}")
    notes = page_notes(found.region, language)
    return workbook_response(workbook_of(rows, language, notes), title.in_language(language))


def _year(text: str, today: date) -> int:
    return int(text) if text.isdigit() and today.year - 50 < int(text) <= today.year else today.year
