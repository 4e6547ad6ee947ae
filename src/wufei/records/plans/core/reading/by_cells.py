"""What a table lists where its head is missing or in words nobody knows: told by what its columns hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wufei.records.plans.core.reading.blocks import Row, Table, clean
from wufei.records.plans.core.reading.columns import (
    Column,
    Layout,
    column_of,
    columns_in_order,
    heads_of,
    layout_of,
    says_which,
)
from wufei.records.plans.core.reading.held import Held, Holds, fits, held
from wufei.records.plans.core.reading.roles import Kind, Role, is_known_head

# What a column holds says its role at once.
_ROLES = {
    Holds.NO: Role.NO,
    Holds.TYPE: Role.TYPE,
    Holds.ATTRIBUTE: Role.ATTRIBUTE,
    Holds.MEASURE: Role.MEASURE,
    Holds.DUE: Role.DUE,
}
_OF_UNITS = (Role.LEAD, Role.SUPPORT, Role.UNITS)


def layout_by_head_and_cells(table: Table, caption: str = "") -> Layout:
    """Tell what a table lists: by the words of its head, and where those are unknown by what columns hold.

    Parameters
    ----------
    caption : str
        The paragraph above the table.
    """
    known = layout_of(table)
    if known.kind is Kind.OTHER:
        return _by_cells(table, caption)
    columns = _held(table, known.head_rows, len(known.columns))
    if any(columns[at].holds is Holds.VALUE for at in known.of(Role.TEXT)):
        # 2025年要求 over numbers is no task: the words of the head led astray.
        return _by_cells(table, caption)
    return _filled(known, columns)


def _held(table: Table, head_rows: int, width: int) -> list[Held]:
    """Tell what each column holds; headings over the whole width and cells merged from above do not."""
    rows = [row for row in table.rows[head_rows:] if len(row.cells) == width and _is_row(row)]
    return [held([row.cells[at] if at not in row.carried else "" for row in rows]) for at in range(width)]


def _is_row(row: Row) -> bool:
    return len({clean(cell) for cell in row.cells if clean(cell)}) > 1


def _by_cells(table: Table, caption: str) -> Layout:
    nothing = Layout(Kind.OTHER, (), 0)
    widths = Counter(len(row.cells) for row in table.rows if _is_row(row))
    width = widths.most_common(1)[0][0] if widths else 0
    if width < _COLUMNS_MIN or len(table.rows) < _ROWS_MIN:
        return nothing
    columns = _held(table, 1, width)
    head_rows = _head_rows(table, columns)
    named = [row for row in table.rows[:head_rows] if _is_row(row)]
    heads = heads_of(named) if named else []
    head_rows = head_rows if named else 0
    heads = [*heads, *[""] * width][:width]
    columns = _held(table, head_rows, width)
    kind = _kind(columns, heads, caption)
    if (
        kind is Kind.TASKS
        and _OF_WORK.search("".join(heads) + caption) is None
        and _are_built(table, columns)
    ):
        kind = Kind.PROJECTS
    if kind is Kind.OTHER:
        return nothing
    told = tuple(column_of(head, kind) if head else Column(Role.OTHER, "") for head in heads)
    laid = _filled(Layout(kind, told, head_rows), columns)
    return laid if _says_enough(laid) else nothing


_COLUMNS_MIN, _ROWS_MIN, _HEAD_ROWS_MAX = 3, 3, 3


def _head_rows(table: Table, columns: Sequence[Held]) -> int:
    """Count the rows of the head: those whose cells are not such as the columns hold below."""
    typed = [at for at, each in enumerate(columns) if each.holds not in {Holds.WORDS, Holds.NOTHING}]
    for at, row in enumerate(table.rows[:_HEAD_ROWS_MAX]):
        if at == 0 and sum(map(is_known_head, row.cells)) >= _KNOWN_MIN:
            continue
        if at and not _is_row(row):
            return at
        filled = [column for column in typed if column < len(row.cells) and clean(row.cells[column])]
        fitting = sum(fits(row.cells[column], columns[column].holds) for column in filled)
        if filled and fitting >= _FITTING_MIN * len(filled) and _is_row(row):
            return at
    return 1


_FITTING_MIN, _KNOWN_MIN = 0.5, 1
_OF_PAST = re.compile(r"投资|金额|资金|万元|亿元|费用")
_OF_PEOPLE = re.compile(r"职责|职务|姓名|联系|电话|组长|成员|签字|得分|分值|评分|扣分")
_OF_PROJECTS = re.compile(r"项目|工程")


def _kind(columns: Sequence[Held], heads: Sequence[str], caption: str) -> Kind:
    """Tell the kind by the columns together: names and values, or words and who is responsible."""
    whole = "".join(heads)
    values = [
        at for at, each in enumerate(columns) if each.holds is Holds.VALUE and not _OF_PAST.search(heads[at])
    ]
    words = [at for at, each in enumerate(columns) if each.holds is Holds.WORDS]
    units = [at for at, each in enumerate(columns) if each.holds is Holds.UNITS]
    holds = {each.holds for each in columns}
    if _OF_PEOPLE.search(whole) or not words:
        return Kind.OTHER
    aims = any(re.search(r"20\d\d", heads[at]) or says_which(heads[at]) for at in values)
    of_indicators = bool(holds & {Holds.MEASURE, Holds.TYPE, Holds.ATTRIBUTE}) or "指标" in whole + caption
    if values and (of_indicators or (units and (aims or len(values) > 1))) and Holds.DUE not in holds:
        return Kind.INDICATORS
    behind = [at for at in units if at > words[0]]
    if behind or (units and Holds.DUE in holds):
        money = any(_OF_PAST.search(head) for head in heads)
        named = _OF_PROJECTS.search(caption) or any(map(_OF_PROJECTS.search, heads))
        of_projects = money or (named and not _OF_WORK.search(whole + caption))
        return Kind.PROJECTS if of_projects else Kind.TASKS
    return Kind.OTHER


_OF_WORK = re.compile("任务|措施|工作")
_BUILT = re.compile(
    r"(?:项目|工程|中心|平台|基地|厂|站|生产线)$|^(?:新建|扩建|改建|改造|年处理|年利用|建筑面积|占地)"
)


def _are_built(table: Table, columns: Sequence[Held]) -> bool:
    """Say whether the rows are of things that are built: 静脉产业园项目, 新建车间600平方米."""
    words = [at for at, each in enumerate(columns) if each.holds is Holds.WORDS]
    rows = [row for row in table.rows if len(row.cells) == len(columns) and _is_row(row)]
    built = sum(any(_BUILT.search(clean(row.cells[at])) for at in words) for row in rows)
    return built >= _BUILT_MIN * len(rows)


_BUILT_MIN = 0.6


def _says_enough(layout: Layout) -> bool:
    """Say whether a layout by cells is one of its kind, not a table of figures or of people."""
    if layout.kind is Kind.INDICATORS:
        return bool(layout.of(Role.NAME) and layout.of(Role.TARGET))
    words = Role.TEXT if layout.kind is Kind.TASKS else Role.NAME
    return bool(layout.of(words)) and any(layout.of(role) for role in _OF_UNITS)


def _filled(layout: Layout, columns: Sequence[Held]) -> Layout:
    """Give each column without a role that of what it holds."""
    laid = [
        _not_against(column, its, layout.kind) for column, its in zip(layout.columns, columns, strict=True)
    ]
    before = [column.role for column in laid]
    _by_sort(laid, columns, layout.kind)
    _by_words(laid, columns, layout.kind)
    if [column.role for column in laid] == before == [column.role for column in layout.columns]:
        return layout
    told = frozenset(
        at for at, (old, new) in enumerate(zip(layout.columns, laid, strict=True)) if old.role is not new.role
    )
    return replace(layout, columns=columns_in_order(tuple(laid), layout.kind), by_cells=told)


def _not_against(column: Column, its: Held, kind: Kind) -> Column:
    """Take the role of a head back where the cells hold something else: 单位 over names of offices."""
    against = (
        (column.role is Role.MEASURE and its.holds is Holds.UNITS)
        or (column.role in _OF_UNITS and its.holds in {Holds.MEASURE, Holds.VALUE, Holds.DUE})
        or (column.role is Role.DUE and its.holds is Holds.UNITS)
        or (kind is not Kind.INDICATORS and column.role is Role.MEASURE)
    )
    return Column(Role.OTHER, column.head, column.year) if against else column


def _free(laid: Sequence[Column], columns: Sequence[Held], *holds: Holds) -> list[int]:
    """Give the columns without a role that hold something of a sort."""
    return [
        at
        for at, (column, its) in enumerate(zip(laid, columns, strict=True))
        if column.role is Role.OTHER and its.holds in holds and not _is_understood(column)
    ]


def _is_understood(column: Column) -> bool:
    """Say whether a head is known to tell no field of a plan: past years, money, who counts, growth."""
    return column.role is Role.OTHER and (
        column.year is not None or _LEFT_OUT.search(column.head) is not None
    )


_LEFT_OUT = re.compile(
    r"数据来源$|投资|金额|资金|费用|备注|领导|联系|地点|地址|依据|公式|计算|解释|说明|增速|增幅|变化|年度|季度|阶段"
)


def _by_sort(laid: list[Column], columns: Sequence[Held], kind: Kind) -> None:
    """Give roles to columns of numbers, values, measures, deadlines and units."""
    for holds, role in _ROLES.items():
        of_indicators = role in {Role.TYPE, Role.ATTRIBUTE, Role.MEASURE}
        if of_indicators is (kind is Kind.INDICATORS) or role is Role.NO:
            for at in _free(laid, columns, holds)[:1]:
                if not any(column.role is role for column in laid):
                    _give(laid, at, role)
    if kind is Kind.INDICATORS and not any(column.role is Role.TARGET for column in laid):
        for at in _free(laid, columns, Holds.VALUE):
            _give(laid, at, Role.TARGET)
    units = _free(laid, columns, Holds.UNITS)
    has = {column.role for column in laid} & set(_OF_UNITS)
    if not has:
        roles = [Role.UNITS] if len(units) == 1 else [Role.LEAD, Role.SUPPORT]
    else:
        roles = [Role.LEAD] if has == {Role.SUPPORT} else [Role.SUPPORT] if Role.SUPPORT not in has else []
    for at, role in zip(units, roles, strict=False):
        if not (role is Role.LEAD and has and at > _first(laid, Role.SUPPORT)):
            _give(laid, at, role)


def _first(laid: Sequence[Column], role: Role) -> int:
    return next(at for at, column in enumerate(laid) if column.role is role)


def _give(laid: list[Column], at: int, role: Role) -> None:
    laid[at] = Column(role, laid[at].head, laid[at].year)


def _by_words(laid: list[Column], columns: Sequence[Held], kind: Kind) -> None:
    """Give roles to columns of words by where they stand, how long they are and how often they repeat."""
    free = _free(laid, columns, Holds.WORDS, Holds.UNITS)
    main = Role.TEXT if kind is Kind.TASKS else Role.NAME
    if not any(column.role is main for column in laid):
        if not free:
            return
        at = _main(free, columns, kind)
        if at is None:
            return
        _give(laid, at, main)
        free.remove(at)
    at = _first(laid, main)
    _apart_from_the_text(laid, columns)
    left, right = [each for each in free if each < at], [each for each in free if each > at]
    has = {column.role for column in laid}
    if kind is Kind.PROJECTS:
        longest = max(right, key=lambda each: columns[each].length, default=None)
        if longest is not None and Role.CONTENT not in has:
            _give(laid, longest, Role.CONTENT)
        above = [Role.FIELD]
    else:
        above = [Role.LEVEL1, Role.LEVEL2] if kind is Kind.INDICATORS else [Role.SECTION, Role.TITLE]
    for each, role in zip(left, [role for role in above if role not in has], strict=False):
        _give(laid, each, role)


def _apart_from_the_text(laid: list[Column], columns: Sequence[Held]) -> None:
    """Make the first of two columns of texts the title, if it is the shorter: 工作内容, 目标任务."""
    texts = [at for at, column in enumerate(laid) if column.role is Role.TEXT]
    named = any(column.role is Role.TITLE for column in laid)
    if len(texts) == 2 and not named and columns[texts[0]].length < _SHORTER * columns[texts[1]].length:
        _give(laid, texts[0], Role.TITLE)


_SHORTER = 0.8


def _main(free: Sequence[int], columns: Sequence[Held], kind: Kind) -> int | None:
    """Give the column of names, or the text of tasks: names are of their own, texts the longest."""
    if kind is Kind.TASKS:
        return max(free, key=lambda at: columns[at].length)
    longest = max(free, key=lambda at: columns[at].length)
    before = [at for at in free if at < longest and columns[at].distinct_share >= _OFTEN_OWN_MIN]
    if kind is Kind.PROJECTS and before:
        # What is built stands before how: 项目, then its content, the longest.
        return before[-1]
    own = [at for at in free if columns[at].distinct_share >= _OWN_MIN]
    if own:
        return own[0]
    return max(free, key=lambda at: columns[at].distinct_share)


_OWN_MIN, _OFTEN_OWN_MIN = 0.7, 0.6


def left_over(table: Table, layout: Layout) -> Iterator[Column]:
    """Give the columns that hold units, deadlines, values or long words under a head nobody knows."""
    its = _held(table, layout.head_rows, len(layout.columns))
    for column, each in zip(layout.columns, its, strict=True):
        tells = each.holds in {Holds.UNITS, Holds.DUE, Holds.VALUE} or (
            each.holds is Holds.WORDS and each.length >= _LONG_MIN
        )
        if column.role is Role.OTHER and tells and not _is_understood(column):
            yield column


_LONG_MIN = 10


def what_it_holds(table: Table) -> set[Holds]:
    """Give what the columns of a table hold, whatever it lists."""
    return {each.holds for each in _held(table, 1, table.width)}
