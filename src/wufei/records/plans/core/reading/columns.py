"""What the columns of a table hold, told from its head: indicators, tasks, projects, or none of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wufei.records.plans.core.reading.blocks import Row, Table, squeezed
from wufei.records.plans.core.reading.roles import TARGET, Kind, Role, of_a_task, told


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its role, the year of a value where the head names one, and the head as written."""

    role: Role
    head: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What a table lists, its columns, how many rows its head takes, and which columns their cells tell."""

    kind: Kind
    columns: tuple[Column, ...]
    head_rows: int
    by_cells: frozenset[int] = frozenset()

    def of(self, role: Role) -> list[int]:
        """Give the positions of the columns with a role."""
        return [at for at, column in enumerate(self.columns) if column.role is role]


_BASE = re.compile(r"现状值?|基准值?|基期值?|基准年|基础值|基数|现值|完成值|完成情况|实际值|本底值?|基线值?")
# 目标 over 2022年（基准）: the word nearer the year counts.
_OF_NOW = re.compile(r"现状|基准|基期|基数|本底")
_YEAR = re.compile(r"(20\d\d)年?")
# “十四五”目标 is one for the end of that plan.
_PLAN_ENDS = {"十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}
_PLAN = re.compile(f"({'|'.join(_PLAN_ENDS)})(?!以来)")


def layout_of(table: Table) -> Layout:
    """Tell what a table lists and where; `Kind.OTHER` for one that lists nothing of a plan."""
    best = Layout(Kind.OTHER, (), 0)
    for head_rows in (1, 2, 3):
        if head_rows >= len(table.rows):
            break
        if head_rows > 1 and not _still_head(table.rows[head_rows - 1]):
            break
        # A row below may be longer than the head where one cell of the head stands over two columns.
        for start in range(min(head_rows, 2)):
            layout = _judged(heads_of(table.rows[start:head_rows]), head_rows)
            more = _known(layout) > _known(best) or (start == 0 and _known(layout) == _known(best))
            if layout.kind is not Kind.OTHER and more:
                best = layout
    return best


def with_past_years(layout: Layout, past: int | None) -> Layout:
    """Turn columns of past years into bases: the last of them is the base, those before it tell nothing more.

    Parameters
    ----------
    past : int or None
        The last year before the plan, where the document tells it; otherwise years that follow each other
        before a leap (2019, 2020, then 2025) are past.
    """
    columns = layout.columns
    bare = [
        at
        for at, each in enumerate(columns)
        if each.year and not (TARGET.search(each.head) or _BASE.search(each.head))
    ]
    years = [columns[at].year or 0 for at in bare]
    if layout.kind is not Kind.INDICATORS or len(bare) < _YEARS_MIN:
        return layout
    if past is None:
        leap = next((at for at in range(1, len(years)) if years[at] - years[at - 1] > 1), 0)
        past = years[leap - 1] if leap > 1 else None
    old = [at for at in bare if past is not None and (columns[at].year or 0) <= past]
    if not old:
        return layout
    changed = list(columns)
    for at in old:
        role = Role.BASE if at == old[-1] else Role.OTHER
        changed[at] = Column(role, columns[at].head, columns[at].year)
    return replace(layout, columns=tuple(changed))


_YEARS_MIN = 3


def says_which(head: str) -> bool:
    """Say whether a head tells a base or a target."""
    return bool(TARGET.search(head) or _BASE.search(head))


def is_head_again(row: Row, layout: Layout) -> bool:
    """Say whether a row repeats the head, as tables do that go on over the page."""
    heads = [squeezed(column.head) for column in layout.columns]
    same = sum(bool(cell) and squeezed(cell) in head for cell, head in zip(row.cells, heads, strict=False))
    filled = sum(bool(cell.strip()) for cell in row.cells)
    return filled > 0 and same >= max(2, round(0.7 * filled))


def _known(layout: Layout) -> int:
    return sum(column.role is not Role.OTHER for column in layout.columns)


def _still_head(row: Row) -> bool:
    """Say whether a second row can belong to the head: it has no number, and names columns or years."""
    filled = [squeezed(cell) for cell in row.cells if cell.strip()]
    if not filled or re.fullmatch(r"[★*]?\d{1,3}[.、]?", filled[0]):
        return False
    if len(set(filled)) == 1 and not _YEAR.search(filled[0]):
        # 一、产出指标 heads the rows below it.
        return False
    return all(len(cell) <= 16 for cell in filled) and any(
        _YEAR.search(cell) or told(cell, Kind.INDICATORS) for cell in filled
    )


def heads_of(rows: Sequence[Row]) -> list[str]:
    """Give the head of each column; the words of a head over several columns are carried right."""
    width = max(len(row.cells) for row in rows)
    heads = [""] * width
    laid = [row.cells for row in rows]
    if len(laid) > 1 and len(laid[0]) < len(laid[1]):
        laid[0] = _spread(laid[0], laid[1])
    elif len(laid) > 1 and len(laid[1]) < len(laid[0]):
        laid[:2] = _under_values(laid[0], laid[1])
        width = max(map(len, laid))
        heads = [""] * width
    for cells in laid:
        over = ""
        last = cells is laid[-1]
        for at in range(width):
            words = squeezed(cells[at]) if at < len(cells) else ""
            if words:
                over = words
            elif not last and (TARGET.search(over) or _BASE.search(over) or _YEAR.search(over)):
                words = over
            if words and words not in heads[at]:
                heads[at] += words
    return heads


def _under_values(upper: tuple[str, ...], lower: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Lay a lower head of nothing but years under the values of the upper; the last takes what is over."""
    values = [at for at, cell in enumerate(upper) if says_which(cell) and not _YEAR.search(cell)]
    if not values or len(lower) < len(values) or not all(map(_YEAR.search, lower)):
        return [upper, lower]
    wide = dict.fromkeys(values, 1) | {values[-1]: len(lower) - len(values) + 1}
    years = iter(lower)
    spread = [cell for at, cell in enumerate(upper) for _ in range(wide.get(at, 1))]
    below = [next(years) if at in wide else "" for at in range(len(upper)) for _ in range(wide.get(at, 1))]
    return [tuple(spread), tuple(below)]


def _spread(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Lay an upper head of merged cells over the lower, where a run of names shares one above."""
    runs: list[int] = []
    for at, cell in enumerate(lower):
        if not cell.strip():
            runs.append(1)
        elif at and lower[at - 1].strip():
            runs[-1] += 1
        else:
            runs.append(1)
    # Two heads side by side look like one run: the first of them then stands over one column.
    while len(runs) < len(upper) and max(runs) > 1:
        longest = runs.index(max(runs))
        runs[longest : longest + 1] = [1, runs[longest] - 1]
    if len(runs) != len(upper):
        return tuple(upper)
    return tuple(cell for cell, run in zip(upper, runs, strict=True) for cell in [cell] * run)


def _judged(heads: Sequence[str], head_rows: int) -> Layout:
    kind = _kind(heads)
    # Columns behind the last that has a head belong to no list.
    last = max((at for at, head in enumerate(heads) if head), default=-1)
    columns = tuple(column_of(head, kind) for head in heads[: last + 1])
    return Layout(kind, columns_in_order(columns, kind), head_rows)


def columns_in_order(columns: tuple[Column, ...], kind: Kind) -> tuple[Column, ...]:
    """Tell columns of one role apart by their order: two levels, bases and targets, the text of a task."""
    if kind is Kind.INDICATORS:
        return _with_years(_with_two_levels(columns))
    return _with_a_text(columns) if kind is Kind.TASKS else columns


def _kind(heads: Sequence[str]) -> Kind:
    roles = [told(head, Kind.INDICATORS) for head in heads]
    has_values = any(
        (TARGET.search(head) and not re.search("任务|目标任务", head)) or re.fullmatch(r"20\d\d年?", head)
        for head in heads
    )
    if has_values and Role.NAME in roles:
        return Kind.INDICATORS
    whole = "".join(heads)
    responsible = any(role in {Role.LEAD, Role.SUPPORT, Role.UNITS} for role in roles)
    if re.search("项目名称|工程名称|重点项目|重点工程|建设规模", whole) and not re.search("任务", whole):
        return Kind.PROJECTS
    sizes = any(re.search("投资|规模", head) for head in heads)
    if sizes and any(re.fullmatch("项目|工程|工程项目", head) for head in heads):
        return Kind.PROJECTS
    if responsible and any(of_a_task(head) for head in heads):
        return Kind.TASKS
    return Kind.OTHER


# One column for both: 牵头单位/责任单位.
_BOTH = r"牵头.*[/、及和与(].*(?:责任|配合|协办|参与|参加)"


def column_of(head: str, kind: Kind) -> Column:
    """Tell the role of a column by its head; `Role.OTHER` where the words are unknown."""
    year, plan = _YEAR.search(head), _PLAN.search(head)
    on = int(year[1]) if year else _PLAN_ENDS[plan[1]] if plan else None
    role = told(head, kind)
    if role is Role.LEAD and re.search(_BOTH, head):
        role = Role.UNITS
    if role is None and kind not in {Kind.TASKS, Kind.PROJECTS}:
        if TARGET.search(head) and not _OF_NOW.search(head):
            role = Role.TARGET
        elif _BASE.search(head):
            role = Role.BASE
        elif on is not None:
            role = Role.TARGET
    return Column(role or Role.OTHER, head, on)


def _with_two_levels(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Make the second of two columns of classes the lower level, if none is named so: 类别, 领域."""
    upper = [at for at, column in enumerate(columns) if column.role is Role.LEVEL1]
    if len(upper) < 2 or any(column.role is Role.LEVEL2 for column in columns):
        return columns
    lower = columns[upper[1]]
    return (*columns[: upper[1]], Column(Role.LEVEL2, lower.head), *columns[upper[1] + 1 :])


def _with_years(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Tell bases from targets where heads are bare years: the first is the base unless one is named."""
    values = [at for at, column in enumerate(columns) if column.role in {Role.TARGET, Role.BASE}]
    named = any(columns[at].role is Role.BASE for at in values)
    bare = [at for at in values if columns[at].role is Role.TARGET and not TARGET.search(columns[at].head)]
    if named or not bare or len(values) < 2:
        return columns
    aims = [columns[at].year or 0 for at in values if at not in bare]
    if aims and all((columns[at].year or 0) < min(aims) for at in bare):
        # 2021年, 2022年, 2025年目标: the last of the years before the goal is the base.
        last = max(bare, key=lambda at: columns[at].year or 0)
        turned = {at: Role.BASE if at == last else Role.OTHER for at in bare}
        return tuple(
            Column(turned[at], column.head, column.year) if at in turned else column
            for at, column in enumerate(columns)
        )
    first = min(values, key=lambda at: columns[at].year or 0)
    if first not in bare:
        return columns
    return tuple(
        Column(Role.BASE, column.head, column.year) if at == first else column
        for at, column in enumerate(columns)
    )


def _is_schedule(column: Column) -> bool:
    """Say whether a column of words tells what is to be reached by when: 年度目标 beside 任务内容."""
    return column.role is Role.TEXT and re.search(r"年度|季度|阶段|20\d\d", column.head) is not None


def _with_a_text(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Make the last of the columns of words the text of a task, if none is named so."""
    roles = [column.role for column in columns]
    if roles.count(Role.TEXT) > 1 and any(map(_is_schedule, columns)):
        columns = tuple(Column(Role.OTHER, c.head, c.year) if _is_schedule(c) else c for c in columns)
        roles = [column.role for column in columns]
    if roles.count(Role.SECTION) > 1 and Role.TITLE not in roles and Role.TEXT in roles:
        # 领域, then 任务: the field heads the task.
        second = len(roles) - 1 - roles[::-1].index(Role.SECTION)
        columns = (*columns[:second], replace(columns[second], role=Role.TITLE), *columns[second + 1 :])
    if roles.count(Role.TEXT) > 1 and "目标" in columns[roles.index(Role.TEXT)].head:
        # 工作目标, then 工作措施: the aim heads what is done for it.
        first = roles.index(Role.TEXT)
        return tuple(Column(Role.TITLE, c.head, c.year) if at == first else c for at, c in enumerate(columns))
    if Role.TEXT in roles:
        return columns
    wordy = [at for at, role in enumerate(roles) if role in {Role.TITLE, Role.SECTION}]
    if not wordy:
        return columns
    last = wordy[-1]
    return tuple(Column(Role.TEXT, c.head, c.year) if at == last else c for at, c in enumerate(columns))
