"""`wufei signing`: whether the signatures hold."""

from __future__ import annotations

import typer

from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.signing import queries

app = typer.Typer(help="签名核验 / signatures", no_args_is_help=True)


@app.callback()
def signing() -> None:
    """Look after signatures."""


@app.command("verify")
def verify() -> None:
    """Check every signature, its digest and that of its device; exit 1 if any fails."""
    scope, total, broken = Scope.operator(), 0, 0
    with session(scope):
        for row in queries.all_signatures(scope):
            total += 1
            if not queries.verify(row).holds:
                broken += 1
                typer.echo(
                    f"✗ {row.id} · {row.subject.kind} {row.subject.id} · {row.at.isoformat()}\n"
                    "  签名与所签内容不符 / the signature does not fit what was signed"
                )
    typer.echo(f"签名 {total} 份，不符 {broken} 份 / {total} signatures, {broken} fail")
    if broken:
        raise typer.Exit(1)
