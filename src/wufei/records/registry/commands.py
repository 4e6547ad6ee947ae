"""`wufei registry import` and `export`: the register as one workbook; `remind`: what ends soon."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wufei.kernel.findings import Severity
from wufei.records.registry.core.sheets import workbook_of
from wufei.records.registry.queries import register_rows
from wufei.records.registry.services import load_register, tell_due
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import find_region

app = typer.Typer(no_args_is_help=True, help="一企一档 / the register: one file per enterprise.")

PRINTED = 50
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX 文件 / file")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查，不写入 / check only, write nothing")
    ] = False,
) -> None:
    """Load a workbook: good rows are written, bad ones are told; exit code 2 if any row was refused."""
    report = load_register(Scope.operator(), content=file.read_bytes(), name=file.name, apply=not dry_run)
    console = Console(highlight=False, soft_wrap=True)
    for each in report.tallies:
        console.print(
            f"{each.sheet.zh} {each.sheet.en}: 行 rows {each.rows}, 新增 new {each.made}, 更改 changed "
            f"{each.changed}, 相同 same {each.same}, 有误 refused {each.refused}",
            markup=False,
        )
    for finding in report.findings[:PRINTED]:
        colour = _COLOURS.get(finding.severity, "")
        console.print(
            f"{finding.where}: {finding.message.zh} {finding.message.en}", style=colour, markup=False
        )
    if len(report.findings) > PRINTED:
        console.print(f"… {len(report.findings) - PRINTED}", markup=False)
    if any(each.refused for each in report.tallies):
        raise typer.Exit(2)


@app.command("export")
def export_file(
    region: Annotated[str, typer.Option(help="区域 / region")] = "110000",
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="写入文件 / file to write")] = Path(
        "一企一档.xlsx"
    ),
    lang: Annotated[str, typer.Option(help="zh 或 en")] = "zh",
) -> None:
    """Write the register of a region in the layout that import reads."""
    scope = Scope.operator()
    with session(scope):
        out.write_bytes(workbook_of(register_rows(scope, find_region(region).id), lang))
    typer.echo(f"已写入 / written: {out}")


@app.command("template")
def write_template(
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="写入文件 / file to write")] = Path(
        "一企一档模板.xlsx"
    ),
    lang: Annotated[str, typer.Option(help="zh 或 en")] = "zh",
) -> None:
    """Write an empty workbook to fill in."""
    out.write_bytes(workbook_of({}, lang))
    typer.echo(f"已写入 / written: {out}")


@app.command("remind")
def remind() -> None:
    """Tell people of what ends soon and was not told before, as the daily work does (到期提醒)."""
    while told := tell_due(Scope.operator(), on=today_on()):
        for each in told:
            typer.echo(f"{each.text.zh} {each.text.en}")
