"""Layouts drawn by chance: heads, orders, groups, numbers and brackets that nobody chose."""

from __future__ import annotations

import random
from dataclasses import replace

from benchmarks.plans.layouts import Layout

_NO = ("序号", "编号", "No.", "序\n号")
_LEVEL1 = ("一级指标", "指标类别", "类别", "领域", "一级")
_LEVEL2 = ("二级指标", "二级", "二级类别")
_NAME = ("指标名称", "三级指标", "指标", "具体指标", "考核指标", "指标内容", "主要指标")
_TYPE = ("指标类型", "类型", "必选/可选")
_ATTRIBUTE = ("指标属性", "属性", "指标性质", "性质")
_MEASURE = ("单位", "计量单位", "指标单位")
_BASE = (
    "{base}年现状值",
    "现状值（{base}年）",
    "{base}年基准值",
    "{base}年",
    "基准年（{base}年）",
    "{base}年完成值",
    "现状（{base}年）",
)
_TARGET = (
    "{year}年目标值",
    "目标值（{year}年）",
    "{year}年目标",
    "{year}年",
    "规划目标（{year}年）",
    "{year}年规划值",
    "目标（{year}年）",
)
_UNITS = (
    "责任单位",
    "责任部门",
    "牵头单位",
    "主要责任单位",
    "实施单位",
    "牵头责任部门",
    "数据来源单位",
    "责任主体",
)
_LEADS = ("牵头单位", "牵头部门", "主责单位", "牵头责任单位", "第一责任单位")
_SUPPORTS = ("配合单位", "配合部门", "协办单位", "参与部门", "配合责任单位", "协同部门")
_DUE = ("完成时限", "完成时间", "时间节点", "完成期限", "时限要求", "进度要求", "计划完成时间")
_SECTION = ("任务类别", "重点领域", "工作领域", "任务领域", "类别", "领域")
_TITLE = ("任务名称", "重点任务", "工作任务", "任务事项", "工作事项")
_TEXT = ("具体内容", "工作内容", "主要措施", "任务内容", "具体措施", "工作举措", "主要内容")
_FIELD = ("领域", "项目类别", "类别", "类型")
_PROJECT = ("项目名称", "工程名称", "重点项目")
_CONTENT = ("建设规模及内容", "建设内容", "主要建设内容", "项目内容", "建设规模")
_ITEMS = ("{n}.", "{n}、", "{n}．", "（{n}）", "{n}）", "{n} ", "（{c}）")
_SECTIONS = ("{c}、", "（{c}）", "第{c}章 ", "第{c}部分 ")
_NAMED = ("bracket", "line", "labels", "verbs", "next-bracket", "by-duty")


# Heads that no list of words foresees: the table must be told by what its columns hold.
_STRANGE = {
    "no": ("项次", "次序", "№", "顺次"),
    "level1": ("门类", "大项", "维", "板块", "一层"),
    "level2": ("小项", "子类", "二层"),
    "name": ("监测项", "考察点", "测度", "评价点", "衡量内容"),
    "type": ("要求程度", "选项", "必答与否"),
    "attribute": ("约束程度", "管理方式", "刚性"),
    "measure": ("单元", "量", "计"),
    "base": ("{base}年底数", "起点（{base}年）", "{base}年水平", "{base}年情况"),
    "target": ("{year}年要求", "到{year}年", "{year}年末", "拟于{year}年实现"),
    "units": ("归口科室", "承办处室", "主抓", "由谁负责", "经办", "管理机关"),
    "lead": ("领衔", "主抓", "总负责", "挑头单位"),
    "support": ("帮办", "共同推进", "会同", "联办"),
    "due": ("何时办结", "截止日", "交账时间", "何时完", "收官日"),
    "section": ("条线", "口子", "战线", "门类"),
    "title": ("题目", "事由", "做什么", "课题"),
    "text": ("怎么做", "做法", "抓手", "动作"),
    "field": ("门类", "条线"),
    "project": ("建设名目", "名称", "载体"),
    "content": ("建什么", "概要", "体量"),
}


def drawn(seed: int, *, strange: bool = False) -> Layout:
    """Draw a layout; the same seed draws the same; ``strange`` puts unforeseen words in its heads."""
    layout = _drawn(seed)
    if not strange:
        return layout
    chance = random.Random(seed)  # noqa: S311 - layouts, not secrets
    lists = (layout.columns, layout.task_columns, layout.project_columns)
    columns, task_columns, project_columns = (_in_strange_words(each, chance) for each in lists)
    return replace(layout, columns=columns, task_columns=task_columns, project_columns=project_columns)


def _in_strange_words(
    columns: tuple[tuple[str, str], ...], chance: random.Random
) -> tuple[tuple[str, str], ...]:
    of_projects = any(role == "content" for role, _ in columns)
    keys = [(role, "project" if of_projects and role == "name" else role) for role, _ in columns]
    return tuple(
        (role, chance.choice(_STRANGE.get(key, (head,))))
        for (role, key), (_, head) in zip(keys, columns, strict=True)
    )


def _drawn(seed: int) -> Layout:
    chance = random.Random(seed)  # noqa: S311 - layouts, not secrets
    unit_in = chance.choice(("value", "column", "name"))
    stars = chance.random() < 0.3
    columns = _indicator_columns(chance, unit_in=unit_in, stars=stars)
    levels = any(role in {"level1", "level2"} for role, _ in columns)
    section = chance.choice(_SECTIONS)
    item = chance.choice([each for each in _ITEMS if each != section])
    return Layout(
        f"drawn {seed}",
        chance.choice(("lines", "tabs", "strokes")),
        columns,
        groups=chance.choice(("merged", "blank", "repeated")) if levels else "rows",
        unit_in=unit_in,
        stars=stars,
        footnotes=chance.random() < 0.3,
        parts=chance.random() < 0.2 and columns[0][0] == "no",
        head_again=chance.choice((0, 0, 8)),
        ops=chance.randint(0, 4),
        between_units=chance.choice(("、", "、", "，", "；")),
        task_columns=_task_columns(chance) if chance.random() < 0.5 else (),
        item=item,
        section=section,
        restart=chance.random() < 0.5,
        named=chance.choice(_NAMED),
        project_columns=_project_columns(chance),
        target_years=chance.choice((1, 1, 2, 3)),
    )


def _indicator_columns(chance: random.Random, *, unit_in: str, stars: bool) -> tuple[tuple[str, str], ...]:
    columns = [("no", chance.choice(_NO))] if chance.random() < 0.8 else []
    if chance.random() < 0.7:
        columns.append(("level1", chance.choice(_LEVEL1)))
        if chance.random() < 0.7:
            columns.append(("level2", chance.choice(_LEVEL2)))
    columns.append(("name", chance.choice(_NAME)))
    columns += [("measure", chance.choice(_MEASURE))] if unit_in == "column" else []
    middle = [("attribute", chance.choice(_ATTRIBUTE))] if chance.random() < 0.7 else []
    middle += [("type", chance.choice(_TYPE))] if not stars and chance.random() < 0.5 else []
    values = [("base", chance.choice(_BASE)), ("target", chance.choice(_TARGET))]
    chance.shuffle(middle)
    columns += [*middle, *values] if chance.random() < 0.5 else [*values, *middle]
    if chance.random() < 0.3:
        return (*columns, ("lead", chance.choice(_LEADS)), ("support", chance.choice(_SUPPORTS)))
    return (*columns, ("units", chance.choice(_UNITS)))


def _task_columns(chance: random.Random) -> tuple[tuple[str, str], ...]:
    columns = [("no", chance.choice(_NO))] if chance.random() < 0.85 else []
    both = chance.random() < 0.5
    columns += [("section", chance.choice(_SECTION))] if both or chance.random() < 0.5 else []
    columns += [("title", chance.choice(_TITLE))] if both else []
    columns.append(("text", chance.choice(_TEXT)))
    if chance.random() < 0.5:
        columns += [("lead", chance.choice(_LEADS)), ("support", chance.choice(_SUPPORTS))]
    else:
        columns.append(("units", chance.choice(("责任单位", "责任部门", "承担单位", "落实单位", "责任分工"))))
    return (*columns, ("due", chance.choice(_DUE)))


def _project_columns(chance: random.Random) -> tuple[tuple[str, str], ...]:
    columns = [
        ("no", chance.choice(_NO)),
        ("field", chance.choice(_FIELD)),
        ("name", chance.choice(_PROJECT)),
    ]
    columns.append(("content", chance.choice(_CONTENT)))
    columns += [("money", "总投资（万元）")] if chance.random() < 0.5 else []
    columns += [("units", chance.choice(("责任单位", "实施单位", "项目单位", "建设单位", "实施主体")))]
    return (*columns, ("due", chance.choice(_DUE)))
