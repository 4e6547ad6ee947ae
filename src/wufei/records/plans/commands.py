"""`wufei plan read FILE` and `wufei plan eia FILE`: what a file holds, and every doubt; nothing is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wufei.kernel.findings import Finding, has_error
from wufei.records.plans.core.eia.as_json import eia_json
from wufei.records.plans.core.eia.values import Eia
from wufei.records.plans.core.reading.as_json import plan_json
from wufei.records.plans.core.reading.files import read_plan_file
from wufei.records.plans.core.reading.result import ReadPlan
from wufei.records.plans.core.values import PlanValue

_SHOWN_MAX = 24

plan = typer.Typer(help="方案与环评：读文件 / plans and assessments: read a file", no_args_is_help=True)


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


@plan.command()
def eia(
    file: Annotated[
        Path, typer.Argument(help="环评 DOCX、PDF、TXT、HTML、XLSX / file", exists=True, dir_okay=False)
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / JSON for machines")] = False,
) -> None:
    """读出环评的固体废物并检查缺漏，不入库 / Check the waste of an assessment; exit code 1 on errors."""
    read, findings = _checked(file.read_bytes(), file.name)
    if as_json:
        typer.echo(json.dumps(eia_json(read, findings), ensure_ascii=False, indent=1))
    else:
        _print_eia(read, findings)
    if has_error(findings):
        raise typer.Exit(1)


def _checked(content: bytes, name: str) -> tuple[Eia, tuple[Finding, ...]]:
    # `plan read` only computes and does not wait for Django.
    from django.db import OperationalError, ProgrammingError  # noqa: PLC0415
    from psycopg.errors import UndefinedTable  # noqa: PLC0415

    from wufei.records.plans.queries.eia import check_eia, check_eia_packaged  # noqa: PLC0415
    from wufei.runtime.access.core import Scope  # noqa: PLC0415
    from wufei.runtime.clock import today_on  # noqa: PLC0415

    try:
        page = check_eia(Scope.operator(), content=content, name=name, on=today_on())
    except (OperationalError, ProgrammingError) as error:
        # As for names of waste: without a database, or beside one not upgraded yet, the packaged lists do.
        if isinstance(error, ProgrammingError) and not isinstance(error.__cause__, UndefinedTable):
            raise
        typer.echo(
            "没有可用的数据库，按随附名录检查 / no database to use here: checked by the packaged lists",
            err=True,
        )
        page = check_eia_packaged(content=content, name=name, on=today_on())
    return page.eia, page.findings


def _print_eia(eia: Eia, findings: tuple[Finding, ...]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(eia.title or "（没有标题 / no title）", style="bold", markup=False)
    if eia.wastes:
        table = Table("废物 waste", "属性 kind", "代码 code", "产生量 amount", "去向 outlet", box=None)
        for each in eia.wastes:
            outlet = each.fields.get("outlet") or each.fields.get("receiver", "")
            amount = each.amount.text if each.amount else ""
            table.add_row(
                each.name, each.kind.label.zh, "、".join(each.codes) or each.category, amount, outlet
            )
        console.print(table)
    for found in findings:
        console.print(_line(found), markup=False)
    console.print(
        f"固体废物 {len(eia.wastes)}，贮存场所 {len(eia.stores)}，需处理 {len(findings)} / "
        f"{len(eia.wastes)} wastes, {len(eia.stores)} stores, {len(findings)} findings",
        markup=False,
    )


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
