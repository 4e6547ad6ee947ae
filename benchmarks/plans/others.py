"""Eight more layouts, written after the reader was done: a hold-out at first sight, then a test."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from benchmarks.plans.content import Amount, Content, Indicator, Task
from benchmarks.plans.layouts import LEFT, Cell, Element, Grid, Json, Words, chinese

Laid = tuple[list[Element], Json]

_WIDE = str.maketrans("0123456789%.-()", "０１２３４５６７８９％．－（）")


def _wide(text: str) -> str:
    return text.translate(_WIDE)


def _value(text: str, op: str, number: Decimal | None = None, unit: str = "") -> Json:
    return {"text": text, "op": op, "value": number, "unit": unit}


def _read_as(amount: Amount, text: str) -> Json:
    if amount.words:
        return _value(text, amount.op, None, "%" if text[-1:] in {"%", "％"} and amount.op == "blank" else "")
    return _value(text, amount.op, amount.number, amount.unit)


_FORMS = {"ge": "{}及以上", "le": "不高于{}", "lt": "＜{}", "eq": "{}", "range": "{}"}


def _say(amount: Amount, *, unit: bool = True) -> str:
    if amount.words:
        return amount.words
    mark = amount.unit if unit else ""
    if amount.op == "range":
        return f"{amount.number}～{amount.high}{mark}"
    return _FORMS[amount.op].format(f"{amount.number}{mark}")


def _plan(content: Content, title: str, number: str, issued_on: str) -> Json:
    return {
        "title": title,
        "region": content.place,
        "number": number,
        "issued_on": issued_on,
        "base_year": content.base_year,
        "target_years": list(content.target_years),
    }


def _line(no: str, each: Indicator, level1: str, level2: str, **more: object) -> Json:
    return {
        "no": no, "level1": level1, "level2": level2, "name": each.name, "type": "", "attribute": "",
        "baseline": None,
        "targets": [], "units": [], **more,
    }  # fmt: skip


def _task(no: str, task: Task, text: str, title: str, **more: object) -> Json:
    return {
        "no": no, "section": task.section, "title": title, "text": text, "lead": list(task.units[:1]),
        "support": list(task.units[1:]), "due": "", **more,
    }  # fmt: skip


def _empty(plan: Json, **parts: object) -> Json:
    return {"plan": plan, "indicators": [], "tasks": [], "projects": [], "targets_in_text": [], **parts}


def _head(content: Content) -> list[Element]:
    last = content.target_years[-1]
    return [
        Words(content.title, 1),
        Words(
            f"为推动固体废物减量和利用，结合实际，制定本方案。基准年为{content.base_year}年，目标年为{last}年。"
        ),
    ]


def yearly_columns(content: Content) -> Laid:
    """Every year has a column, the first is the base; tasks end with 〔牵头单位：…〕."""
    last = content.target_years[-1]
    heads: tuple[Cell, ...] = (
        "序号",
        "指标名称",
        "计量单位",
        f"{content.base_year}年（现状）",
        f"{last}年（目标）",
        "指标属性",
        "牵头部门",
        "备注",
    )
    rows: list[tuple[Cell, ...]] = [heads]
    lines = []
    for at, each in enumerate(content.indicators, start=1):
        base, target = _say(each.baseline, unit=False), _say(each.targets[0], unit=False).rstrip("%")
        rows.append((f"{at}.", each.name, each.unit or "/", base, target, each.attribute, each.units[0], ""))
        lines.append(
            _line(
                str(at), each, "", "", attribute=each.attribute, baseline=_read_as(each.baseline, base),
                targets=[{"year": last, **_read_as(each.targets[0], target)}], units=[each.units[0]],
            )
        )  # fmt: skip
    made: list[Element] = [
        *_head(content),
        Words("二、主要指标", 1),
        Grid(tuple(rows), 1, "tabs", (2, 8, 3, 4, 4, 4, 6, 3)),
    ]
    tasks = []
    for at, task in enumerate(content.tasks, start=1):
        if at == 1 or task.section != content.tasks[at - 2].section:
            made.append(
                Words(f"{chinese(2 + len({t.section for t in content.tasks[:at]}))}、{task.section}", 1)
            )
        rest = f"，配合单位：{'、'.join(task.units[1:])}" if len(task.units) > 1 else ""
        made.append(Words(f"{at}．{task.title}。{task.text}〔牵头单位：{task.units[0]}{rest}〕"))
        tasks.append(_task(str(at), task, task.text, task.title))
    return made, _empty(_plan(content, content.title, "", ""), indicators=lines, tasks=tasks)


def wide_digits(content: Content) -> Laid:
    """Full-width digits and percent signs throughout; （一） items with 责任单位 behind a stop."""
    last = content.target_years[-1]
    rows: list[tuple[Cell, ...]] = [
        (
            "序号",
            "一级指标",
            "二级指标",
            "三级指标",
            _wide(f"{content.base_year}年"),
            _wide(f"{last}年"),
            "责任部门",
        )
    ]
    lines = []
    above: Indicator | None = None
    for at, each in enumerate(content.indicators, start=1):
        base, target = _wide(_say(each.baseline)), _wide(_say(each.targets[0]))
        one = None if above and above.level1 == each.level1 else each.level1
        two = None if above and above.level2 == each.level2 else each.level2
        rows.append((_wide(str(at)), one, two, each.name, base, target, "\n".join(each.units)))
        lines.append(
            _line(
                str(at), each, each.level1, each.level2, baseline=_read_as(each.baseline, base),
                targets=[{"year": last, **_read_as(each.targets[0], target)}], units=list(each.units),
            )
        )  # fmt: skip
        above = each
    made: list[Element] = [
        Words(content.title, 1),
        Words(_wide(f"基准年为{content.base_year}年，到{last}年建成。")),
        Words("一、指标", 1),
        Grid(tuple(rows), 1, "lines", (2, 6, 6, 8, 5, 5, 6)),
        Words("二、重点任务", 1),
    ]
    tasks = []
    for at, task in enumerate(content.tasks, start=1):
        made.append(Words(f"（{chinese(at)}）{task.title}。{task.text}责任单位：{'、'.join(task.units)}。"))
        tasks.append(_task(chinese(at), task, task.text, task.title, section="重点任务"))
    return made, _empty(_plan(content, content.title, "", ""), indicators=lines, tasks=tasks)


def roles_in_one_cell(content: Content) -> Laid:
    """One cell says 牵头：A 配合：B、C; numbers 1-1; months as 2025.12; the caption is a row of the table."""
    heads: tuple[Cell, ...] = ("编号", "工作领域", "工作任务", "责任分工", "完成时限")
    rows: list[tuple[Cell, ...]] = [("重点任务分工表", *[LEFT] * 4), heads]
    tasks = []
    part = 0
    for at, task in enumerate(content.tasks):
        again = at > 0 and content.tasks[at - 1].section == task.section
        part = part + 1 if again else 1
        section = len({t.section for t in content.tasks[: at + 1]})
        no = f"{section}-{part}"
        rest = f"\n配合单位：{'、'.join(task.units[1:])}" if len(task.units) > 1 else ""
        due = "2025.12" if task.due.endswith("年") else task.due
        rows.append((no, None if again else task.section, task.text, f"牵头单位：{task.units[0]}{rest}", due))
        tasks.append(_task(no, task, task.text, "", due=due))
    made: list[Element] = [*_head(content), Words("附件", 1), Grid(tuple(rows), 2, "lines", (3, 6, 16, 9, 5))]
    return made, _empty(_plan(content, content.title, "", ""), tasks=tasks)


def dashes(content: Content) -> Laid:
    """Tasks are paragraphs behind a dash below （一） headings; units and deadline are labelled."""
    made: list[Element] = [Words(content.number), *_head(content), Words("三、主要任务", 1)]
    tasks = []
    sections = 0
    for at, task in enumerate(content.tasks):
        if at == 0 or content.tasks[at - 1].section != task.section:
            sections += 1
            made.append(Words(f"（{chinese(sections)}）{task.section}", 2))
        rest = f"配合单位：{'、'.join(task.units[1:])}；" if len(task.units) > 1 else ""
        made.append(
            Words(f"——{task.title}。{task.text}（牵头单位：{task.units[0]}；{rest}完成时限：{task.due}）")
        )
        tasks.append(_task("", task, task.text, task.title, due=task.due))
    return made, _empty(_plan(content, content.title, content.number, ""), tasks=tasks)


def targets_listed(content: Content) -> Laid:
    """Targets stand as a list in the text, tasks as （1） items below 1. headings that name nobody."""
    last = content.target_years[-1]
    fits = [
        (each, each.targets[0])
        for each in content.indicators
        if each.targets[0].number and each.targets[0].op != "range"
    ]
    made: list[Element] = [*_head(content), Words("一、工作目标", 1), Words(f"到{last}年，实现以下目标：")]
    targets = []
    for at, (each, amount) in enumerate(fits, start=1):
        words = {"ge": "不低于{}", "le": "控制在{}以内", "lt": "低于{}", "eq": "达到{}"}[amount.op]
        made.append(Words(f"{at}.{each.name}{words.format(f'{amount.number}{amount.unit}')}；"))
        targets.append(
            {"name": each.name, "year": last, "op": amount.op, "value": amount.number, "unit": amount.unit}
        )
    made.append(Words("二、重点任务", 1))
    tasks = []
    section, sections, n = "", 0, 0
    for task in content.tasks:
        if task.section != section:
            section, sections, n = task.section, sections + 1, 0
            made.append(Words(f"{sections}.{section}"))
        n += 1
        made.append(Words(f"（{n}）{task.text}（{'、'.join(task.units)}，{task.due}）"))
        tasks.append(_task(str(n), task, task.text, "", due=task.due))
    for item in tasks:
        text = str(item["text"])
        first = text.split("。", maxsplit=1)[0]
        item["title"] = first if len(first) <= 40 and first != text.rstrip("。") else ""
    return made, _empty(_plan(content, content.title, "", ""), tasks=tasks, targets_in_text=targets)


def stars_behind(content: Content) -> Laid:
    """Stars and the unit behind the name, a row per group without number, 属性 first."""
    last = content.target_years[-1]
    rows: list[tuple[Cell, ...]] = [
        ("约束性/预期性", "序号", "指标", f"{content.base_year}年完成值", f"{last}年目标值", "主要责任部门"),
    ]
    lines = []
    group = ""
    for at, each in enumerate(content.indicators, start=1):
        if each.level1 != group:
            group = each.level1
            rows.append(
                (f"（{chinese(len({i.level1 for i in content.indicators[:at]}))}）{group}", *[LEFT] * 5)
            )
        star = "★" if each.type == "必选" else ""
        unit = f"（{each.unit}）" if each.unit else ""
        base, target = _say(each.baseline, unit=False), _say(each.targets[0], unit=False).rstrip("%")
        rows.append(
            (each.attribute, str(at), f"{each.name}{unit}{star}", base, target, "、".join(each.units))
        )
        lines.append(
            _line(
                str(at), each, group, "", type="必选" if star else "", attribute=each.attribute,
                baseline=_read_as(each.baseline, base),
                targets=[{"year": last, **_read_as(each.targets[0], target)}], units=list(each.units),
            )
        )  # fmt: skip
    made: list[Element] = [
        *_head(content),
        Words("指标体系", 1),
        Grid(tuple(rows), 1, "strokes", (4, 2, 10, 5, 5, 9)),
    ]
    return made, _empty(_plan(content, content.title, "", ""), indicators=lines)


def split_tables(content: Content) -> Laid:
    """A table per field, each with its head and numbers of its own; so the tasks."""
    last = content.target_years[-1]
    made: list[Element] = [*_head(content)]
    lines: list[Json] = []
    for group in dict.fromkeys(each.level1 for each in content.indicators):
        rows: list[tuple[Cell, ...]] = [
            ("序号", "指标内容", "单位", f"现状值({content.base_year})", f"目标值({last})", "数据来源部门")
        ]
        for at, each in enumerate((i for i in content.indicators if i.level1 == group), start=1):
            base, target = _say(each.baseline, unit=False), _say(each.targets[0], unit=False).rstrip("%")
            rows.append((str(at), each.name, each.unit or "-", base, target, "\n".join(each.units)))
            lines.append(
                _line(
                    str(at), each, "", "", baseline=_read_as(each.baseline, base),
                    targets=[{"year": last, **_read_as(each.targets[0], target)}], units=list(each.units),
                )
            )  # fmt: skip
        made += [Words(f"{group}指标"), Grid(tuple(rows), 1, "lines", (2, 9, 3, 5, 5, 6))]
    tasks: list[Json] = []
    for section in dict.fromkeys(each.section for each in content.tasks):
        rows = [("序号", "任务", "内容", "责任单位", "时限")]
        for at, task in enumerate((t for t in content.tasks if t.section == section), start=1):
            rows.append((str(at), task.title, task.text, "\n".join(task.units), task.due))
            tasks.append(_task(str(at), task, task.text, "", section=task.title, due=task.due))
        made += [Words(f"附表 {section}任务"), Grid(tuple(rows), 1, "lines", (2, 6, 14, 7, 4))]
    return made, _empty(_plan(content, content.title, "", ""), indicators=lines, tasks=tasks)


def letters_and_verbs(content: Content) -> Laid:
    """由A牵头负责，B、C参与 in the bracket; 第一条 numbering; a projects table with money and place."""
    made: list[Element] = [*_head(content), Words("第二章 重点任务", 1)]
    tasks = []
    for at, task in enumerate(content.tasks, start=1):
        rest = f"，{'、'.join(task.units[1:])}参与" if len(task.units) > 1 else ""
        made.append(Words(f"第{chinese(at)}条 {task.title}。{task.text}（由{task.units[0]}牵头负责{rest}）"))
        tasks.append(_task(chinese(at), task, task.text, task.title, section="重点任务"))
    rows: list[tuple[Cell, ...]] = [
        ("序号", "类别", "项目名称", "建设地点", "建设规模", "总投资（万元）", "建设年限", "责任单位")
    ]
    projects = []
    for at, each in enumerate(content.projects, start=1):
        rows.append(
            (
                str(at),
                each.field,
                each.name,
                "城南街道",
                each.content,
                "3500",
                each.due,
                "、".join(each.units),
            )
        )
        projects.append(
            {
                "no": str(at),
                "field": each.field,
                "name": each.name,
                "content": each.content,
                "unit": list(each.units),
                "due": each.due,
            }
        )
    made += [Words("附件 重点工程项目表", 1), Grid(tuple(rows), 1, "tabs", (2, 3, 8, 5, 12, 5, 5, 8))]
    return made, _empty(_plan(content, content.title, "", ""), tasks=tasks, projects=projects)


OTHERS: dict[str, Callable[[Content], Laid]] = {
    "yearly columns, 〔〕": yearly_columns,
    "wide digits": wide_digits,
    "roles in one cell": roles_in_one_cell,
    "dashes": dashes,
    "targets listed": targets_listed,
    "stars behind": stars_behind,
    "split tables": split_tables,
    "第一条, money": letters_and_verbs,
}
