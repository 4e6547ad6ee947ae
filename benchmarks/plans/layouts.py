"""Ways of laying the content of a plan out, and what a reader should find in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from benchmarks.plans.content import Amount, Content, Indicator, Project, Task

LEFT = "\0left"
"""A cell that the one to its left covers too."""

Cell = str | None
"""Words, `LEFT`, or None where the cell above goes on."""

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; ``listed`` where Word writes its number itself (``number`` is then what it writes)."""

    text: str
    heading: int = 0
    number: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; ``shape`` is how plain text writes it: lines, tabs or strokes."""

    rows: tuple[tuple[Cell, ...], ...]
    head_rows: int
    shape: str
    weights: tuple[int, ...]


Element = Words | Grid


@dataclass(frozen=True, slots=True)
class Layout:
    """How a plan is laid out.

    Attributes
    ----------
    columns : tuple of (role, head)
        Of the table of indicators; ``{base}`` and ``{year}`` stand for years; a head ``A//B`` has two rows.
    groups : str
        merged, blank, repeated, or rows (a heading over the whole width).
    unit_in : str
        value, column or name.
    break_at : int
        After how many characters a cell is broken; 0 for never.
    head_again : int
        After how many rows the head stands again; 0 for never.
    ops : int
        Which words bounds are put in.
    task_columns : tuple of (role, head)
        Empty where tasks are items of the text.
    item, section : str
        How items and sections are numbered: ``{n}`` digits, ``{c}`` Chinese.
    named : str
        How an item names who is responsible.
    """

    name: str
    shape: str
    columns: tuple[tuple[str, str], ...]
    groups: str = "merged"
    unit_in: str = "value"
    stars: bool = False
    footnotes: bool = False
    parts: bool = False
    break_at: int = 0
    head_again: int = 0
    ops: int = 0
    between_units: str = "\n"
    task_columns: tuple[tuple[str, str], ...] = ()
    item: str = "{n}."
    section: str = "{c}、"
    restart: bool = False
    automatic: bool = False
    named: str = "bracket"
    project_columns: tuple[tuple[str, str], ...] = (
        ("no", "序号"), ("field", "领域"), ("name", "项目名称"), ("content", "建设规模及内容"),
        ("units", "项目单位"), ("due", "完成时限"), ("note", "备注"),
    )  # fmt: skip
    target_years: int = 1

    @property
    def has_task_table(self) -> bool:
        """Whether tasks stand in a table."""
        return bool(self.task_columns)


# ── the document


def elements(layout: Layout, content: Content) -> list[Element]:
    """Give the paragraphs and tables of a plan in this layout."""
    made: list[Element] = [*_front(content)]
    made += [
        Words("四、建设指标", 1),
        Words(_system_words(layout, content)),
        _indicator_grid(layout, content),
    ]
    if layout.footnotes:
        made += [Words("注：a. 指辖区内登记在册的单位。"), Words("b. 不含生活垃圾焚烧飞灰。")]
    made += _task_part(layout, content)
    made += [
        Words("附件2：重点项目清单", 1),
        _project_grid(layout, content),
        Words("抄送：区委各部门，区人大常委会办公室，区政协办公室。"),
        Words(f"{content.place}人民政府办公室　{_date(content)}印发"),
    ]
    return made


def _front(content: Content) -> Iterator[Element]:
    base, last = content.base_year, content.target_years[-1]
    yield Words(content.number)
    yield Words(f"{content.place}人民政府关于印发《{content.title}》的通知", 1)
    yield Words("各乡镇人民政府，各街道办事处，区政府各委、办、局，各区属机构：")
    yield Words(f"现将《{content.title}》印发给你们，请认真贯彻执行。")
    yield Words(f"{content.place}人民政府")
    yield Words(_date(content))
    yield Words("一、工作基础", 1)
    yield Words(
        f"{base}年，全区共有规模以上工业企业214家，生活垃圾日均清运量386吨，建成密闭式转运站3座，"
        "登记在册的产废单位已全部纳入监管。"
    )
    yield Words("二、实施范围和期限", 1)
    yield Words(f"实施范围为{content.district}行政区域，基准年为{base}年，期限为{base + 1}—{last}年。")
    yield Words("三、总体目标", 1)
    named = [(each, target) for each, target in _text_targets(content)]
    said = "，".join(f"{each.name}{_moved(target)}" for each, target in named)
    yield Words(f"到{last}年，{said}，固体废物治理能力明显增强。")


def _moved(amount: Amount) -> str:
    return {"ge": f"达到{amount.number}%以上", "eq": f"达到{amount.number}%"}[amount.op]


def _text_targets(content: Content) -> list[tuple[Indicator, Amount]]:
    fits = [(each, each.targets[-1]) for each in content.indicators]
    return [(each, to) for each, to in fits if to.number is not None and to.unit == "%"][:5]


def _system_words(layout: Layout, content: Content) -> str:
    rows = len(_lines(layout, content))
    return f"{content.district}“无废城市”建设指标体系共有{rows}个指标，见下表。"


def _date(content: Content) -> str:
    year, month, day = content.issued_on
    return f"{year}年{month}月{day}日"


# ── indicators


@dataclass(frozen=True, slots=True)
class _Line:
    """An indicator with its number in the table, empty for a part of the one above."""

    no: str
    of: Indicator


def _lines(layout: Layout, content: Content) -> list[_Line]:
    lines: list[_Line] = []
    has_number = any(role == "no" for role, _ in layout.columns)
    for number, each in enumerate(content.indicators, start=1):
        lines.append(_Line(str(number) if has_number else "", each))
        if layout.parts and each.unit == "个" and each.baseline.number is not None and each.targets[0].number:
            lines += [_Line("", part) for part in _parts_of(each)]
    return lines


def _parts_of(each: Indicator) -> list[Indicator]:
    """Split a count into two parts that sum to it."""
    parts = []
    for words, second in (("其中：城区", False), ("农村地区", True)):
        amounts = [_half(amount, second=second) for amount in (each.baseline, *each.targets)]
        parts.append(
            replace(each, name=words + each.name, baseline=amounts[0], targets=tuple(amounts[1:]), part=True)
        )
    return parts


def _half(amount: Amount, *, second: bool) -> Amount:
    if amount.number is None:
        return amount
    first = amount.number // 2
    return replace(amount, number=amount.number - first if second else first)


def _indicator_grid(layout: Layout, content: Content) -> Grid:
    columns = _with_years(layout, content)
    heads = _heads([head for _, head in columns])
    rows: list[tuple[Cell, ...]] = list(heads)
    above: _Line | None = None
    for count, line in enumerate(_lines(layout, content)):
        if layout.head_again and count and count % layout.head_again == 0:
            rows += heads
        if layout.groups == "rows" and (above is None or above.of.level1 != line.of.level1):
            numeral = chinese(
                1 + list(dict.fromkeys(i.level1 for i in content.indicators)).index(line.of.level1)
            )
            rows.append((f"{numeral}、{line.of.level1}", *[LEFT] * (len(columns) - 1)))
        again = bool(layout.head_again and count % layout.head_again == 0)
        rows.append(tuple(_cell(layout, role, line, None if again else above, count) for role, _ in columns))
        above = line
    weights = tuple(_WEIGHTS.get(role.rstrip("0123456789"), 5) for role, _ in columns)
    return Grid(tuple(_broken(layout, row) for row in rows), len(heads), layout.shape, weights)


_WEIGHTS = {"no": 3, "name": 11, "text": 18, "content": 16, "units": 8, "support": 8, "lead": 7, "title": 8}


def _with_years(layout: Layout, content: Content) -> list[tuple[str, str]]:
    columns: list[tuple[str, str]] = []
    for role, head in layout.columns:
        if role == "target":
            columns += [
                (f"target{at}", head.replace("{year}", str(year)))
                for at, year in enumerate(content.target_years)
            ]
        else:
            columns.append((role, head.replace("{base}", str(content.base_year))))
    return columns


def _heads(heads: list[str]) -> list[tuple[Cell, ...]]:
    """Give one row, or two where a head has two slashes: the part before it stands over what shares it."""
    if not any("//" in head for head in heads):
        return [tuple(heads)]
    upper: list[Cell] = []
    lower: list[Cell] = []
    for at, head in enumerate(heads):
        over, _, under = head.partition("//")
        same = at > 0 and under and heads[at - 1].partition("//")[0] == over
        upper.append(LEFT if same else over)
        lower.append(under or None)
    return [tuple(upper), tuple(lower)]


def _cell(layout: Layout, role: str, line: _Line, above: _Line | None, count: int) -> Cell:
    each = line.of
    if role in {"level1", "level2"}:
        key = (each.level1,) if role == "level1" else (each.level1, each.level2)
        before = above and ((above.of.level1,) if role == "level1" else (above.of.level1, above.of.level2))
        if key != before or layout.groups == "repeated":
            return key[-1]
        return None if layout.groups == "merged" else ""
    if role == "base":
        return worded(layout, each.baseline, 0)[0]
    if role.startswith("target"):
        return worded(layout, each.targets[int(role[6:])], count)[0]
    return {
        "no": line.no,
        "name": _name(layout, each, count),
        "type": each.type,
        "attribute": each.attribute,
        "measure": each.unit or "—",
        "units": layout.between_units.join(each.units),
        "lead": each.units[0],
        "support": layout.between_units.join(each.units[1:]),
        "note": "",
    }[role]


def _name(layout: Layout, each: Indicator, count: int) -> str:
    star = "★" if layout.stars and each.type == "必选" else ""
    unit = f"（{each.unit}）" if layout.unit_in == "name" and each.unit else ""
    mark = {3: "a", 11: "b", 17: "①", 20: "[1]"}.get(count, "") if layout.footnotes else ""
    return f"{star}{each.name}{mark}{unit}"


_BOUNDS = {
    "ge": ("≥{}", "{}以上", "不低于{}", "达到{}以上"),
    "le": ("≤{}", "{}以下", "不超过{}", "控制在{}以内"),
    "lt": ("＜{}", "低于{}", "小于{}", "低于{}"),
    "eq": ("{}", "{}", "{}", "达到{}"),
}


def worded(layout: Layout, amount: Amount, count: int) -> tuple[str, Json]:
    """Put an amount in words, and say how it is to be understood."""
    unit = amount.unit if layout.unit_in == "value" else ""
    if amount.words:
        blank = amount.op == "blank"
        text = amount.words if layout.unit_in == "value" else amount.words.rstrip("%")
        return text, _value(text, amount.op, None, "%" if blank and text.endswith("%") else "")
    if amount.op == "range":
        text = f"{amount.number}-{amount.high}{unit}"
        return text, _value(text, "range", amount.number, amount.unit)
    forms = _BOUNDS[amount.op]
    style = layout.ops if layout.ops < len(forms) else count % len(forms)
    text = forms[style].format(f"{amount.number}{unit}")
    return text, _value(text, amount.op, amount.number, amount.unit)


def _value(text: str, op: str, number: Decimal | None, unit: str) -> Json:
    return {"text": text, "op": op, "value": number, "unit": unit}


def _broken(layout: Layout, row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Break long cells as narrow columns do; a line end between units stays."""
    return tuple(_broken_cell(cell, layout.break_at) for cell in row) if layout.break_at else row


def _broken_cell(cell: Cell, at: int) -> Cell:
    if cell is None or cell == LEFT:
        return cell
    lines = []
    for line in cell.split("\n"):
        lines += [line[start : start + at] for start in range(0, len(line), at)] or [line]
    whole = "\n".join(lines)
    # A number is not torn apart: a column that narrow would be widened.
    return whole if not any(char.isdigit() for char in cell) else cell


# ── tasks and projects


def _task_part(layout: Layout, content: Content) -> list[Element]:
    if layout.has_task_table:
        return [Words("附件1：重点任务清单", 1), _task_grid(layout, content), *_measures("五")]
    nested = layout.section.startswith("（")
    made: list[Element] = [Words("五、主要任务", 1)] if nested else []
    section, n, sections = "", 0, 0
    for task in content.tasks:
        if task.section != section:
            section, sections = task.section, sections + 1
            n = 0 if layout.restart else n
            numeral = chinese(sections if nested else sections + 4)
            made.append(Words(layout.section.replace("{c}", numeral) + section, 2))
        n += 1
        made += _item(layout, task, n)
    return [*made, *_measures("六" if nested else chinese(sections + 5))]


def _measures(numeral: str) -> list[Element]:
    return [
        Words(f"{numeral}、保障措施", 1),
        Words("（一）加强组织领导。由区无废城市建设领导小组统筹推进，各部门按照职责分工落实任务。"),
        Words("（二）强化资金保障。统筹使用各级财政资金，引导社会资本参与固体废物治理。"),
    ]


def _item(layout: Layout, task: Task, n: int) -> list[Element]:
    number = layout.item.replace("{n}", str(n)).replace("{c}", chinese(n))
    head = f"{task.title}。{task.text}"
    lead, rest = task.units[0], task.units[1:]
    shown = Words(head, 0, number)
    if layout.named == "bracket":
        return [replace(shown, text=f"{head}（{'、'.join(task.units)}）")]
    if layout.named == "line":
        return [shown, Words(f"责任单位：{'、'.join(task.units)}")]
    if layout.named == "labels":
        support = f"；配合单位：{'、'.join(rest)}" if rest else ""
        return [replace(shown, text=f"{head}（牵头单位：{lead}{support}；完成时限：{task.due}）")]
    if layout.named == "verbs":
        support = f"，{'、'.join(rest)}配合" if rest else ""
        return [replace(shown, text=f"{head}（{lead}牵头{support}）")]
    if layout.named == "next-bracket":
        return [replace(shown, text=f"{task.title}"), Words(f"{task.text}（{'、'.join(task.units)}）")]
    return [replace(shown, text=f"{head[:-1]}（{'、'.join(task.units)}按职责分工负责）。")]


def _task_grid(layout: Layout, content: Content) -> Grid:
    heads = tuple(head for _, head in layout.task_columns)
    rows: list[tuple[Cell, ...]] = [heads]
    above: Task | None = None
    for n, task in enumerate(content.tasks, start=1):
        if layout.head_again and n > 1 and n % layout.head_again == 1:
            rows.append(heads)
            above = None
        rows.append(tuple(_task_cell(layout, role, task, above, n) for role, _ in layout.task_columns))
        above = task
    weights = tuple(_WEIGHTS.get(role, 5) for role, _ in layout.task_columns)
    return Grid(tuple(_broken(layout, row) for row in rows), 1, layout.shape, weights)


def _task_cell(layout: Layout, role: str, task: Task, above: Task | None, n: int) -> Cell:
    if role in {"section", "title"}:
        key = (task.section,) if role == "section" else (task.section, task.title)
        before = above and ((above.section,) if role == "section" else (above.section, above.title))
        if key != before or layout.groups == "repeated":
            return key[-1]
        return "" if layout.groups == "blank" else None
    all_units = role == "units" or (role == "support" and _heads_say_all(layout))
    names = task.units if all_units else task.units[:1] if role == "lead" else task.units[1:]
    return {"no": str(n), "text": task.text, "due": task.due}.get(role, layout.between_units.join(names))


def _heads_say_all(layout: Layout) -> bool:
    return any(role == "support" and head.startswith("责任") for role, head in layout.task_columns)


def _project_grid(layout: Layout, content: Content) -> Grid:
    heads = tuple(head for _, head in layout.project_columns)
    rows: list[tuple[Cell, ...]] = [heads]
    above: Project | None = None
    for n, project in enumerate(content.projects, start=1):
        same = above is not None and above.field == project.field and layout.groups != "repeated"
        blank: Cell = "" if layout.groups == "blank" else None
        values: dict[str, Cell] = {
            "no": str(n), "field": blank if same else project.field, "name": project.name,
            "content": project.content, "due": project.due, "note": "", "money": "1200",
            "units": layout.between_units.join(project.units),
        }  # fmt: skip
        rows.append(tuple(values[role] for role, _ in layout.project_columns))
        above = project
    weights = tuple(_WEIGHTS.get(role, 5) for role, _ in layout.project_columns)
    return Grid(tuple(_broken(layout, row) for row in rows), 1, layout.shape, weights)


_DIGITS = "零一二三四五六七八九十"


def chinese(number: int) -> str:
    """Write 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"
