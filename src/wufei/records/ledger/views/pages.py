"""Pages of the ledger: accounts, one account's 流水, the transfers of a selection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.catalogue.core.groupings import load_groupings, members_of
from wufei.records.catalogue.core.methods import MethodGroup, methods_in
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.streams import load_streams
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.lots import LOTTED, grams_by_age
from wufei.records.ledger.core.rows import AccountRow, BookRow
from wufei.records.ledger.core.selection import FlowSelection
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.core.words import AGES, KINDS, book_name
from wufei.records.ledger.views.exports import ROWS_MAX, transfers_export
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.identity.core.kinds import PARTY_ROLES
from wufei.runtime.identity.queries import RegionRow, parties_by_id, regions_by_id, regions_under
from wufei.runtime.pages.core.keysets import next_address
from wufei.runtime.pages.core.numerals import tonnes
from wufei.runtime.pages.core.tables import Cell, Column, table_workbook
from wufei.runtime.pages.memory import Table, remembered
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.responses import page_notes, workbook_response

ROWS = 50
TABLES = (Table("ledger_transfer", logged=True), Table("identity_region"))
"""What these pages are read from; accounts and balances change only together with transfers."""
_COLUMNS = (
    Column("id", Text("账户编号", "Account"), numeric=True),
    Column("kind", Text("类别", "Kind")),
    Column("stream", Text("废物", "Waste")),
    Column("holder", Text("持有单位", "Holder")),
    Column("place", Text("所在地", "Place")),
    Column("origin", Text("来源地", "Origin")),
    Column("sector", Text("来源行业", "Sector of origin")),
    Column("ref", Text("联单或批次", "Leg or run")),
    Column("balance", Text("当前结余（吨）", "Balance (t)"), numeric=True),
)
_KINDS = (Kind.STOCK, Kind.TRANSIT, Kind.PROCESS, Kind.ORIGIN, Kind.USED, Kind.LANDFILLED)


@require_GET
def accounts_page(request: ScopedRequest) -> HttpResponse:
    """Show the accounts of a region and book, filtered by kind; a producer sees only its own."""
    require(request.scope, "ledger.read")
    here = asked(request)
    books = _books(request, here.region.id)
    book = _chosen_book(books, here.book)
    kind = request.GET.get("kind", Kind.STOCK.value)
    kind = kind if kind in {known.value for known in Kind} else ""
    export = request.GET.get("format") == "xlsx"
    asked_for: dict[str, Any] = {
        "book": book.book if book else "",
        "region_id": here.region.id,
        "kind": Kind(kind) if kind else None,
        "holder_id": _own_party(request),
        "limit": ROWS_MAX if export else ROWS,
        "after": request.GET.get("after") or None,
    }
    page = remembered(
        request,
        TABLES,
        ("accounts", *asked_for.values()),
        lambda: queries.accounts(request.scope, **asked_for),
    )
    names = _names_of_accounts(page.rows)
    if export:
        return _accounts_export(here.region, book, page.rows, names)
    context = {
        "region": here.region,
        "books": books,
        "book": book.book if book else "",
        "book_row": book,
        "transfers_total": book.transfers if book else 0,
        "kind": kind,
        "kinds": [known.value for known in _KINDS],
        "accounts": page.rows,
        "next_rows": next_address(request.path, dict(request.GET.lists()), page.after) if page.after else "",
        "own": request.scope.role in PARTY_ROLES,
        "may_load": allowed(request.scope, "ledger.post"),
        **names,
    }
    return render(request, "ledger/accounts.html", context)


@require_GET
def account_page(request: ScopedRequest, account_id: int) -> HttpResponse:
    """Show one account: its balance and its 流水, the latest first."""
    require(request.scope, "ledger.read")
    account = queries.get_account(request.scope, account_id)
    page = queries.account_transfers(
        request.scope, account_id, limit=ROWS, after=request.GET.get("after") or None
    )
    names = _names_of_accounts([account])
    context = {
        "account": account,
        "region": names["regions"][account.key.region_id],
        "origin": names["regions"][account.key.origin_region_id],
        "holder": names["parties"].get(account.key.holder_id or 0),
        "transfers": page.rows,
        "next_rows": next_address(request.path, dict(request.GET.lists()), page.after) if page.after else "",
        **_ages(request, account),
    }
    return render(request, "ledger/account.html", context)


@require_GET
def flows_page(request: ScopedRequest) -> HttpResponse:
    """Show the transfers of a selection: region, period, book, stream group, steps, methods."""
    here = asked(request)
    # A firm sees its own rows of any region; who acts for a region asks for one that it reaches.
    own_rows = request.scope.role in PARTY_ROLES
    require(request.scope, "ledger.read", region_id=None if own_rows else here.region.id)
    books = _books(request, here.region.id)
    book = _chosen_book(books, here.book)
    period = here.period or _latest_year(book)
    if book is None or period is None:
        return render(request, "ledger/flows.html", {"region": here.region, "books": books})
    selection = _selection(request, here.region, book.book, period)
    if request.GET.get("format") == "xlsx":
        rows = queries.transfers(request.scope, selection, limit=ROWS_MAX).rows
        return transfers_export(here.region, period, book, rows)
    after = request.GET.get("after") or None
    grams, number = remembered(
        request,
        TABLES,
        (
            "sum",
            selection,
        ),
        lambda: queries.sum_selection(request.scope, selection),
    )
    page = remembered(
        request,
        TABLES,
        ("transfers", selection, after),
        lambda: queries.transfers(request.scope, selection, limit=ROWS, after=after),
    )
    context = {
        "region": here.region,
        "period": period,
        "books": books,
        "book": book.book,
        "selection": selection,
        "groups": load_groupings(period.start).values(),
        "steps": [step.value for step in Step],
        "step": request.GET.get("step", ""),
        "steps_shown": sorted(selection.steps) if len(selection.steps) > 1 else (),
        "grams": grams,
        "number": number,
        "transfers": page.rows,
        "next_rows": next_address(request.path, dict(request.GET.lists()), page.after) if page.after else "",
    }
    return render(request, "ledger/flows.html", context)


def _books(request: ScopedRequest, region_id: int) -> tuple[BookRow, ...]:
    return remembered(
        request,
        TABLES,
        (
            "ledger books",
            region_id,
        ),
        lambda: tuple(queries.books(request.scope, region_id)),
    )


def _selection(request: ScopedRequest, region: RegionRow, book: str, period: Period) -> FlowSelection:
    steps = frozenset(request.GET.getlist("step")) & {step.value for step in Step}
    groups = set(request.GET.getlist("method")) & {group.value for group in MethodGroup}
    group = request.GET.get("group", "")
    return FlowSelection(
        book=book,
        period_start=period.start,
        period_end=period.end,
        by="place" if request.GET.get("by") == "place" else "origin",
        region_ids=regions_under(region.id),
        group=group,
        streams=members_of(group, period.start) if group in load_groupings(period.start) else frozenset(),
        steps=steps,
        methods=frozenset(method for name in groups for method in methods_in(name)),
    )


def _latest_year(book: BookRow | None) -> Period | None:
    return Period.year_of(book.last_on.year) if book else None


def _names_of_accounts(rows: Iterable[AccountRow]) -> dict[str, Mapping[int, Any]]:
    keys = [row.key for row in rows]
    regions = {key.region_id for key in keys} | {key.origin_region_id for key in keys}
    holders = {key.holder_id for key in keys if key.holder_id is not None}
    return {"regions": regions_by_id(regions), "parties": parties_by_id(holders)}


def _chosen_book(books: Sequence[BookRow], wanted: str) -> BookRow | None:
    named = [row for row in books if row.book == wanted]
    actual = [row for row in books if row.book == "actual"]
    return next(iter(named or actual or books), None)


def _ages(request: ScopedRequest, account: AccountRow) -> dict[str, Any]:
    """Say how old the waste on a stock is, and how much of its balance is not sealed yet and has no age."""
    found = queries.lots(request.scope, account.id) if account.key.kind in LOTTED else ()
    if not found:
        return {}
    today = today_on()
    grams = grams_by_age(found, today)
    return {
        "ages": list(zip(AGES, grams, strict=True)),
        "oldest": found[0],
        "oldest_days": (today - found[0].in_on).days,
        "unsealed_g": (account.balance_g or 0) - sum(grams),
    }


def _own_party(request: ScopedRequest) -> int | None:
    return next(iter(request.scope.party_ids), None)


def _accounts_export(
    region: RegionRow,
    book: BookRow | None,
    rows: Iterable[AccountRow],
    names: Mapping[str, Mapping[int, Any]],
) -> HttpResponse:
    language = get_language() or "zh-hans"
    title = Text(
        f"台账账户 {region.name.zh}", f"Ledger accounts, {region.name.in_language('en')}"
    ).in_language(language)
    notes = page_notes(region, language)
    if book:
        notes.append(book_name(book.book).in_language(language))
    cells = [_account_cells(row, names, language) for row in rows]
    return workbook_response(table_workbook(title, notes, _COLUMNS, cells, language), title)


def _account_cells(row: AccountRow, names: Mapping[str, Mapping[int, Any]], language: str) -> list[Cell]:
    key = row.key
    stream = load_streams().get(key.stream)
    holder = names["parties"].get(key.holder_id or 0)
    return [
        row.id,
        KINDS[key.kind].in_language(language),
        stream.name.in_language(language) if stream else key.stream,
        holder.name.in_language(language) if holder else "",
        names["regions"][key.region_id].name.in_language(language),
        names["regions"][key.origin_region_id].name.in_language(language),
        Sector(key.origin_sector).label.in_language(language),
        key.ref,
        None if row.balance_g is None else tonnes(row.balance_g),
    ]
