"""`wufei notices`: webhooks of regions and parties, and trying again what was given up."""

from __future__ import annotations

from typing import Annotated

import typer

from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import find_party, find_region
from wufei.runtime.notices import queries, services

app = typer.Typer(no_args_is_help=True, help="通知与回调 / notices and webhooks")


@app.command("webhook")
def add(
    url: Annotated[str, typer.Argument(help="https://…")],
    region: Annotated[str, typer.Option(help="区域 / region")] = "",
    party: Annotated[str, typer.Option(help="单位 / party")] = "",
    topic: Annotated[list[str] | None, typer.Option(help="主题，缺省为全部 / topics, all if none")] = None,
) -> None:
    """Call a program about the notices of a region or a party; the secret is shown once (登记回调)."""
    scope = Scope.operator()
    with session(scope):
        number, secret = services.save_webhook(
            scope,
            region_id=find_region(region).id if region else None,
            party_id=find_party(party).id if party else None,
            url=url,
            topics_called=tuple(topic or ()),
        )
    typer.echo(f"✓ {number}\n  密钥（只显示一次）/ secret, shown once: {secret}")


@app.command("list")
def show() -> None:
    """List the webhooks (列出回调)."""
    scope = Scope.operator()
    with session(scope):
        for row in queries.webhooks_of(scope):
            typer.echo(
                f"{row.id} · {row.url} · {', '.join(row.topics) or '*'} · {'✓' if row.active else '✗'}"
            )


@app.command("remove")
def remove(number: int) -> None:
    """Call a program no more (停用回调)."""
    scope = Scope.operator()
    with session(scope):
        services.remove_webhook(scope, webhook_id=number)


@app.command("retry")
def retry() -> None:
    """Try the calls again that were given up (重试搁置的回调)."""
    typer.echo(f"✓ {services.retry_parked(Scope.operator())}")
