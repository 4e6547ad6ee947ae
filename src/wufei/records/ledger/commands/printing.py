"""What several commands print: tables, and the Findings of a check."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from wufei.kernel.findings import Finding


def end(findings: list[Finding], *, said: bool) -> None:
    """Tell the defects, unless the JSON has said them, and end with 1 if there are any."""
    for found in () if said else findings:
        typer.echo(f"✗ {found.message.zh}\n  {found.message.en}")
    if findings:
        raise typer.Exit(1)


def table(columns: tuple[str, ...]) -> Table:
    """Make a table without lines; masses stand to the right."""
    lines = Table(box=None, pad_edge=False)
    for name in columns:
        lines.add_column(name, justify="right" if "(t)" in name else "left", overflow="fold")
    return lines


def show(lines: Table) -> None:
    """Print a table."""
    Console(soft_wrap=False).print(lines)
