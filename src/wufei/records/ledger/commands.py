"""`wufei ledger`: balances, one account's history, seals and proofs, and the check of the invariants."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from wufei.kernel.errors import NotFoundError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.ledger import queries, services
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.heads import Head, head_json, heads_text, read_heads
from wufei.records.ledger.core.leaves import read_leaf, readable
from wufei.records.ledger.core.proofs import check_proof, proof_text, read_proof
from wufei.records.ledger.core.rows import AccountRow, BookRow, TransferRow
from wufei.records.ledger.core.words import KINDS, STEPS
from wufei.records.ledger.queries.reading import balances
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now
from wufei.runtime.environment import environment
from wufei.runtime.identity.queries import find_region, parties_by_id, regions_by_id

app = typer.Typer(
    no_args_is_help=True, help="台账：余额、流水、封存与核验 / balances, history, seals, verification"
)

GRAMS_PER_TONNE = 1_000_000
LAG_MAX = timedelta(seconds=30)


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
    table = _table(
        ("账户 / account", "类型 / kind", "类别 / stream", "单位 / holder", "ref", "余额 / balance (t)")
    )
    for row in page.rows:
        holder = holders[row.key.holder_id].name.zh if row.key.holder_id else ""
        done = " ✓" if row.finished else ""
        words = f"{KINDS[row.key.kind].zh} {row.key.kind}{done}"
        table.add_row(str(row.id), words, row.key.stream, holder, row.key.ref, _tonnes(masses[row.id]))
    _print(table)
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
    table = _table(
        ("日期 / day", "环节 / step", "质量 / mass (t)", "证据 / evidence", "更正 / reversal", "编号 / id")
    )
    for one in page.rows:
        back = "取消 / takes back" if one.reverses else "已更正 / reversed" if one.reversed_by else ""
        words = f"{next(text.zh for step, text in STEPS.items() if step == one.step)} {one.step}"
        table.add_row(
            str(one.occurred_on), words, _tonnes(_signed_g(one, account)), one.evidence, back, str(one.id)
        )
    _print(table)


@app.command("seal")
def seal(
    follow: Annotated[bool, typer.Option("--follow", help="持续封存 / go on until stopped")] = False,
    every_s: Annotated[
        float, typer.Option("--every", min=0.1, help="间隔秒数 / seconds between rounds")
    ] = 2.0,
) -> None:
    """Seal what was recorded: give it its sequence, extend the tree, sign a head."""
    key = services.ensure_key(environment().data_dir)
    while True:
        done = services.seal(key, now=now())
        if done.busy:
            typer.echo("另一个封存进程正在工作 / another sealer is at work")
        elif done.leaves or not follow:
            typer.echo(f"已封存 / sealed {done.leaves:,} · {_head_line(done.head)}")
        if not follow and not done.more:
            return
        if not done.more:
            _warn_of_lag()
            time.sleep(every_s)


@app.command("prove")
def prove(
    transfer: Annotated[UUID, typer.Argument(help="流水编号 / id of the transfer")],
    out: Annotated[
        Path | None, typer.Option("--out", help="写入文件 / file to write", dir_okay=False)
    ] = None,
) -> None:
    """Prove that a transfer is sealed, in a file that anybody checks without the database."""
    text = proof_text(queries.prove(Scope.operator(), transfer))
    if out is None:
        typer.echo(text, nl=False)
        return
    out.write_text(text, "ascii", newline="\n")
    typer.echo(f"证明已写入 / proof written: {out}")


@app.command("check-proof")
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="证明文件 / file of `prove`")],
    key: Annotated[str, typer.Option(help="已知公钥 / known public key, 64 hexadecimal digits")] = "",
    heads_file: Annotated[
        Path | None,
        typer.Option("--heads", exists=True, dir_okay=False, help="已导出的树根 / exported heads"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Check a proof, without any database; exit 1 if it does not hold."""
    proof = read_proof(_text(file))
    exported = read_heads(_text(heads_file)) if heads_file else ()
    findings = check_proof(proof, keys=_known_keys(key), heads=exported)
    compared = bool(key or exported)
    if as_json:
        shown = {
            "accepted": not findings,
            "key_compared": compared,
            "sequence": proof.sequence,
            "transfer": readable(read_leaf(proof.leaf)),
            "head": head_json(proof.head),
            "findings": [found.as_json("en") for found in findings],
        }
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    elif not findings:
        for name, value in readable(read_leaf(proof.leaf)).items():
            if value not in {None, ""}:
                typer.echo(f"  {name}: {value}")
        typer.echo(f"✓ 证明成立 / the proof holds · {proof.sequence} · {_head_line(proof.head)}")
        typer.echo(f"  公钥 / key {proof.head.public_key.hex()}")
        if not compared:
            typer.echo(
                "  未与已知公钥比对：请用 --key 或 --heads / not compared with a known key: --key, --heads"
            )
    _end(findings, said=as_json)


@app.command("heads")
def heads(
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 20,
    export: Annotated[
        Path | None,
        typer.Option("--export", dir_okay=False, help="写入文件，交他人保存 / write for safekeeping"),
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--check", exists=True, dir_okay=False, help="与已导出文件比对 / compare")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show the latest signed heads, export them, or check that history still begins with exported ones."""
    scope = Scope.operator()
    if compare is not None:
        exported = read_heads(_text(compare))
        findings = queries.check_exported(scope, exported)
        if as_json:
            typer.echo(json.dumps([found.as_json("en") for found in findings], ensure_ascii=False, indent=2))
        elif not findings:
            typer.echo(f"✓ 历史未被改写 / history is unchanged since {len(exported)} exported heads")
        _end(findings, said=as_json)
        return
    found = queries.heads(scope, limit=limit)
    if export is not None:
        if not found:
            raise NotFoundError(
                "head", export, Text("请先执行 wufei ledger seal。", "Run wufei ledger seal first.")
            )
        export.write_text(heads_text(found), "ascii", newline="\n")
        typer.echo(f"已导出 / exported {len(found)}: {export}")
    elif as_json:
        typer.echo(heads_text(found), nl=False)
    else:
        for head in found:
            typer.echo(f"{_head_line(head)} · {head.root.hex()}")
        lag = queries.sealing_lag(scope)
        typer.echo(
            f"待封存 / waiting: {lag.transfers:,}" + (f" · {lag.since.isoformat()}" if lag.since else "")
        )


@app.command("verify")
def verify(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check the invariants over all books and the seals; exit 1 and name the row if one does not hold."""
    scope = Scope.operator()
    key = services.public_key(environment().data_dir)
    findings = [*queries.verify(scope), *queries.verify_seals(scope, keys=(key,) if key else ())]
    if as_json:
        typer.echo(json.dumps([found.as_json("en") for found in findings], ensure_ascii=False, indent=2))
    elif not findings:
        typer.echo("✓ 台账核验通过，全部不变量成立 / the ledger is sound: every invariant holds")
    _end(findings, said=as_json)


def _warn_of_lag() -> None:
    """Sealing runs every two seconds; what still waits after many of them is held back by something."""
    lag = queries.sealing_lag(Scope.operator())
    if lag.since and now() - lag.since > LAG_MAX:
        typer.echo(
            f"⚠ {lag.transfers:,} 笔自 {lag.since.isoformat()} 起未能封存：数据库服务器上有未结束的事务 / "
            "are not sealed since then: a transaction on the database server stays open",
            err=True,
        )


def _end(findings: list[Finding], *, said: bool) -> None:
    """Tell the defects, unless the JSON has said them, and end with 1 if there are any."""
    for found in () if said else findings:
        typer.echo(f"✗ {found.message.zh}\n  {found.message.en}")
    if findings:
        raise typer.Exit(1)


def _head_line(head: Head | None) -> str:
    return f"共 / size {head.size:,} · {head.at.isoformat()}" if head else "尚无 / none"


def _text(path: Path) -> str:
    # Bytes as they are: a changed line end is a change too.
    return path.read_bytes().decode("utf8", "replace")


def _known_keys(text: str) -> tuple[bytes, ...]:
    try:
        return (bytes.fromhex(text),) if text else ()
    except ValueError as error:
        raise typer.BadParameter("64 位十六进制数字 / 64 hexadecimal digits", param_hint="--key") from error


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


def _table(columns: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if "(t)" in name else "left", overflow="fold")
    return table


def _print(table: Table) -> None:
    Console(soft_wrap=False).print(table)
