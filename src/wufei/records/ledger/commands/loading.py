"""`wufei ledger template` and `post`: records from a file, and what is wrong with its cells."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Severity
from wufei.kernel.text import Text
from wufei.records.ledger import services
from wufei.records.ledger.core.sheet.files import Upload
from wufei.records.ledger.core.sheet.headers import row_number
from wufei.records.ledger.core.sheet.messages import RowFinding
from wufei.records.ledger.core.sheet.reports import LoadReport, Tally
from wufei.records.ledger.core.sheet.template import template_text, template_workbook
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.files.core.sheets import PARQUET_BYTES_MAX, refuse_large

app = typer.Typer()

PRINTED = 50
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


class Language(StrEnum):
    """Language of the template."""

    ZH = "zh"
    EN = "en"


@app.command("template")
def write_template(
    out: Annotated[
        Path, typer.Option("--out", dir_okay=False, help="写入文件，.xlsx 或 .csv / file to write")
    ] = Path("台账模板.xlsx"),
    lang: Annotated[Language, typer.Option(help="语言 / language")] = Language.ZH,
) -> None:
    """Write a file to fill in: columns with lists to choose from, an example of each step, explanations."""
    kind = out.suffix.lower()
    if kind not in {".xlsx", ".csv"}:
        raise InputError(
            "ledger.template-kind",
            "out",
            out.name,
            Text(f"“{out.name}”应以 .xlsx 或 .csv 结尾。", f"“{out.name}” should end in .xlsx or .csv."),
        )
    out.write_bytes(template_workbook(lang) if kind == ".xlsx" else template_text(lang))
    typer.echo(f"模板已写入 / template written: {out}")


@app.command("post")
def post_file(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV、XLSX 或 Parquet 文件 / file")
    ],
    sheet: Annotated[str, typer.Option(help="只读这张工作表 / read this sheet only")] = "",
    keep_good: Annotated[
        bool, typer.Option("--keep-good", help="正确的照常入账 / keep what is right beside what is wrong")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查，不入账 / check only, write nothing")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / JSON for machines")] = False,
) -> None:
    """Post the records of a file: all of them or none; exit 1 and say why if any is wrong."""
    size = file.stat().st_size
    if size > PARQUET_BYTES_MAX:
        raise refuse_large(file.name, size, PARQUET_BYTES_MAX)
    upload = Upload(file.read_bytes(), file.name, sheet)
    report = services.load_file(Scope.operator(), upload, keep_good=keep_good, now=now(), dry_run=dry_run)
    if as_json:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=1))
    else:
        _print(report)
    if report.tally.refused:
        raise typer.Exit(1)


def _as_json(report: LoadReport) -> dict[str, object]:
    tally = report.tally
    findings = [
        {"row": row_number(one.row), "column": one.column, **one.finding.as_json()} for one in report.findings
    ]
    return {
        "load": str(report.load_id) if report.load_id else None,
        "outcome": report.outcome.value,
        "posted": tally.posted,
        "repeated": tally.repeated,
        "refused": tally.refused,
        "unwritten": tally.unwritten,
        "rows": tally.rows,
        "findings_total": report.findings_total,
        "findings": findings,
    }


def _print(report: LoadReport) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for one in report.findings[:PRINTED]:
        _print_finding(console, one)
    hidden = report.findings_total - min(PRINTED, len(report.findings))
    if hidden:
        zh, en = f"… 另有 {hidden:,} 条，见“台账 → 导入”", f"{hidden:,} more: see Ledger → Load a file"
        console.print(f"{zh} / {en}", markup=False)
    told = _tally(report.tally)
    label = report.outcome.label
    console.print(f"{label.zh}：{told.zh} / {label.en}: {told.en}", markup=False)
    if report.tally.repeated:
        zh = "已有：内容与以前入账的完全相同；若确是另一笔，请填写凭证号加以区分"
        en = "repeated: the same content was posted before; tell another record apart by its document"
        console.print(f"{zh} / {en}", style="dim", markup=False)


def _tally(tally: Tally) -> Text:
    zh = f"新入账 {tally.posted:,} 行，已有 {tally.repeated:,} 行，有误 {tally.refused:,} 行"
    en = f"{tally.posted:,} posted, {tally.repeated:,} repeated, {tally.refused:,} refused"
    if tally.unwritten:
        return Text(
            f"{zh}，另 {tally.unwritten:,} 行因此未入账", f"{en}, {tally.unwritten:,} right ones left out"
        )
    return Text(zh, en)


def _print_finding(console: Console, one: RowFinding) -> None:
    """Print place, column and value, then what is wrong, the rule and what to do."""
    found = one.finding
    value = f"“{found.value}”" if found.value else ""
    head = "  ".join(part for part in (found.where, one.column, value) if part)
    label = found.severity.label
    console.print(f"{label.zh} {label.en}  {head}", style=_COLOURS.get(found.severity), markup=False)
    console.print(f"    {found.message.zh} / {found.message.en}", markup=False)
    console.print(f"    规则 / rule: {found.rule.zh} / {found.rule.en}", style="dim", markup=False)
    console.print(f"    → {found.fix.zh} / {found.fix.en}", markup=False)
