"""`wufei ledger close`, `closings`, `closing`: periods that take no more, as published and as revised."""

from __future__ import annotations

import json
import time
from typing import Annotated

import typer

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.kernel.period import Period
from wufei.records.ledger import queries, services
from wufei.records.ledger.commands.printing import show, table
from wufei.records.ledger.core.as_json import closing_json
from wufei.records.ledger.core.closing import Closing
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.core.words import STEPS
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now
from wufei.runtime.environment import environment
from wufei.runtime.identity.queries import find_party, find_region, parties_by_id, regions_by_id

app = typer.Typer()

ATTEMPTS = 10
PAUSE_S = 0.5
GRAMS_PER_TONNE = 1_000_000


@app.command("close")
def close(
    book: Annotated[str, typer.Option(help="账本 / book")],
    period: Annotated[str, typer.Option(help="期间 / period: 2026-02, 2026Q1, 2026")],
    region: Annotated[str, typer.Option(help="地区 / region: key, code or name")] = "",
    party: Annotated[str, typer.Option(help="单位 / party: key or credit code")] = "",
    grouping: Annotated[str, typer.Option(help="分类，空为全部 / grouping, empty for all")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Close a period for a region or a party, over what is sealed; what waits is sealed first."""
    scope = Scope.operator()
    with session(scope):
        region_id = find_region(region).id if region else None
        party_id = find_party(party).id if party else None
    closing = _close(
        scope,
        book=book,
        period=Period.parse(period),
        region_id=region_id,
        party_id=party_id,
        grouping=grouping,
    )
    if as_json:
        typer.echo(_dumped(closing_json(closing)))
        return
    typer.echo(f"✓ 已关账 / closed: {_line(closing)}")


@app.command("closings")
def list_closings(
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List the closed periods, the last one made first."""
    scope = Scope.operator()
    with session(scope):
        found = queries.closings_within(scope, limit=limit).rows
    if as_json:
        typer.echo(_dumped([closing_json(closing) for closing in found]))
        return
    for closing in found:
        typer.echo(_line(closing))
    if not found:
        typer.echo("还没有关过账 / nothing has been closed yet: wufei ledger close")


@app.command("closing")
def show_closing(
    number: Annotated[int, typer.Argument(help="关账编号 / number, see closings")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show the figures of a closed period as published and as revised."""
    scope = Scope.operator()
    with session(scope):
        closing = queries.get_closing(scope, number)
        flows = queries.closed_flows(scope, number)
    if as_json:
        listed = [{name: getattr(flow, name) for name in type(flow).__slots__} for flow in flows]
        typer.echo(_dumped(closing_json(closing) | {"flows": listed}))
        return
    typer.echo(_line(closing))
    lines = table(
        (
            "环节 / step",
            "类别 / stream",
            "公布 / published (t)",
            "修订 / revised (t)",
            "差额 / difference (t)",
        )
    )
    for flow in flows:
        masses = (flow.published_g, flow.revised_g, flow.revised_g - flow.published_g)
        words = f"{STEPS[Step(flow.step)].zh} {flow.step}"
        lines.add_row(words, flow.stream, *(_tonnes(mass_g) for mass_g in masses))
    show(lines)


def _close(scope: Scope, **terms: object) -> Closing:
    """Seal what waits and close; what others write or seal at the same moment is given a little time."""
    services.check_closing(scope, **terms, now=now())  # type: ignore[arg-type]
    key = services.ensure_key(environment().data_dir)
    for _ in range(ATTEMPTS - 1):
        while queries.sealing_lag(scope).transfers and services.seal(key, now=now()).more:
            pass
        try:
            return services.close_period(scope, **terms, now=now())  # type: ignore[arg-type]
        except ExternalError:
            continue
        except ConflictError as error:
            if error.code != "ledger.not-sealed":
                raise
            time.sleep(PAUSE_S)
    return services.close_period(scope, **terms, now=now())  # type: ignore[arg-type]


def _line(closing: Closing) -> str:
    if closing.region_id is not None:
        whom = regions_by_id([closing.region_id])[closing.region_id].name
    else:
        whom = parties_by_id([closing.party_id or 0])[closing.party_id or 0].name
    parts = (
        f"{closing.id} · {closing.period} · {whom.zh} · {closing.book} · {closing.grouping or '全部 / all'}",
        f"{closing.sequence:,} 笔已封存 / sealed · {closing.closed_at.isoformat(timespec='seconds')}",
    )
    return " · ".join(parts)


def _tonnes(mass_g: int) -> str:
    return f"{mass_g / GRAMS_PER_TONNE:,.6f}".rstrip("0").rstrip(".")


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
