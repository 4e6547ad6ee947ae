"""`wufei demo`: the first-run city, loaded and served."""

from __future__ import annotations

import time

import typer
from django.conf import settings
from rich.console import Console
from rich.table import Table

from wufei.demo.loading import DEMO_PLAN, load_steps
from wufei.demo.marker import clear_mark, is_marked, set_mark
from wufei.demo.people import load_people, place_of, sign_ins
from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text
from wufei.records.plans.queries import list_plans
from wufei.runtime.access.core import Scope
from wufei.runtime.database.services import migrate
from wufei.runtime.environment import environment
from wufei.runtime.jobs.services import working_beside
from wufei.runtime.serving.services import serve as serve_site

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("demo")(demo)


def demo(
    port: int = typer.Option(8000, help="Port; 0 takes a free one (端口)."),
    host: str = typer.Option("127.0.0.1", help="Address to listen on (监听地址)."),
    serve: bool = typer.Option(True, "--serve/--no-serve", help="Serve after loading (载入后启动网站)."),
    work: bool = typer.Option(True, "--work/--no-work", help="Run wufei work beside it (同时运行后台任务)."),
) -> None:
    """Load the demo city and serve it (载入演示数据并启动)."""
    console = Console(highlight=False)
    load(console)
    if not serve:
        return
    if host not in LOOPBACK:
        console.print(
            "! 演示口令人人可知：监听其他地址时，同一网络内的人都能登录。\n"
            "  The demo password is known to all: on another address everybody in the network can sign in.",
            style="yellow",
            markup=False,
        )
    settings.DEMO = True
    settings.DEMO_SIGN_INS = sign_ins(load_people())
    table = _sign_in_table()
    with working_beside(wanted=work):
        serve_site(host=host, port=port, on_ready=lambda address: _welcome(console, address, table))


def load(console: Console) -> None:
    """Migrate and load, telling each step and its time; nothing is done twice."""
    began = time.perf_counter()
    _tell(console, Text("数据表", "Tables"), _migrated(migrate()), began)
    if is_marked(environment()) and _is_there():
        console.print("✓ 演示数据已是最新 Demo data are up to date", markup=False)
        return
    clear_mark(environment())
    try:
        for step in load_steps():
            begun = time.perf_counter()
            _tell(console, step.name, step.run(), begun)
    except ConflictError as error:
        # An older demo in the ledger still serves; the message says how to get the new one.
        console.print(f"! {error.message.zh}\n  {error.message.en}", style="yellow", markup=False)
        return
    set_mark(environment())
    console.print(f"  共 in all {time.perf_counter() - began:.1f} s", style="dim", markup=False)


def _is_there() -> bool:
    return any(plan.id == DEMO_PLAN for plan in list_plans(Scope.operator()))


def _migrated(count: int) -> Text:
    if not count:
        return Text("已是最新", "up to date")
    return Text(f"{count} 项迁移", f"{count} migrations")


def _tell(console: Console, name: Text, result: Text, begun: float) -> None:
    seconds = time.perf_counter() - begun
    console.print(
        f"✓ {name.zh} {name.en}: {result.zh} / {result.en}  {seconds:.1f} s", markup=False, soft_wrap=True
    )


def _sign_in_table() -> Table:
    people = load_people()
    table = Table(title=f"演示账号 Sign-ins，口令 password: {people.password}", title_justify="left")
    for heading in ("用户名 User", "姓名 Name", "身份 Post"):
        table.add_column(heading, overflow="fold")
    for person in people.persons:
        table.add_row(person.username, f"{person.name.zh} {person.name.en}", place_of(person).zh)
    return table


def _welcome(console: Console, address: str, table: Table) -> None:
    console.print(table)
    console.print(f"无废 Wufei: {address}  (Ctrl-C 停止 / stops)", style="bold", markup=False, soft_wrap=True)
