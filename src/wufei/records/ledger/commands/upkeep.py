"""`wufei ledger lots` and `wufei ledger nightly`: what normally happens by itself, by hand."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.records.ledger import queries, services
from wufei.records.ledger.core.lots import AGE_DAYS_MAX
from wufei.records.ledger.queries.nightly import Found
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on
from wufei.runtime.environment import environment
from wufei.runtime.identity.queries import find_region

app = typer.Typer()

GRAMS_PER_TONNE = 1_000_000


@app.command("lots")
def lots(
    region: Annotated[str, typer.Option(help="地区 / region: key, code or name")] = "",
    book: Annotated[str, typer.Option(help="账本 / book")] = "actual",
    rebuild: Annotated[bool, typer.Option("--rebuild", help="由已封存流水重算 / make them anew")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show how old the waste on the stocks of a region is, the oldest first; or make all lots anew."""
    scope = Scope.operator()
    if rebuild:
        read = services.rebuild_lots(scope, now=now())
        typer.echo(f"已重算 / made anew from {read:,} 笔 transfers")
    if not region:
        if not rebuild:
            raise NotFoundError("region", "", Text("用 --region 指定地区。", "Name one with --region."))
        return
    with session(scope):
        rows = queries.ages(scope, find_region(region).id, book, on=today_on(), limit=limit)
    if as_json:
        shown = [
            {
                "account": row.account_id,
                "stream": row.key.stream,
                "oldest_on": row.oldest_on.isoformat() if row.oldest_on else None,
                "by_age_g": row.by_age_g,
            }
            for row in rows
        ]
        typer.echo(json.dumps({"age_days_max": AGE_DAYS_MAX, "stocks": shown}, indent=2))
        return
    for row in rows:
        masses = " · ".join(f"{grams / GRAMS_PER_TONNE:,.3f}" for grams in row.by_age_g)
        typer.echo(f"{row.account_id} · {row.key.stream} · {row.oldest_on or '—'} · {masses} t")
    typer.echo("（≤30 · 31–90 · 91–365 · >365 天 days）")


@app.command("nightly")
def nightly(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Run the nightly checks now and keep what they find; exit 1 if a record was changed."""
    key = services.public_key(environment().data_dir)
    run, found = services.check_nightly(Scope.operator(), now=now(), keys=(key,) if key else ())
    if as_json:
        listed = [_json(one) for one in found]
        shown = {
            "run_at": run.run_at.isoformat(),
            "sequence": run.sequence,
            "intact": run.intact,
            "findings": listed,
        }
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        for one in found:
            typer.echo(f"{'✗' if one.finding.severity == 'error' else '!'} {one.finding.message.zh}")
            typer.echo(f"  {one.finding.message.en}\n  → {one.finding.fix.zh}")
        typer.echo(
            "✓ 记录未被改动 / no record was changed" if run.intact else "✗ 记录被改动 / records were changed"
        )
        typer.echo(f"发现 / findings: {run.findings}")
    if not run.intact:
        raise typer.Exit(1)


def _json(one: Found) -> dict[str, object]:
    return {
        "account": one.account_id,
        "transfer": str(one.transfer_id) if one.transfer_id else None,
        "region": one.region_id,
        **one.finding.as_json("en"),
    }
