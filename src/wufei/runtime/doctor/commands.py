"""`wufei doctor`: how each part is, and how to mend it."""

from __future__ import annotations

import json

import typer
from rich.console import Console

from wufei.runtime.doctor.core import Check, State, exit_code
from wufei.runtime.doctor.services import check_up
from wufei.runtime.environment import environment

SIGNS = {State.OK: "[green]✓[/]", State.WARNING: "[yellow]![/]", State.FAILED: "[red]✗[/]"}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("doctor")(doctor)


def doctor(
    as_json: bool = typer.Option(False, "--json", help="Print JSON (输出 JSON)."),
    language: str = typer.Option("zh-hans", "--language", help="zh-hans or en (语言)."),
) -> None:
    """Check every part and say how to mend it (检查各部分并给出处理办法)."""
    checks = check_up(environment())
    if as_json:
        listed = [check.as_json(language) for check in checks]
        typer.echo(json.dumps({"ok": exit_code(checks) == 0, "checks": listed}, ensure_ascii=False, indent=2))
    else:
        _print(checks, language)
    raise typer.Exit(exit_code(checks))


def _print(checks: list[Check], language: str) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for check in checks:
        console.print(SIGNS[check.state], end=" ")
        found = check.found.in_language(language)
        console.print(f"{check.title.in_language(language)}: {found}", markup=False)
        if check.fix:
            console.print(f"  → {check.fix.in_language(language)}", markup=False)
