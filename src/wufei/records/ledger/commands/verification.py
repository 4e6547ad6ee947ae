"""`wufei ledger verify`: whether every invariant holds."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from wufei.records.ledger import queries, services
from wufei.records.ledger.commands.printing import end
from wufei.runtime.access.core import Scope
from wufei.runtime.environment import environment

app = typer.Typer()


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
    end(findings, said=as_json)
