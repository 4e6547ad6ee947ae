"""Doubts about the document as a whole: what is missing, tables that were not understood, a second plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.reading.blocks import Block, Paragraph, Table, clean, joined
from wufei.records.plans.core.reading.columns import Kind, Layout, Role
from wufei.records.plans.core.reading.head import is_named_as_plan
from wufei.records.plans.core.reading.responsible import is_due
from wufei.records.plans.core.reading.result import ReadPlan
from wufei.records.plans.core.reading.rows import NUMBER, lines_of
from wufei.records.plans.core.reading.units import is_units
from wufei.records.plans.core.values import parse_value


def whole_doubts(plan: ReadPlan, tables: Sequence[tuple[Table, Layout]]) -> Iterator[Finding]:
    """Give the Findings on what was not found or not understood."""
    if not (plan.indicators or plan.tasks or plan.projects or plan.targets):
        yield nothing_read()
        return
    if not plan.head.title:
        yield _missing(
            "title", Text("标题", "title"), Text("在正文前写明方案全称", "Give the plan's full title first")
        )
    if plan.indicators and plan.head.base_year is None and any(each.baseline for each in plan.indicators):
        yield _missing(
            "base-year",
            Text("基准年", "base year"),
            Text("在表头或正文写明，如“现状值（2020年）”", "Say it in the head of the table or in the text"),
        )
    if any(year is None for each in plan.indicators for year, _ in each.targets):
        yield _missing(
            "target-year",
            Text("目标年", "target year"),
            Text("在表头写明，如“目标值（2025年）”", "Say it in the head of the table"),
        )
    for table, layout in tables:
        if layout.kind is Kind.OTHER and _looks_like_a_list(table):
            yield _without_head(table)
        elif layout.kind is Kind.INDICATORS:
            yield from _unread_rows(table, layout)


def nothing_read() -> Finding:
    """Make the Finding on a document that holds nothing of a plan."""
    return Finding(
        "plan.nothing-read",
        Severity.ERROR,
        "",
        Text("没有读到指标、任务、项目或目标", "No indicator, task, project or target was found"),
        "0",
        Text(
            "方案含有指标表、任务清单或文字目标",
            "A plan holds a table of indicators, a list of tasks or targets in words",
        ),
        Text(
            "请确认选对了文件；扫描件请先做文字识别",
            "Check that it is the right file; a scan needs text recognition first",
        ),
    )


def is_no_plan(plan: ReadPlan) -> bool:
    """Say whether a document is something else: no title or table of a plan, and hardly a task."""
    few = len(plan.tasks) < _TASKS_MIN and not any(each.no for each in plan.tasks)
    few = few and not plan.indicators and not plan.projects
    return few and not is_named_as_plan(plan.head.title)


def no_plan(plan: ReadPlan) -> Finding:
    """Make the Finding on a document that is something else and sets some targets all the same."""
    count = len(plan.targets)
    return Finding(
        "plan.no-plan",
        Severity.ERROR,
        "",
        Text(
            f"这不像是一份方案：没有方案的标题、指标表、任务和项目，只读到{count}个文字目标",
            "This does not look like a plan: no title of one, no indicators, tasks or projects, "
            f"only {count} targets in words",
        ),
        plan.head.title,
        Text("读入的是方案、计划或任务清单", "What is read is a plan or a list of tasks"),
        Text(
            "请确认选对了文件，并包含正文和附件", "Check that it is the right file, with its text and annexes"
        ),
    )


_TASKS_MIN = 3


def _missing(key: str, noun: Text, fix: Text) -> Finding:
    return Finding(
        f"plan.{key}-missing",
        Severity.WARNING,
        "",
        Text(f"没有找到{noun.zh}", f"No {noun.en} was found"),
        "",
        Text(f"方案写明{noun.zh}", f"A plan states its {noun.en}"),
        fix,
    )


def two_plans(start: Block) -> Finding:
    """Make the Finding on a second plan in the same document."""
    words = start.text if isinstance(start, Paragraph) else ""
    return Finding(
        "plan.two-plans",
        Severity.WARNING,
        start.place.label,
        Text(
            f"从“{words[:30]}”起像是另一份方案，只读入了前一份",
            f"Another plan seems to begin at “{words[:30]}”; only the first one was read",
        ),
        words[:60],
        Text("一个文件一份方案", "One file holds one plan"),
        Text("把两份方案拆成两个文件，分别读入", "Split the two into two files and read each"),
    )


def traditional() -> Finding:
    """Make the Finding on a document in traditional characters."""
    return Finding(
        "plan.traditional",
        Severity.NOTE,
        "",
        Text(
            "文件用繁体字，已按简体读入",
            "The document is in traditional characters; it was read as simplified ones",
        ),
        "",
        Text("指标和单位名称按简体比对", "Names are compared in simplified characters"),
        Text("核对人名、地名和专名中的用字", "Check the characters of proper names"),
    )


def goes_on(table: Table, layout: Layout) -> bool:
    """Say whether a table without a head can go on another: as wide, and its first row tells something."""
    first = [joined(cell) for cell in table.rows[0].cells if clean(cell)]
    return table.width == len(layout.columns) and any(
        _tells(cell) or NUMBER.fullmatch(cell) for cell in first
    )


_ROWS_MIN, _SHARE_MIN = 3, 0.6


def _looks_like_a_list(table: Table) -> bool:
    """Say whether a table without a known head has the cells of a list: numbers, values, units, deadlines."""
    rows = [[joined(cell) for cell in row.cells if clean(cell)] for row in table.rows]
    full = [row for row in rows if len(row) >= _ROWS_MIN]
    # A first row of words is a head, of a table that lists something else.
    if len(full) < _ROWS_MIN or not any(map(_tells, rows[0])):
        return False
    telling = [row for row in full if NUMBER.fullmatch(row[0]) and any(map(_tells, row[1:]))]
    return len(telling) >= _SHARE_MIN * len(full)


def _tells(cell: str) -> bool:
    return len(cell) <= 60 and (
        is_units(cell) or is_due(cell) or (parse_value(cell).is_number and "%" in cell)
    )


def _without_head(table: Table) -> Finding:
    first = "｜".join(joined(cell)[:8] for cell in table.rows[0].cells if clean(cell))[:60]
    return Finding(
        "plan.table-without-head",
        Severity.WARNING,
        table.place.label,
        Text(
            f"有一张表（{len(table.rows)}行，首行“{first}”）没有认出表头，未读入",
            f"A table of {len(table.rows)} rows (first: “{first}”) has no known head and was not read",
        ),
        first,
        Text("表头写明各列是什么", "The head says what each column holds"),
        Text(
            "补上表头，如 序号、指标、现状值（年）、目标值（年）、责任单位",
            "Add a head: number, indicator, base, target, units",
        ),
    )


def _unread_rows(table: Table, layout: Layout) -> Iterator[Finding]:
    for line in lines_of(table, layout):
        values = [
            cell for role in (Role.BASE, Role.TARGET) for cell in line.cells.get(role, []) if clean(cell)
        ]
        if values and not line.words(Role.NAME) and any(parse_value(cell).is_number for cell in values):
            yield Finding(
                "plan.row-unread",
                Severity.WARNING,
                line.row.place.label,
                Text(
                    f"这一行有数值“{joined(values[0])}”而没有指标名称，未读入",
                    f"This row has a value “{joined(values[0])}” and no name, so it was not read",
                ),
                joined(values[0]),
                Text("每行有指标名称", "Every row names its indicator"),
                Text(
                    "补上指标名称；若是上一行的续行，请合并",
                    "Add the name; if it goes on the row above, merge them",
                ),
            )
