"""首页: what waits for this person today, from real rows; an empty page says what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET

from wufei.actions.reports.core.rows import Waiting
from wufei.actions.reports.queries import waiting_for
from wufei.actions.tasks.queries import NOTHING, OwnTasks, own_tasks
from wufei.kernel.findings import Severity
from wufei.kernel.period import Period
from wufei.measures.indicators.core.figures import Status
from wufei.records.ledger import queries as ledger
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.rows import BookRow, TransferRow
from wufei.records.ledger.core.selection import FlowSelection
from wufei.records.registry import queries as registry
from wufei.runtime.access.core import Role, Scope, allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.forms.queries import count_drafts
from wufei.runtime.identity.core.kinds import PARTY_ROLES
from wufei.runtime.identity.queries import parties_by_id, regions_by_id, regions_under
from wufei.runtime.pages.memory import remembered
from wufei.runtime.pages.queries import default_region
from wufei.runtime.review import queries as review
from wufei.runtime.review.queries import CaseRow
from wufei.web.figures import TABLES, figures_of, governing_plan, plan_findings, rows_of
from wufei.web.views.asked import figures_asked

LATEST = 6
SHOWN = 6
STORES = 50


@require_GET
def home(request: ScopedRequest) -> HttpResponse:
    """Show the work of the present role; a visitor signs in, the public sees what is published.

    Whoever has no membership yet sees how far the application for one has come.
    """
    if request.scope.role is Role.PUBLIC:
        return HttpResponseRedirect(resolve_url(_door(request)))
    if request.scope.role in PARTY_ROLES:
        if not request.scope.party_ids:
            # An agent for whom no mandate holds today sees which have ended.
            return HttpResponseRedirect(resolve_url("mandates"))
        return render(request, "web/home_producer.html", _producer(request) | {"to_do": _to_do(request)})
    if not allowed(request.scope, "figures.read"):
        return render(request, "web/home_at_work.html", _at_work(request) | {"to_do": _to_do(request)})
    return render(request, "web/home.html", _official(request) | {"to_do": _to_do(request)})


def _door(request: ScopedRequest) -> str:
    """Give the page for who has no membership."""
    if not request.user.is_authenticated:
        return "sign-in"
    return "overview" if registry.own_application(request.scope) is None else "registry:register-mine"


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for a person: numbers, the cases to begin with, what tasks and papers ask for.

    ``applications`` are those of enterprises to be registered, None for roles that read none.
    """

    returned: int
    waiting: int
    drafts: int
    first: tuple[CaseRow, ...]
    applications: int | None
    tasks: OwnTasks
    papers: tuple[Waiting, ...]
    today: date


def _to_do(request: ScopedRequest) -> ToDo | None:
    """Give what waits for the present role, or None for one that neither fills in nor reviews."""
    scope = request.scope
    if not (allowed(scope, "entry.read") and scope.user_id is not None):
        return None
    many = review.counts(scope)
    first = [*review.returned_to(scope, review.Filter()), *review.waiting_for(scope, review.Filter())]
    asking = registry.count_applications(scope) if allowed(scope, "entry.review") else None
    today = today_on()
    tasks = own_tasks(scope, on=today) if allowed(scope, "task.read") else NOTHING
    papers = waiting_for(scope) if allowed(scope, "report.read") else ()
    shown, drafts = tuple(first[:SHOWN]), count_drafts(scope)
    return ToDo(many.returned, many.waiting, drafts, shown, asking, tasks, papers, today)


def _at_work(request: ScopedRequest) -> dict[str, Any]:
    """Give the home of those who keep a street's or village's records and see no figures of the district."""
    membership = request.membership
    region = membership.region if membership else default_region(request)
    books = tuple(ledger.books(request.scope, region.id)) if allowed(request.scope, "ledger.read") else ()
    return {"region": region, "transfers": _latest(request, books, region.id)}


def _official(request: ScopedRequest) -> dict[str, Any]:
    here = figures_asked(request)
    plan = governing_plan(request, here.region.id, here.period)
    found = figures_of(request, here.region.id, here.period, here.book)
    rows = rows_of(request, here.region.id, here.period, here.book)
    behind = [row for row in rows if row.figure.status is Status.BEHIND]
    gaps = [row for row in rows if row.figure.status is Status.NOT_COMPUTABLE]
    findings = plan_findings(request, plan.id) if plan else ()
    grave = [finding for finding in findings if finding.severity in (Severity.ERROR, Severity.WARNING)]
    return {
        "region": here.region,
        "period": here.period,
        "book": here.book or found.books.get(here.region.key, ""),
        "plan": plan,
        "rows_total": len(rows),
        "behind": behind[:SHOWN],
        "behind_total": len(behind),
        "gaps": gaps[:SHOWN],
        "gaps_total": len(gaps),
        "findings": grave[:SHOWN],
        "findings_total": len(grave),
        "as_of": found.as_of,
        "transfers": _latest(request, here.books, here.region.id),
    }


def _producer(request: ScopedRequest) -> dict[str, Any]:
    scope: Scope = request.scope
    party = parties_by_id(scope.party_ids)[min(scope.party_ids)]
    region = regions_by_id([party.region_id])[party.region_id]
    books = remembered(
        request,
        TABLES,
        (
            "own books",
            region.id,
        ),
        lambda: tuple(ledger.books(scope, region.id)),
    )
    stores = []
    if books:
        page = ledger.accounts(
            scope, book=books[0].book, region_id=region.id, kind=Kind.STOCK, holder_id=party.id, limit=STORES
        )
        stores = [account for account in page.rows if account.balance_g]
    return {
        "region": region,
        "party": party,
        "book": books[0].book if books else "",
        "stores": sorted(stores, key=lambda account: -(account.balance_g or 0)),
        "transfers": _latest(request, books, region.id),
    }


def _latest(request: ScopedRequest, books: tuple[BookRow, ...], region_id: int) -> tuple[TransferRow, ...]:
    """Give the latest transfers of the book that was written last."""
    if not books or not allowed(request.scope, "ledger.read"):
        return ()
    book = max(books, key=lambda row: row.last_on)
    selection = FlowSelection(
        book=book.book,
        period_start=_month_before(book.last_on),
        period_end=Period.year_of(book.last_on.year).end,
        by="origin",
        region_ids=regions_under(region_id),
    )
    return remembered(
        request,
        TABLES,
        (
            "latest transfers",
            selection,
        ),
        lambda: ledger.transfers(request.scope, selection, limit=LATEST).rows,
    )


def _month_before(day: date) -> date:
    """Give the first day of the month: the latest rows lie in it, and the read stays small."""
    return day.replace(day=1)
