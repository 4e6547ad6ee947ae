"""`wufei outbox`: where consumers of sealed events stand, what they have set aside, and trying that again."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.jobs.exports import exported
from wufei.runtime.outbox import queries, services
from wufei.runtime.outbox.core import Consumer, CursorRow, ParkedRow

app = typer.Typer(no_args_is_help=True, help="事件处理：进度、搁置与重试 / consumers of sealed events")


@app.command("list")
def show(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List the consumers and the events set aside; exit 1 if there are any, or if a consumer has stopped."""
    scope = Scope.operator()
    rows, waiting = queries.cursors(scope), queries.parked(scope)
    if as_json:
        shown = {
            "cursors": [_cursor_json(row) for row in rows],
            "parked": [_parked_json(row) for row in waiting],
        }
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            typer.echo(f"{row.consumer} · {row.sequence} · {row.moved_at.isoformat(timespec='seconds')}")
            if row.stopped:
                typer.echo(f"  ✗ {row.stopped.message.zh}\n    {row.stopped.message.en}")
        for one in waiting:
            typer.echo(f"✗ {one.finding.where} · {one.tries} 次 tries · {one.finding.code}")
            typer.echo(f"  {one.finding.message.zh}\n  {one.finding.message.en}\n  → {one.finding.fix.zh}")
    if waiting or any(row.stopped for row in rows):
        raise typer.Exit(1)


@app.command("retry")
def retry(
    name: Annotated[str, typer.Argument(help="消费者 / consumer, see list")],
    sequence: Annotated[int | None, typer.Argument(help="事件序号 / only this event")] = None,
) -> None:
    """Handle parked events again; exit 1 if some stay parked."""
    handled, still = services.retry(_consumer(name), sequence=sequence, now=now())
    typer.echo(f"已处理 / handled {handled} · 仍搁置 / still parked {len(still)}")
    for found in still:
        typer.echo(f"✗ {found.where}: {found.message.zh}\n  {found.message.en}")
    if still:
        raise typer.Exit(1)


def _consumer(name: str) -> Consumer[Any]:
    known: dict[str, Consumer[Any]] = {each.name: each for each in exported("CONSUMERS")}
    if name not in known:
        listed = ", ".join(sorted(known)) or "—"
        raise NotFoundError("consumer", name, Text(f"可选：{listed}。", f"Known: {listed}."))
    return known[name]


def _cursor_json(row: CursorRow) -> dict[str, object]:
    return {
        "consumer": row.consumer,
        "sequence": row.sequence,
        "moved_at": row.moved_at.isoformat(),
        "stopped": row.stopped.as_json("en") if row.stopped else None,
        "tries": row.tries,
    }


def _parked_json(row: ParkedRow) -> dict[str, object]:
    return {
        "consumer": row.consumer,
        "sequence": row.sequence,
        "tries": row.tries,
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
        **row.finding.as_json("en"),
    }
