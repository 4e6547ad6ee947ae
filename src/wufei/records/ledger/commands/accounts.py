"""`wufei ledger balance` and `history`: what lies where, and how it came there."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.commands.printing import show, table
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.rows import AccountRow, BookRow, TransferRow
from wufei.records.ledger.core.words import KINDS, STEPS
from wufei.records.ledger.queries.reading import balances
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import find_region, parties_by_id, regions_by_id

app = typer.Typer()

GRAMS_PER_TONNE = 1_000_000


@app.command("balance")
def show_balance(
    book: Annotated[str, typer.Option(help="账本 / book, such as actual or published:bda-2020")],
    region: Annotated[str, typer.Option(help="地区 / region: key, code or name")],
    kind: Annotated[Kind | None, typer.Option(help="账户类型 / kind of account")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show the accounts of a book in a region with their balances, and whether the book sums to zero."""
    scope = Scope.operator()
    with session(scope):
        here = find_region(region)
        page = queries.accounts(scope, book=book, region_id=here.id, kind=kind, limit=limit)
        if not page.rows:
            _demand_book(book, queries.books(scope, here.id))
        masses = balances(scope, page.rows)
        holders = parties_by_id({row.key.holder_id for row in page.rows if row.key.holder_id is not None})
    imbalance_g = queries.book_imbalance(scope, book)
    if as_json:
        accounts = [_account_json(row, masses[row.id]) for row in page.rows]
        typer.echo(json.dumps({"book": book, "imbalance_g": imbalance_g, "accounts": accounts}, indent=2))
        return
    lines = table(
        ("账户 / account", "类型 / kind", "类别 / stream", "单位 / holder", "ref", "余额 / balance (t)")
    )
    for row in page.rows:
        holder = holders[row.key.holder_id].name.zh if row.key.holder_id else ""
        done = " ✓" if row.finished else ""
        words = f"{KINDS[row.key.kind].zh} {row.key.kind}{done}"
        lines.add_row(str(row.id), words, row.key.stream, holder, row.key.ref, _tonnes(masses[row.id]))
    show(lines)
    typer.echo(f"全账本合计 / whole book: {imbalance_g} g" + ("" if imbalance_g else " ✓"))
    if page.after:
        typer.echo(f"仅显示前 {limit} 个 / only the first {limit} are shown: --limit")


@app.command("history")
def show_history(
    account: Annotated[int, typer.Argument(help="账户编号 / number of the account, see balance")],
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show the transfers into and out of one account, the latest first."""
    scope = Scope.operator()
    with session(scope):
        row = queries.get_account(scope, account)
        page = queries.account_transfers(scope, account, limit=limit)
        balance_g = queries.balance(scope, account)
        region = regions_by_id([row.key.region_id])[row.key.region_id]
    if as_json:
        transfers = [_transfer_json(one, account) for one in page.rows]
        typer.echo(json.dumps(_account_json(row, balance_g) | {"transfers": transfers}, indent=2))
        return
    typer.echo(f"{region.name} · {KINDS[row.key.kind]} · {row.key.stream or '—'} · {_tonnes(balance_g)} t")
    lines = table(
        ("日期 / day", "环节 / step", "质量 / mass (t)", "证据 / evidence", "更正 / reversal", "编号 / id")
    )
    for one in page.rows:
        back = "取消 / takes back" if one.reverses else "已更正 / reversed" if one.reversed_by else ""
        words = f"{next(text.zh for step, text in STEPS.items() if step == one.step)} {one.step}"
        lines.add_row(
            str(one.occurred_on), words, _tonnes(_signed_g(one, account)), one.evidence, back, str(one.id)
        )
    show(lines)


def _demand_book(book: str, known: list[BookRow]) -> None:
    if book not in {row.book for row in known}:
        listed = ", ".join(row.book for row in known) or "—"
        raise NotFoundError(
            "book", book, Text(f"该地区的账本：{listed}。", f"Books of the region: {listed}.")
        )


def _account_json(row: AccountRow, balance_g: int) -> dict[str, object]:
    names = AccountKey.__slots__
    parts = {name: getattr(row.key, name) for name in names}
    return {"id": row.id, **parts, "finished": row.finished, "balance_g": balance_g}


def _transfer_json(row: TransferRow, account_id: int) -> dict[str, object]:
    return {
        "id": str(row.id),
        "occurred_on": row.occurred_on.isoformat(),
        "precision": row.precision,
        "step": row.step,
        "grams": _signed_g(row, account_id),
        "stream": row.stream,
        "evidence": row.evidence,
        "document": row.document,
        "reverses": str(row.reverses) if row.reverses else None,
        "reversed_by": str(row.reversed_by) if row.reversed_by else None,
    }


def _signed_g(row: TransferRow, account_id: int) -> int:
    return row.grams if row.target_account_id == account_id else -row.grams


def _tonnes(mass_g: int) -> str:
    return f"{mass_g / GRAMS_PER_TONNE:,.6f}".rstrip("0").rstrip(".")
