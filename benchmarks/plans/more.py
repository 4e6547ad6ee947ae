"""Six more layouts of another city, written after the first hold-out was mended; a hold-out, then a test.

Two of them are bytes of plain text as copied from a PDF, one is a page of a portal; they have one format
each.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, replace

from benchmarks.plans.content import Content, Indicator, Task, content_of
from benchmarks.plans.files import as_excel, as_html, as_pdf, as_text, as_word
from benchmarks.plans.layouts import LEFT, Cell, Element, Grid, Json, Words, chinese
from benchmarks.plans.others import _empty, _line, _plan, _read_as, _say, _task

_CITY_UNITS = {
    "区生态环境局": "市生态环境局", "区发展改革委": "市发展和改革委员会", "区城市管理委": "市城市管理委员会",
    "区经济和信息化局": "市经信局",
    "区农业农村局": "市农业农村局", "区住房城乡建设委": "市住房城乡建设局", "区商务局": "市商务局",
    "区水务局": "市水务集团有限公司",
    "区卫生健康委": "市卫生健康委", "区教委": "市教育局", "区文化和旅游局": "市文化广电和旅游局",
    "区财政局": "市财政局",
    "区市场监管局": "市市场监督管理局", "区园林绿化局": "市园林局", "区交通局": "市交通运输局",
    "区公安分局": "市公安局", "区科技局": "市科技局",
    "区大数据中心": "市政务服务数据管理局", "区环卫服务中心": "市环境卫生管理中心",
    "区供销社": "市供销合作社", "区机关事务管理局": "市机关事务服务中心",
    "区委宣传部": "市委宣传部", "区金融办": "人民银行澜河市分行", "高新技术产业园区管委会": "高新区管委会",
    "各镇街（地区）": "各区（市）县人民政府",
    "各乡镇人民政府": "各镇人民政府（街道办事处）",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A file with what stands in it."""

    name: str
    content: bytes
    expected: Json


def documents(seed: int) -> list[Document]:
    """Give every document of the second hold-out."""
    made = []
    for at, (name, make) in enumerate(_IN_ANY_FORMAT.items()):
        elements, expected = make(_of_city(content_of(seed + at, target_years=2)))
        made += [
            Document(f"{name}.{ending}", write(elements), expected)
            for ending, write in (
                ("txt", as_text),
                ("docx", as_word),
                ("pdf", as_pdf),
                ("html", as_html),
                ("xlsx", as_excel),
            )
        ]
    for at, (name, write_one) in enumerate(_IN_ONE_FORMAT.items()):
        content, expected = write_one(_of_city(content_of(seed + 10 + at)))
        made.append(Document(name, content, expected))
    return made


def _of_city(content: Content) -> Content:
    """Give the same plan with the departments of a city."""

    def renamed(units: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_CITY_UNITS[unit] for unit in units)

    return replace(
        content,
        indicators=tuple(replace(each, units=renamed(each.units)) for each in content.indicators),
        tasks=tuple(replace(each, units=renamed(each.units)) for each in content.tasks),
        projects=tuple(replace(each, units=renamed(each.units)) for each in content.projects),
    )


def near_and_far(content: Content) -> tuple[list[Element], Json]:
    """近期 and 远期 under 目标值, columns of no interest between, units in a last column 数据提供单位."""
    near, far = content.target_years
    upper: tuple[Cell, ...] = (
        "序号",
        "指标类别",
        LEFT,
        "指标名称",
        "指标单位",
        "指标来源",
        f"现状{content.base_year}年",
        "目标值",
        LEFT,
        "数据提供单位",
    )
    lower: tuple[Cell, ...] = (
        None,
        "一级",
        "二级",
        None,
        None,
        None,
        None,
        f"近期（{near}年）",
        f"远期（{far}年）",
        None,
    )
    rows: list[tuple[Cell, ...]] = [upper, lower]
    lines = []
    above: Indicator | None = None
    for at, each in enumerate(content.indicators, start=1):
        base = _say(each.baseline, unit=False)
        aims = [_say(value, unit=False).rstrip("%") for value in each.targets]
        one = None if above and above.level1 == each.level1 else each.level1
        two = None if above and above.level2 == each.level2 else each.level2
        rows.append(
            (str(at), one, two, each.name, each.unit or "/", "国家必选", base, *aims, "\n".join(each.units))
        )
        years = zip(content.target_years, each.targets, aims, strict=True)
        lines.append(
            _line(
                str(at), each, each.level1, each.level2, baseline=_read_as(each.baseline, base),
                targets=[{"year": year, **_read_as(value, aim)} for year, value, aim in years],
                units=list(each.units),
            )
        )  # fmt: skip
        above = each
    made: list[Element] = [
        Words(content.title, 1),
        Words("一、指标体系", 1),
        Words("（一）指标构成", 2),
        Words("指标体系见下表。"),
        Grid(tuple(rows), 2, "lines", (2, 5, 5, 9, 4, 4, 5, 5, 5, 7)),
    ]
    return made, _empty(_plan(content, content.title, "", ""), indicators=lines)


def yearly_goals(content: Content) -> tuple[list[Element], Json]:
    """Tasks with a goal for every year beside them, leads merged downward, texts of several lines."""
    years = (content.base_year + 1, content.base_year + 2)
    heads: tuple[Cell, ...] = (
        "序号",
        "重点任务",
        "主要内容",
        f"{years[0]}年目标",
        f"{years[1]}年目标",
        "牵头单位",
        "配合单位",
    )
    rows: list[tuple[Cell, ...]] = [heads]
    tasks = []
    for at, task in enumerate(content.tasks, start=1):
        above = content.tasks[at - 2] if at > 1 else None
        same = above is not None and above.section == task.section
        lead = content.tasks[at - 1 - _since(content.tasks, at - 1)].units[0]
        rest = tuple(name for name in task.units if name != lead)
        text = task.text.replace("。", "。\n").strip()
        rows.append(
            (
                str(at),
                None if same else task.section,
                text,
                "完成方案",
                "全面实施",
                None if same else lead,
                "\n".join(rest) or "/",
            )
        )
        tasks.append(_task(str(at), task, task.text, "", lead=[lead], support=list(rest)))
    made: list[Element] = [
        Words(content.title, 1),
        Words(
            f"到{content.target_years[-1]}年建成，{content.target_years[0]}年见效。基准年：{content.base_year}年。"
        ),
        Grid(tuple(rows), 1, "lines", (2, 5, 14, 4, 4, 6, 7)),
    ]
    plan = _plan(content, content.title, "", "")
    return made, _empty({**plan, "target_years": [content.target_years[-1]]}, tasks=tasks)


def _since(tasks: tuple[Task, ...], at: int) -> int:
    steps = 0
    while at - steps > 0 and tasks[at - steps - 1].section == tasks[at].section:
        steps += 1
    return steps


def deep_numbers(content: Content) -> tuple[list[Element], Json]:
    """第一章, 第一节, 任务1：title, its text, and （责任单位：…） on a line of its own."""
    made: list[Element] = [
        Words(content.title, 1),
        Words(
            f"基准年{content.base_year}年，到{content.target_years[0]}年取得成效，到{content.target_years[1]}年建成。"
        ),
        Words("第一章 总体要求", 1),
        Words("坚持统筹推进，坚持多方参与。"),
        Words("第二章 重点任务", 1),
    ]
    tasks = []
    sections = 0
    for at, task in enumerate(content.tasks, start=1):
        if at == 1 or content.tasks[at - 2].section != task.section:
            sections += 1
            made.append(Words(f"第{chinese(sections)}节 {task.section}", 2))
        made += [
            Words(f"任务{at}：{task.title}"),
            Words(task.text),
            Words(f"（责任单位：{'、'.join(task.units)}）"),
        ]
        tasks.append(_task(str(at), task, task.text, task.title))
    return made, _empty(_plan(content, content.title, "", ""), tasks=tasks)


_IN_ANY_FORMAT: dict[str, Callable[[Content], tuple[list[Element], Json]]] = {
    "near-and-far": near_and_far,
    "yearly-goals": yearly_goals,
    "deep-numbers": deep_numbers,
}


def hard_wrapped(content: Content) -> tuple[bytes, Json]:
    """Plain text copied from a PDF: lines end at the edge of the page, paragraphs begin with two spaces."""
    lines: list[str] = []

    def add(text: str) -> None:
        text = f"　　{text}"
        lines.extend(text[start : start + 38] for start in range(0, len(text), 38))

    last = content.target_years[-1]
    add(content.title)
    add(
        f"为加强固体废物治理，制定本方案。基准年为{content.base_year}年，力争到{last}年建成制度健全、设施完善、运行高效的固体废物治理体系，治理能力走在前列。"
    )
    tasks = []
    for at, task in enumerate(content.tasks, start=1):
        if at == 1 or content.tasks[at - 2].section != task.section:
            add(f"{chinese(len({each.section for each in content.tasks[:at]}))}、{task.section}")
        add(f"{at}.{task.title}。{task.text}【责任单位：{'，'.join(task.units)}】")
        tasks.append(_task(str(at), task, task.text, task.title))
    return "\n".join(lines).encode(), _empty(_plan(content, content.title, "", ""), tasks=tasks)


_REST_OF_HEAD = "      指标属性    责任单位"


def spaced_columns(content: Content) -> tuple[bytes, Json]:
    """A table in plain text whose columns stand apart by spaces."""
    last = content.target_years[-1]
    lines = [
        content.title,
        "",
        f"  序号   指标名称                        {content.base_year}年       {last}年目标  {_REST_OF_HEAD}",
    ]
    read = []
    for at, each in enumerate(content.indicators, start=1):
        base, target = _say(each.baseline), _say(each.targets[0])
        lines.append(
            f"  {at:<4}   {each.name:<24}   {base:<10}   {target:<12}   {each.attribute}    "
            f"{'、'.join(each.units)}"
        )
        read.append(
            _line(
                str(at), each, "", "", attribute=each.attribute, baseline=_read_as(each.baseline, base),
                targets=[{"year": last, **_read_as(each.targets[0], target)}], units=list(each.units),
            )
        )  # fmt: skip
    return "\n".join(lines).encode("gb18030"), _empty(_plan(content, content.title, "", ""), indicators=read)


def portal_page(content: Content) -> tuple[bytes, Json]:
    """A page of a portal: tables that lay it out, paragraphs parted by <br>, a navigation, GB 18030."""
    body = [f"基准年为{content.base_year}年，到{content.target_years[-1]}年建成。"]
    tasks = []
    for at, task in enumerate(content.tasks, start=1):
        if at == 1 or content.tasks[at - 2].section != task.section:
            body.append(f"（{chinese(len({each.section for each in content.tasks[:at]}))}）{task.section}")
        body.append(f"{at}.{task.title}。{task.text}（{'、'.join(task.units)}）")
        tasks.append(_task(str(at), task, task.text, task.title))
    inner = "<br>\n".join(f"&nbsp;&nbsp;&nbsp;&nbsp;<span>{html.escape(line)}</span>" for line in body)
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
        "<title>政府信息公开</title></head><body>"
        "<table width=100%><tr><td><a href=#>首页</a></td><td><a href=#>政务公开</a></td></tr></table>"
        "<table><tr><td><table><tr><td align=center>索引号：0001</td><td>发布机构：市政府办公室</td></tr>"
        "</table></td></tr>"
        f"<tr><td><h1>{content.title}</h1><p>{inner}</p></td></tr></table><div>主办：市政府办公室</div></body></html>"
    )
    return page.encode("gb18030"), _empty(_plan(content, content.title, "", ""), tasks=tasks)


_IN_ONE_FORMAT: dict[str, Callable[[Content], tuple[bytes, Json]]] = {
    "hard-wrapped.txt": hard_wrapped,
    "spaced-columns.txt": spaced_columns,
    "portal-page.html": portal_page,
}
