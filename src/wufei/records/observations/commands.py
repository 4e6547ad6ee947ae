"""`wufei observations`: enter values that are not mass from a file, and see what can be entered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wufei.kernel.findings import Finding
from wufei.records.catalogue.core.metrics import load_metrics
from wufei.records.observations.services import Report, record_file
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now

app = typer.Typer(help="观测值：录入与可录入的项目 / values that are not mass", no_args_is_help=True)


@app.command()
def record(
    file: Annotated[Path, typer.Argument(help="YAML 或 CSV 文件 / file", exists=True, dir_okay=False)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / JSON for machines")] = False,
) -> None:
    """录入一个文件，有问题的行列出并跳过 / Record a file; bad rows are listed and left out (exit code 1)."""
    report = record_file(Scope.operator(), file, now=now())
    if as_json:
        _print_json(report)
    else:
        _print_report(report)
    if any(found.severity == "error" for found in report.findings):
        raise typer.Exit(1)


@app.command()
def metrics() -> None:
    """列出可录入的项目及单位 / List what can be entered, with its unit."""
    table = Table("id", "名称", "name", "单位 unit", box=None)
    for metric in load_metrics().values():
        table.add_row(metric.id, metric.name.zh, metric.name.en, metric.unit)
    Console(highlight=False).print(table)


def _print_report(report: Report) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for found in report.findings:
        console.print(_line(found), markup=False)
    console.print(
        f"新录入 {len(report.recorded)} 项，已有 {len(report.repeated)} 项 / "
        f"{len(report.recorded)} recorded, {len(report.repeated)} already there",
        markup=False,
    )


def _line(found: Finding) -> str:
    fix = f"\n    → {found.fix.zh} / {found.fix.en}" if found.fix else ""
    head = f"{found.severity.label.zh}  {found.where}  {found.code}"
    return f"{head}\n    {found.message.zh} / {found.message.en}{fix}"


def _print_json(report: Report) -> None:
    typer.echo(
        json.dumps(
            {
                "recorded": [str(each) for each in report.recorded],
                "repeated": [str(each) for each in report.repeated],
                "findings": [found.as_json() for found in report.findings],
            },
            ensure_ascii=False,
            indent=1,
        )
    )
