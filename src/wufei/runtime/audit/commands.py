"""`wufei audit`: let go what is older than the rule."""

from __future__ import annotations

import typer

from wufei.runtime.audit.core import kept_since
from wufei.runtime.audit.services import PRUNED_AT_ONCE, prune
from wufei.runtime.clock import now

app = typer.Typer(no_args_is_help=True, help="操作日志：保存期限 / how long the audit log is kept")


@app.callback()
def main() -> None:
    """Keep the audit log by rule."""


@app.command("prune")
def prune_all() -> None:
    """Remove the rows that are older than the rule asks to keep."""
    at, removed = now(), 0
    while True:
        batch = prune(now=at)
        removed += batch
        if batch < PRUNED_AT_ONCE:
            break
    day = kept_since(at).date()
    typer.echo(f"已删除 {removed} 条早于 {day} 的操作日志 / {removed} rows before {day} removed")
