"""`wufei`: the commands of every room, with the database opened before and released after."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import typer
from rich.console import Console

from wufei.kernel.errors import WufeiError
from wufei.kernel.text import Text
from wufei.runtime.environment import environment

ROOMS_WITH_COMMANDS = (
    "wufei.runtime.database",
    "wufei.runtime.serving",
    "wufei.runtime.doctor",
    "wufei.runtime.jobs",
    "wufei.runtime.outbox",
    "wufei.runtime.audit",
    "wufei.runtime.people",
    "wufei.runtime.notices",
    "wufei.runtime.signing",
    "wufei.records.catalogue",
    "wufei.records.registry",
    "wufei.records.observations",
    "wufei.records.ledger",
    "wufei.records.plans",
    "wufei.measures.indicators",
    "wufei.demo",
)
"""Each has a module ``commands`` with a Typer ``app`` (a group of the room's name) or ``register(app)``."""

OPENS_ITSELF = frozenset({"doctor", "backup", "restore", "upgrade"})
"""Commands that look at a database which may not open, or that open another one."""

WITHOUT_DATABASE = frozenset({("ledger", "check-proof")})
"""Commands that need none: an auditor's."""

OPENS_WHAT_THERE_IS = frozenset({("catalogue", "find"), ("plan", "eia")})
"""Commands that make no database: what was imported counts, and without it what comes with Wufei."""

WITHOUT_DJANGO: dict[tuple[str, str], str] = {("plan", "read"): "wufei.records.plans"}
"""Commands that only compute, with their room: they start at once, as nothing else is loaded."""

HELP = frozenset({"--help", "-h", "--install-completion", "--show-completion"})


def build_app(rooms: Sequence[str] = ROOMS_WITH_COMMANDS) -> typer.Typer:
    """Assemble the program from the rooms; Django is set up before, as commands import models."""
    app = typer.Typer(
        name="wufei",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Wufei 无废: a city's zero-waste programme.",
    )
    for room in rooms:
        if find_spec(f"{room}.commands") is None:
            continue
        commands = import_module(f"{room}.commands")
        if hasattr(commands, "register"):
            commands.register(app)
        else:
            app.add_typer(commands.app, name=room.rpartition(".")[2])
    return app


def main() -> None:
    """Run the program; an error of ours is told in two lines, without a traceback."""
    arguments = sys.argv[1:]
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    # A terminated command releases the database like one that ends by itself.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    alone = WITHOUT_DJANGO.get((arguments[0], arguments[1])) if len(arguments) > 1 else None
    try:
        if alone:
            build_app((alone,))()
        else:
            _run(console, arguments)
    except WufeiError as error:
        console.print(f"✗ {error.message.zh}", style="red", markup=False)
        if error.message.en:
            console.print(f"  {error.message.en}", markup=False)
        sys.exit(1)


def _run(console: Console, arguments: Sequence[str]) -> None:
    # A command that only computes does not wait for Django and the database's libraries.
    from wufei.runtime.database.services import database_exists  # noqa: PLC0415
    from wufei.runtime.process import running, set_up_django  # noqa: PLC0415

    here = environment()
    if needs_database(arguments, there=database_exists(here)):
        with running(here, report=lambda text: _say(console, text)):
            build_app()()
    else:
        set_up_django()
        build_app()()


def needs_database(arguments: Sequence[str], *, there: bool) -> bool:
    """Say whether a command line needs the database: not for help, nor to look at a broken one."""
    if not arguments or arguments[0] in OPENS_ITSELF or tuple(arguments[:2]) in WITHOUT_DATABASE:
        return False
    if tuple(arguments[:2]) in OPENS_WHAT_THERE_IS and not there:
        return False
    return not HELP.intersection(arguments)


def _say(console: Console, text: Text) -> None:
    console.print(f"{text.zh} {text.en}", style="dim", markup=False)
