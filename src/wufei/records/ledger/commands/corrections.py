"""`wufei ledger reverse`: take one transfer back; the record stays."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

import typer

from wufei.records.ledger import services
from wufei.records.ledger.core.as_json import receipt_json
from wufei.records.ledger.core.transfers import Reason
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now

app = typer.Typer()


@app.command("reverse")
def reverse(
    transfer: Annotated[UUID, typer.Argument(help="流水编号 / id of the transfer")],
    reason: Annotated[Reason, typer.Option(help="更正原因 / why")],
    amends: Annotated[str, typer.Option(help="更正的已关账期间 / the closed period that it amends")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Take a transfer back (更正，原记录保留); exit 1 with the reasons if that is refused."""
    receipt = services.reverse(
        Scope.operator(), transfer, reason=reason.value, amends_period=amends, now=now()
    )
    if as_json:
        typer.echo(json.dumps(receipt_json(receipt, "en"), ensure_ascii=False, indent=2, default=str))
    else:
        for found in receipt.findings:
            typer.echo(f"{found.message.zh}{found.fix.zh}\n  {found.message.en} {found.fix.en}")
        if receipt.outcome == "posted":
            typer.echo(f"✓ 已更正，原记录保留 / taken back, the record stays: {receipt.posting_id}")
    if receipt.outcome == "refused":
        raise typer.Exit(1)
