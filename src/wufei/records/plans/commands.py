"""`wufei plan read FILE`: what a plan file holds, and every doubt about it; nothing is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wufei.kernel.findings import Finding, has_error
from wufei.records.plans.core.reading.as_json import plan_json
from wufei.records.plans.core.reading.files import read_plan_file
from wufei.records.plans.core.reading.result import ReadPlan
from wufei.records.plans.core.values import PlanValue

_SHOWN_MAX = 24

plan = typer.Typer(help="方案：读文件 / plans: read a file", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group ``plan``."""
    app.add_typer(plan, name="plan")


@plan.callback()
def group() -> None:
    """方案 / Plans."""


@plan.command()
def read(
    file: Annotated[
        Path, typer.Argument(help="DOCX、PDF、TXT、HTML 或 XLSX / file", exists=True, dir_okay=False)
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / JSON for machines")] = False,
) -> None:
    """读出方案的指标、任务、项目和疑点，不入库 / Read a plan; exit code 1 if something must be mended."""
    found = read_plan_file(file.read_bytes(), file.name)
    if as_json:
        typer.echo(json.dumps(plan_json(found), ensure_ascii=False, indent=1))
    else:
        _print(found)
    if has_error(found.findings):
        raise typer.Exit(1)


def _print(found: ReadPlan) -> None:
    console = Console(highlight=False, soft_wrap=True)
    head = found.head
    console.print(head.title or "（没有标题 / no title）", style="bold", markup=False)
    years = "、".join(map(str, head.target_years))
    console.print(
        f"{head.region}  {head.number}  {head.issued_on}  基准年 base {head.base_year or '—'}  "
        f"目标年 target {years or '—'}",
        markup=False,
    )
    _print_indicators(console, found)
    _print_tasks(console, found)
    for each in found.findings:
        console.print(_line(each), markup=False)
    console.print(
        f"指标 {len(found.indicators)}，任务 {len(found.tasks)}，项目 {len(found.projects)}，"
        f"文字目标 {len(found.targets)}，疑点 {len(found.findings)} / {len(found.indicators)} indicators, "
        f"{len(found.tasks)} tasks, {len(found.projects)} projects, "
        f"{len(found.targets)} targets in the text, "
        f"{len(found.findings)} findings",
        markup=False,
    )


def _print_indicators(console: Console, found: ReadPlan) -> None:
    if found.indicators:
        table = Table("序号 no", "指标 indicator", "基期 base", "目标 target", "单位 units", box=None)
        for each in found.indicators:
            targets = "；".join(f"{year or '?'} {_said(value)}" for year, value in each.targets)
            table.add_row(each.no, each.name, _said(each.baseline), targets, "、".join(each.units))
        console.print(table)


def _print_tasks(console: Console, found: ReadPlan) -> None:
    if found.tasks:
        table = Table("序号 no", "任务 task", "牵头 lead", "责任 support", "时限 due", box=None)
        for each in found.tasks:
            words = each.text if len(each.text) <= _SHOWN_MAX else f"{each.text[:_SHOWN_MAX]}…"
            table.add_row(each.no, words, "、".join(each.lead), "、".join(each.support), each.due)
        console.print(table)


def _said(value: PlanValue | None) -> str:
    return value.text if value else ""


def _line(found: Finding) -> str:
    fix = f"\n    → {found.fix.zh} / {found.fix.en}" if found.fix else ""
    head = f"{found.severity.label.zh}  {found.where}  {found.code}".replace("    ", "  ")
    return f"{head}\n    {found.message.zh} / {found.message.en}{fix}"
