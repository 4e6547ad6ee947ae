"""`wufei catalogue`: import official lists, and see what was imported."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.db import OperationalError, ProgrammingError
from psycopg.errors import UndefinedTable
from rich.console import Console
from rich.table import Table

from wufei.kernel.findings import Finding
from wufei.records.catalogue.core.annex import AnnexItem
from wufei.records.catalogue.core.naming.answers import Status
from wufei.records.catalogue.core.naming.as_json import answer_json
from wufei.records.catalogue.core.naming.find import LIMIT
from wufei.records.catalogue.core.naming.printing import answer_lines
from wufei.records.catalogue.queries import find_name, find_packaged, official_lists
from wufei.records.catalogue.services import ImportReport, ListFile, import_list
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now, today_on

app = typer.Typer(help="名录：导入官方附表 / the lists: import official annexes", no_args_is_help=True)

_SHOWN = 20
"""Items of each kind that the report names; ``--json`` has them all."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="官方附表 XLSX 或 CSV / annex", exists=True, dir_okay=False)],
    *,
    effective: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="施行日期，默认为现行名录的 / first day of the list"),
    ] = None,
    title: Annotated[str, typer.Option(help="名录全称 / title of the list")] = "",
    part: Annotated[bool, typer.Option(help="只是名录的一部分 / only a part of the list")] = False,
    withdraw_many: Annotated[
        bool, typer.Option(help="确认大量停用 / so many items were indeed withdrawn")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="只比较，不写入 / compare, write nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / JSON for machines")] = False,
) -> None:
    """导入官方附表，有问题的行列出并跳过 / Import an annex; bad rows are left out (exit code 1)."""
    effective_on = effective.date() if effective else None
    listed = ListFile(file.read_bytes(), file.name, title.strip(), effective_on, part)
    report = import_list(
        Scope.operator(), file=listed, now=now(), dry_run=dry_run, withdraw_many=withdraw_many
    )
    if as_json:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=1))
    else:
        _print(report, part=part, dry_run=dry_run)
    if report.findings:
        raise typer.Exit(1)


@app.command()
def lists() -> None:
    """列出已导入的名录 / List the imports."""
    table = Table("施行 from", "名录 list", "条目 items", "整份 whole", "文件 file", box=None)
    for row in official_lists():
        whole = "是 yes" if row.whole else "否 no"
        table.add_row(row.effective_on.isoformat(), row.title, str(row.items), whole, row.file_name)
    Console(highlight=False).print(table)


@app.command("find")
def find_command(
    text: Annotated[str, typer.Argument(help="废物的俗称、品牌、拼音或英文 / any name of the waste")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=20, help="最多几个 / most candidates")] = LIMIT,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / JSON for machines")] = False,
) -> None:
    """名称查代码，附理由和要问的问题 / Find the codes of a name (exit code 1 if there is nothing to read)."""
    try:
        answer = find_name(Scope.operator(), text, on=today_on(), limit=limit)
    except (OperationalError, ProgrammingError) as error:
        # None was made here, it cannot be reached, or it is of an older release and was not upgraded yet:
        # what comes with Wufei still answers.
        if isinstance(error, ProgrammingError) and not isinstance(error.__cause__, UndefinedTable):
            raise
        answer = find_packaged(text, on=today_on(), limit=limit)
        typer.echo(
            "没有可用的数据库，按随附名录回答 / no database to use here: answered from the packaged lists",
            err=True,
        )
    if as_json:
        typer.echo(json.dumps(answer_json(answer), ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(answer_lines(answer)))
    if answer.status is Status.EMPTY:
        raise typer.Exit(1)


def _print(report: ImportReport, *, part: bool, dry_run: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    comparison = report.comparison
    console.print(f"{report.title} · {report.effective_on} 起 / from {report.effective_on}", markup=False)
    for sign, items in (("+", comparison.new), ("−", comparison.withdrawn)):
        _print_items(console, sign, items)
    for change in comparison.changed[:_SHOWN]:
        fields = "、".join(change.fields)
        console.print(f"  ~ {change.after.code}  {fields}  {change.after.name[:40]}", markup=False)
    for found in report.findings:
        console.print(_line(found), markup=False)
    console.print(
        f"新增 {len(comparison.new)}，变更 {len(comparison.changed)}，停用 {len(comparison.withdrawn)}，"
        f"相同 {len(comparison.equal)}，拒绝 {len(report.findings)} 行 / "
        f"{len(comparison.new)} new, {len(comparison.changed)} changed, "
        f"{len(comparison.withdrawn)} withdrawn, {len(comparison.equal)} equal, "
        f"{len(report.findings)} rows refused",
        markup=False,
    )
    _print_notes(console, report, part=part, dry_run=dry_run)


def _print_notes(console: Console, report: ImportReport, *, part: bool, dry_run: bool) -> None:
    if report.unconfirmed:
        codes = " ".join(report.unconfirmed[:_SHOWN])
        console.print(
            f"随附的 {len(report.unconfirmed)} 个代码不在官方附表中，自该日起不再使用 / "
            f"{len(report.unconfirmed)} packaged codes are not in the annex and end: {codes}",
            markup=False,
        )
    if report.findings and not part:
        console.print(
            "有行被拒绝，因此按部分名录处理，没有停用任何条目 / As rows were refused, nothing was withdrawn",
            markup=False,
        )
    if not report.written:
        reason = "试运行，未写入 / dry run, nothing written" if dry_run else "没有变化 / nothing has changed"
        console.print(reason, markup=False)


def _print_items(console: Console, sign: str, items: tuple[AnnexItem, ...]) -> None:
    for item in items[:_SHOWN]:
        console.print(f"  {sign} {item.code}  {item.name[:50]}", markup=False)
    if len(items) > _SHOWN:
        console.print(f"  {sign} … {len(items) - _SHOWN} 项 / more", markup=False)


def _line(found: Finding) -> str:
    return (
        f"✕ {found.where}  {found.value}\n    {found.message.zh}{found.rule.zh}{found.fix.zh}\n"
        f"    {found.message.en} {found.rule.en} {found.fix.en}"
    )


def _as_json(report: ImportReport) -> dict[str, object]:
    comparison = report.comparison
    return {
        "list": report.kind.value,
        "title": report.title,
        "effective_on": report.effective_on.isoformat(),
        "written": report.written,
        "new": [item.code for item in comparison.new],
        "changed": [
            {"code": change.after.code, "fields": list(change.fields)} for change in comparison.changed
        ],
        "withdrawn": [item.code for item in comparison.withdrawn],
        "equal": len(comparison.equal),
        "unconfirmed": list(report.unconfirmed),
        "refused": [found.as_json() for found in report.findings],
    }
