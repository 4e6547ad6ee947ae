"""`wufei ledger seal`, `prove`, `check-proof`, `heads`: the signed log of transfers."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.records.ledger import queries, services
from wufei.records.ledger.commands.printing import end
from wufei.records.ledger.core.heads import Head, head_json, heads_text, read_heads
from wufei.records.ledger.core.leaves import read_leaf, readable
from wufei.records.ledger.core.proofs import check_proof, proof_text, read_proof
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.environment import environment

app = typer.Typer()

LAG_MAX = timedelta(seconds=30)


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
    end(findings, said=as_json)


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
        end(findings, said=as_json)
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


def _warn_of_lag() -> None:
    """Sealing runs every two seconds; what still waits after many of them is held back by something."""
    lag = queries.sealing_lag(Scope.operator())
    if lag.since and now() - lag.since > LAG_MAX:
        typer.echo(
            f"⚠ {lag.transfers:,} 笔自 {lag.since.isoformat()} 起未能封存：数据库服务器上有未结束的事务 / "
            "are not sealed since then: a transaction on the database server stays open",
            err=True,
        )


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
