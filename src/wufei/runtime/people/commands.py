"""`wufei people`: invite, list, reset; also when nobody is left who could do so on the pages."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.tokens import LINK_DAYS
from wufei.runtime.identity.queries import find_party, find_region, find_user, memberships_of
from wufei.runtime.identity.services import Invited
from wufei.runtime.people import queries, services

app = typer.Typer(no_args_is_help=True, help="人员与身份：邀请、查看、重置 / people: invite, list, reset")

Site = Annotated[str, typer.Option(help="网址 / address of the site, such as https://wufei.example.cn")]
HERE = "http://127.0.0.1:8000"


@app.command("invite")
def invite(
    name: Annotated[str, typer.Argument(help="姓名 / name")],
    role: Annotated[str, typer.Option(help="身份 / role, such as office")],
    region: Annotated[str, typer.Option(help="区域 / region: key, code or name")] = "",
    party: Annotated[str, typer.Option(help="单位 / party: key or credit code")] = "",
    phone: Annotated[str, typer.Option(help="手机 / phone")] = "",
    email: Annotated[str, typer.Option(help="邮箱 / e-mail")] = "",
    site: Site = HERE,
) -> None:
    """Invite a person with a role in a region or for a party, and print the link (邀请)."""
    firm = find_party(party) if party else None
    invited = Invited(
        display_name=name,
        phone=phone,
        email=email,
        role=role,
        region_id=firm.region_id if firm else find_region(region).id,
        party_id=firm.id if firm else None,
    )
    with session(Scope.operator()):
        token = services.invite(Scope.operator(), invited=invited, at=now())
    _print_link(site, token)


@app.command("list")
def show(
    text: Annotated[str, typer.Argument(help="姓名、用户名、单位 / part of a name")] = "",
    role: Annotated[str, typer.Option(help="身份 / role")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List who holds which membership (查看)."""
    scope, after = Scope.operator(), ""
    rows: list[queries.PersonRow] = []
    with session(scope):
        while True:
            page = queries.people(scope, on=today_on(), text=text, role=role, after=after)
            rows += page.rows
            after = page.after
            if not after:
                break
    shown = [_as_json(row) for row in rows]
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for each in shown:
        typer.echo(" · ".join(str(each[key]) for key in ("membership", "username", "name", "role", "place")))


@app.command("reset")
def reset(
    username: Annotated[str, typer.Argument(help="用户名 / user name")],
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="同时停用二次验证 / also turn the second factor off")
    ] = False,
    site: Site = HERE,
) -> None:
    """Void a person's password, sessions and keys, unlock the account and print a link (重置口令)."""
    scope, at = Scope.operator(), now()
    with session(scope):
        held = memberships_of(find_user(username).id, on=today_on())
        if not held:
            raise NotFoundError(
                "membership",
                username,
                Text("此人没有有效身份，请先邀请。", "This person holds no membership; invite them."),
            )
        services.unlock(scope, membership_id=held[0].id)
        token = services.reset(scope, membership_id=held[0].id, drops_second_factor=second_factor, at=at)
    _print_link(site, token)


def _print_link(site: str, token: str) -> None:
    typer.echo(f"{site.rstrip('/')}/join/{token}")
    typer.echo(f"{LINK_DAYS} 天内有效，只能用一次 / valid for {LINK_DAYS} days, for one use", err=True)


def _as_json(row: queries.PersonRow) -> dict[str, object]:
    held = row.member.membership
    place = held.party.name if held.party else held.region.name
    return {
        "membership": held.id,
        "username": row.member.username,
        "name": row.member.display_name,
        "role": str(held.role),
        "place": place.zh,
        "valid_to": row.member.valid_to.isoformat() if row.member.valid_to else None,
    }
