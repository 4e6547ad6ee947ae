"""Doubts about what was left: tables, columns and rows not understood, numbers of the text not taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.reading.blocks import Paragraph, Table, clean, joined
from wufei.records.plans.core.reading.by_cells import left_over, what_it_holds
from wufei.records.plans.core.reading.columns import Column, Layout
from wufei.records.plans.core.reading.held import Holds
from wufei.records.plans.core.reading.items import number_and_rank
from wufei.records.plans.core.reading.responsible import is_due
from wufei.records.plans.core.reading.result import ReadPlan
from wufei.records.plans.core.reading.roles import Kind, Role
from wufei.records.plans.core.reading.rows import NUMBER, lines_of
from wufei.records.plans.core.reading.targets import amounts_for_a_year
from wufei.records.plans.core.reading.units import is_units, names_an_office
from wufei.records.plans.core.values import parse_value


def unread_doubts(
    plan: ReadPlan, tables: Sequence[tuple[Table, Layout]], paragraphs: Sequence[Paragraph]
) -> Iterator[Finding]:
    """Give the Findings on what was left of tables and text, or read without the words of a head."""
    for table, layout in tables:
        if layout.kind is Kind.OTHER:
            yield from _of_no_list(table)
            continue
        told = [layout.columns[at] for at in sorted(layout.by_cells)]
        if told:
            yield _by_cells(table, told)
        for column in left_over(table, layout):
            yield _left_over(table, column)
        if layout.kind is Kind.INDICATORS:
            yield from _unread_rows(table, layout)
    yield from _lines_like_a_table(paragraphs)
    yield from _numbers(plan, paragraphs)
    if not plan.tasks:
        yield from _items(paragraphs)


def goes_on(table: Table, layout: Layout) -> bool:
    """Say whether a table without a head can go on another: as wide, and its first row tells something."""
    first = [joined(cell) for cell in table.rows[0].cells if clean(cell)]
    return table.width == len(layout.columns) and any(
        _tells(cell) or NUMBER.fullmatch(cell) for cell in first
    )


# ── tables


def _of_no_list(table: Table) -> Iterator[Finding]:
    if _looks_like_a_list(table):
        yield _without_head(table)
    elif len(table.rows) >= _ROWS_MIN and {Holds.VALUE, Holds.UNITS, Holds.DUE} & what_it_holds(table):
        yield _unread(table)


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


def _unread(table: Table) -> Finding:
    first = _first_words(table)
    return Finding(
        "plan.table-unread",
        Severity.NOTE,
        table.place.label,
        Text(
            f"有一张表（{len(table.rows)}行，首行“{first}”）不像指标、任务或项目清单，未读入",
            f"A table of {len(table.rows)} rows (first: “{first}”) lists no indicators, tasks or projects "
            "and was not read",
        ),
        first,
        Text("读入指标表、任务清单和项目清单", "Tables of indicators, tasks and projects are read"),
        Text("若应读入，请写明表头；否则不必处理", "If it is one, name its columns; if not, leave it"),
    )


def _first_words(table: Table) -> str:
    return "｜".join(joined(cell)[:8] for cell in table.rows[0].cells if clean(cell))[:60]


_ROLES = {
    Role.NO: Text("序号", "number"),
    Role.LEVEL1: Text("一级指标", "first level"),
    Role.LEVEL2: Text("二级指标", "second level"),
    Role.NAME: Text("名称", "name"),
    Role.TYPE: Text("指标类型", "type"),
    Role.ATTRIBUTE: Text("指标属性", "attribute"),
    Role.MEASURE: Text("计量单位", "unit of measure"),
    Role.BASE: Text("现状值", "base"),
    Role.TARGET: Text("目标值", "target"),
    Role.SECTION: Text("任务类别", "section"),
    Role.TITLE: Text("任务名称", "title"),
    Role.TEXT: Text("任务内容", "task"),
    Role.LEAD: Text("牵头单位", "who leads"),
    Role.SUPPORT: Text("配合单位", "who supports"),
    Role.UNITS: Text("责任单位", "who is responsible"),
    Role.DUE: Text("完成时限", "deadline"),
    Role.FIELD: Text("项目类别", "field"),
    Role.CONTENT: Text("建设内容", "content"),
}


def _by_cells(table: Table, columns: Sequence[Column]) -> Finding:
    named = [(each.head or "—", _ROLES[each.role]) for each in columns if each.role in _ROLES]
    zh = "、".join(f"“{head}”作{role.zh}" for head, role in named)
    en = ", ".join(f"“{head}” as {role.en}" for head, role in named)
    return Finding(
        "plan.columns-by-cells",
        Severity.NOTE,
        table.place.label,
        Text(
            f"表头没有写明或用词少见，按各列内容读入：{zh}",
            f"The head is missing or in rare words; columns were read by what they hold: {en}",
        ),
        "、".join(head for head, _ in named),
        Text("表头写明各列是什么", "The head says what each column holds"),
        Text("核对各列是否读对", "Check that each column was read as what it is"),
    )


def _left_over(table: Table, column: Column) -> Finding:
    head = column.head or "—"
    return Finding(
        "plan.column-unread",
        Severity.NOTE,
        table.place.label,
        Text(f"列“{head}”不知是什么，未读入", f"It is not known what column “{head}” holds; it was not read"),
        head,
        Text("表头写明各列是什么", "The head says what each column holds"),
        Text("若应读入，请改表头；否则不必处理", "If it should be read, mend its head; if not, leave it"),
    )


# ── text


def _lines_like_a_table(paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Say where many short lines follow each other that hold numbers and offices, as a broken table does."""
    run: list[Paragraph] = []
    for paragraph in (*paragraphs, None):
        if paragraph is not None and _is_piece(paragraph):
            run.append(paragraph)
            continue
        telling = sum(bool(_PIECE.search(each.text)) or names_an_office(each.text) for each in run)
        if len(run) >= _RUN_MIN and telling >= _TELLING_MIN * len(run):
            yield _broken_table(run)
        run = []


_RUN_MIN, _TELLING_MIN, _PIECE_MAX = 10, 0.5, 40
_PIECE = re.compile(r"\d")


def _is_piece(paragraph: Paragraph) -> bool:
    ends = paragraph.text.endswith(("。", "；", "：", "，", ";", ":"))
    no, rank = number_and_rank(paragraph)
    return len(paragraph.text) <= _PIECE_MAX and not ends and not (no and rank <= _ITEM_RANK)


_ITEM_RANK = 3


def _broken_table(run: Sequence[Paragraph]) -> Finding:
    first = run[0].text[:20]
    return Finding(
        "plan.table-in-lines",
        Severity.WARNING,
        run[0].place.label,
        Text(
            f"从“{first}”起{len(run)}行短句像是打散的表格，没有读成清单",
            f"{len(run)} short lines from “{first}” on look like a table that fell apart; no list was read",
        ),
        str(len(run)),
        Text("表格以行和列读入", "A table is read by rows and columns"),
        Text("换用原来的 Word 或 Excel 文件再读", "Read the Word or Excel file it was made of"),
    )


def _numbers(plan: ReadPlan, paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Say which amounts a sentence sets for a year that were not taken as targets."""
    taken: dict[object, set[object]] = {}
    for indicator in plan.indicators:
        its = (indicator.baseline, *(value for _, value in indicator.targets))
        taken.setdefault(indicator.place, set()).update(each.value for each in its if each)
    for target in plan.targets:
        taken.setdefault(target.place, set()).update({target.value.value, target.value.high})
    for paragraph in paragraphs:
        left = [
            text
            for text in amounts_for_a_year(paragraph.text)
            if parse_value(text).value not in taken.get(paragraph.place, set())
        ]
        if left:
            words = "、".join(left[:_NAMED_MAX])
            yield Finding(
                "plan.number-unread",
                Severity.NOTE,
                paragraph.place.label,
                Text(
                    f"“{paragraph.text[:20]}…”中的数值“{words}”没有作为目标读入",
                    f"“{words}” in “{paragraph.text[:20]}…” was not read as a target",
                ),
                words,
                Text("目标写明名称、年份和数值", "A target has a name, a year and a number"),
                Text("若是目标，请补上；若是说明，不必处理", "Add it if it is a target; if not, leave it"),
            )


_NAMED_MAX = 5
_OF_TASKS = re.compile(r"任务|措施|举措|行动|工程|工作")


def _items(paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Say that a document has items like tasks, none of which names who is responsible."""
    below, items = False, list[Paragraph]()
    for paragraph in paragraphs:
        no, rank = number_and_rank(paragraph)
        if no and rank <= _CHAPTER_RANK:
            below = _OF_TASKS.search(paragraph.text) is not None
        elif no and below and len(paragraph.text) >= _ITEM_MIN:
            items.append(paragraph)
    if len(items) >= _ROWS_MIN:
        yield Finding(
            "plan.items-unread",
            Severity.WARNING,
            items[0].place.label,
            Text(
                f"有{len(items)}条像任务而没有写明责任单位，未读入；首条“{items[0].text[:20]}…”",
                f"{len(items)} items look like tasks and name nobody; none was read "
                f"(first: “{items[0].text[:20]}…”)",
            ),
            str(len(items)),
            Text("任务写明责任单位", "A task names who is responsible"),
            Text("在各条末写明责任单位后再读入", "Name who is responsible at the end of each item"),
        )


_CHAPTER_RANK, _ITEM_MIN = 2, 20
