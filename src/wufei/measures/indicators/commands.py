"""`wufei indicators`: compute, trace, check, sheet. Tables for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wufei.kernel.findings import Finding, Severity, has_error
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.measures.indicators import queries
from wufei.measures.indicators.core.as_json import Json, computation_json, number, trace_json
from wufei.measures.indicators.core.figures import Computation, Figure, Status
from wufei.measures.indicators.core.lineage import Trace, TracedQuantity
from wufei.records.ledger.queries import find_as_of
from wufei.runtime.access.core import Scope
from wufei.runtime.identity.queries import find_region

app = typer.Typer(help="指标：测算、溯源、核对、底稿 / Indicators", no_args_is_help=True)

RegionOption = Annotated[
    list[str], typer.Option("--region", help="区域：代码、标识或名称，可重复 / code, key or name; may repeat")
]
PeriodOption = Annotated[str, typer.Option("--year", "--period", help="2018, 2025Q1, 2025-03 ... 年、季、月")]
BookOption = Annotated[str | None, typer.Option("--book", help="账簿 / book, such as published:bda-2020")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]
PlanOption = Annotated[bool, typer.Option("--plan", help="只列方案中的指标 / only indicators of the plan")]
EnglishOption = Annotated[bool, typer.Option("--english", help="英文 / in English")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="数据截至：封存序号或日期 / a sealed sequence, or a day")
]
FigureArgument = Annotated[str, typer.Argument(help="指标@区域/时段/账簿 / indicator@region/period/book")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="每个量列出的笔数 / rows of each quantity")]

_STYLES = {Status.MET: "green", Status.ON_TRACK: "cyan", Status.BEHIND: "red"}
_SEVERITY_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.EXPLAIN: "cyan"}


@app.command()
def compute(
    region: RegionOption,
    year: PeriodOption,
    book: BookOption = None,
    *,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    plan: PlanOption = False,
    english: EnglishOption = False,
) -> None:
    """测算一个或几个区域的全部指标 / Compute all indicators of some regions."""
    scope = _scope(english=english)
    found = queries.compute(
        scope,
        region_ids=[find_region(each).id for each in region],
        period=Period.parse(year),
        book=book,
        as_of=find_as_of(scope, as_of) if as_of else None,
    )
    chosen = tuple(figure for figure in found.figures if figure.plan_id) if plan else found.figures
    found = Computation(chosen, found.period, found.as_of, found.books)
    if as_json:
        _print_json(computation_json(found, scope.language))
    else:
        _print_figures(found, scope.language)


@app.command()
def trace(
    figure_id: FigureArgument,
    *,
    limit: LimitOption = 20,
    quantity: Annotated[str | None, typer.Option("--quantity", help="只看一个量 / one quantity")] = None,
    after: Annotated[str | None, typer.Option("--after", help="翻页 / next page")] = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    english: EnglishOption = False,
) -> None:
    """列出一个数值依据的流水和观测 / List the transfers and observations behind a figure."""
    scope = _scope(english=english)
    state = find_as_of(scope, as_of) if as_of else None
    found = queries.trace(scope, figure_id, quantity=quantity, limit=limit, after=after, as_of=state)
    if as_json:
        _print_json(trace_json(found, scope.language))
    else:
        _print_trace(found, scope.language)


@app.command()
def check(
    plan_id: Annotated[str, typer.Argument(help="方案，如 bda-2020 / plan")],
    *,
    as_json: JsonOption = False,
    english: EnglishOption = False,
) -> None:
    """核对一份方案；有必须修改的问题时退出码为 1 / Check a plan; exit code 1 if something must be mended."""
    scope = _scope(english=english)
    findings = sorted(queries.check_plan(scope, plan_id), key=lambda finding: finding.severity.rank)
    if as_json:
        _print_json({"plan": plan_id, "findings": [each.as_json(scope.language) for each in findings]})
    else:
        _print_findings(findings, scope.language)
    if has_error(findings):
        raise typer.Exit(1)


@app.command()
def sheet(
    figure_id: FigureArgument,
    file: Annotated[Path, typer.Argument(help="要写的 .xlsx 文件 / file to write")],
    *,
    english: EnglishOption = False,
) -> None:
    """写出测算底稿（带公式的工作簿）/ Write the working sheet with live formulas."""
    content = queries.working_sheet(_scope(english=english), figure_id)
    file.write_bytes(content)
    words = Text(f"已写出 {file}（{len(content):,} 字节）", f"Wrote {file} ({len(content):,} bytes)")
    _console().print(words.in_language("en" if english else "zh"), markup=False)


def _scope(*, english: bool) -> Scope:
    return Scope.operator("en" if english else "zh-hans")


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _print_json(content: Json) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _print_figures(found: Computation, language: str) -> None:
    english = language.startswith("en")
    for key in found.books:
        figures = [figure for figure in found.figures if figure.region.key == key]
        table = Table(title=_heading(found, figures, key, language), title_justify="left")
        for words in _FIGURE_COLUMNS:
            table.add_column(words.en if english else words.zh, overflow="fold")
        for figure in figures:
            table.add_row(*_figure_cells(figure, language), style=_STYLES.get(figure.status, ""))
        _console().print(table)


def _heading(found: Computation, figures: Sequence[Figure], key: str, language: str) -> str:
    name = figures[0].region.name.in_language(language) if figures else key
    as_of = found.as_of.text.in_language(language)
    return f"{name} · {found.period.label(language)} · {found.books[key]} · {as_of}"


_FIGURE_COLUMNS = (
    Text("指标", "Indicator"),
    Text("测算值", "Computed"),
    Text("上报值", "Reported"),
    Text("目标", "Target"),
    Text("状态", "Status"),
    Text("说明", "Remark"),
)


def _figure_cells(figure: Figure, language: str) -> tuple[str, ...]:
    value = "–" if figure.value is None else f"{number(figure.value):,.6g} {figure.unit}"
    return (
        f"{figure.name.in_language(language)}\n[dim]{figure.indicator}[/dim]",
        value,
        figure.reported.text if figure.reported else "",
        figure.target.text if figure.target else "",
        figure.status.label.in_language(language),
        figure.reason.in_language(language),
    )


def _print_trace(found: Trace, language: str) -> None:
    console, figure = _console(), found.figure
    value = "–" if figure.value is None else f"{number(figure.value)} {figure.unit}"
    console.print(f"{figure.name.in_language(language)} = {value}  ({figure.id})", markup=False)
    if figure.reason:
        console.print(figure.reason.in_language(language), markup=False)
    for part in found.quantities:
        _print_quantity(console, part, language)


def _print_quantity(console: Console, part: TracedQuantity, language: str) -> None:
    shown = part.quantity
    value = "–" if shown.value is None else f"{number(shown.value)} {shown.unit}"
    console.print(
        f"\n{shown.name} · {shown.title.in_language(language)} = {value}", style="bold", markup=False
    )
    for words in (shown.missing, part.withheld):
        if words:
            console.print(f"  {words.in_language(language)}", markup=False)
    for each in part.transfers:
        row, share = each.row, each.share * 100
        how = f"{row.step}  {row.stream}  {row.method}  {row.evidence}"
        console.print(
            f"  {row.id}  {row.occurred_on}  {how}  {row.signed_grams:,} g  {share:.3f}%", markup=False
        )
    for observed in part.observations:
        said = observed.text or f"{observed.value} {observed.unit}"
        source = f"{observed.source_title} {observed.source_clause}"
        console.print(f"  {observed.uuid}  {observed.metric}  {said}  {source}", markup=False)
    if part.hidden_transfers:
        words = Text(
            f"另有 {part.hidden_transfers} 笔不在可见范围", f"{part.hidden_transfers} more out of sight"
        )
        console.print(f"  {words.in_language(language)}", markup=False)
    if part.after:
        console.print(f"  --quantity {shown.name} --after {part.after}", style="dim", markup=False)


def _print_findings(findings: Sequence[Finding], language: str) -> None:
    console = _console()
    for finding in findings:
        label = finding.severity.label.in_language(language)
        style = _SEVERITY_STYLES.get(finding.severity, "")
        console.print(f"{label}  {finding.where}  {finding.code}", style=style, markup=False)
        console.print(f"    {finding.message.in_language(language)}", markup=False)
        console.print(f"    → {finding.fix.in_language(language)}", style="dim", markup=False)
    if not findings:
        console.print(Text("没有发现问题。", "Nothing was found.").in_language(language), markup=False)
