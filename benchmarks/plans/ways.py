"""Ten layouts that real plans use in their own words: the shapes that issue and users name."""

from __future__ import annotations

from benchmarks.plans.layouts import Layout

_TASKS = (
    ("no", "序号"), ("section", "主要任务"), ("title", "重点内容"), ("text", "具体内容"),
    ("lead", "牵头部门"), ("support", "责任部门"), ("due", "完成时限"),
)  # fmt: skip

WAYS = (
    Layout(
        "merged groups",
        "lines",
        (
            ("no", "序号"), ("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("type",
            "指标类型"),
            ("base", "现状值（{base}年）"), ("target", "目标值（{year}年）"), ("attribute", "属性"), ("units",
            "责任单位"),
        ),
        task_columns=_TASKS,
        ops=2,
    ),
    Layout(
        "unit column and stars",
        "tabs",
        (
            ("no", "序号"), ("name", "指标名称"), ("measure", "单位"), ("base", "{base}年"), ("target",
            "{year}年"),
            ("attribute", "指标属性"), ("units", "责任部门"),
        ),
        groups="rows",
        unit_in="column",
        stars=True,
        between_units="、",
        section="{c}、",
        named="bracket",
    ),
    Layout(
        "head of two rows",
        "strokes",
        (
            ("no", "序号"), ("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("measure",
            "单位"),
            ("base", "现状值//{base}年"), ("target", "目标值//{year}年"), ("units", "牵头单位"),
        ),
        unit_in="column",
        ops=1,
        between_units="、",
        section="（{c}）",
        restart=True,
        named="line",
        target_years=2,
    ),
    Layout(
        "groups said in each row",
        "lines",
        (
            ("no", "编号"), ("level1", "指标类别"), ("name", "指标"), ("type", "必选/可选"), ("base",
            "基准值"),
            ("target", "{year}年目标"), ("units", "牵头部门"),
        ),
        groups="repeated",
        head_again=12,
        ops=3,
        task_columns=(
            ("no", "序号"), ("section", "任务类别"), ("title", "任务名称"), ("text", "工作内容"), ("units",
            "责任单位"),
            ("due", "完成时间"),
        ),
    ),
    Layout(
        "footnotes and units in names",
        "tabs",
        (
            ("no", "序号"), ("level1", "一级指标"), ("name", "指标名称"), ("base", "{base}年现状值"),
            ("target", "{year}年目标值"), ("attribute", "指标性质"), ("units", "责任单位"),
        ),
        groups="blank",
        unit_in="name",
        footnotes=True,
        ops=0,
        between_units="、",
        section="（{c}）",
        item="（{n}）",
        restart=True,
        named="labels",
    ),
    Layout(
        "parts without number",
        "lines",
        (
            ("no", "序号"), ("level1", "一级指标"), ("level2", "二级指标"), ("name", "指标"), ("base",
            "现状（{base}）"),
            ("target", "目标（{year}）"), ("type", "类型"), ("attribute", "属性"), ("lead", "牵头单位"),
            ("support", "配合单位"),
        ),
        parts=True,
        ops=1,
        task_columns=(
            ("no", "序号"), ("section", "重点领域"), ("text", "主要措施"), ("lead", "牵头单位"), ("support",
            "配合单位"),
            ("due", "时间节点"),
        ),
        project_columns=(
            ("no", "序号"), ("name", "项目名称"), ("field", "项目类别"), ("content", "主要建设内容"),
            ("money", "总投资（万元）"),
            ("units", "责任单位"), ("due", "建设周期"),
        ),
    ),
    Layout(
        "targets before the base",
        "strokes",
        (
            ("level1", "类别"), ("no", "序号"), ("name", "指标"), ("target", "{year}年目标"), ("base",
            "{base}年基准"),
            ("attribute", "属性"), ("units", "主责单位"),
        ),
        ops=4,
        between_units="、",
        section="第{c}章 ",
        item="{n}．",
        named="next-bracket",
    ),
    Layout(
        "several years",
        "tabs",
        (
            ("no", "序号"), ("level2", "二级指标"), ("name", "三级指标"), ("attribute", "指标属性"),
            ("base", "{base}年现状"), ("target", "{year}年目标值"), ("units", "责任部门"),
        ),
        groups="blank",
        ops=4,
        between_units="、",
        section="{c}、",
        item="{n}、",
        restart=True,
        named="verbs",
        target_years=3,
    ),
    Layout(
        "no numbers, two lists of units",
        "lines",
        (
            ("level1", "一级指标"), ("level2", "二级指标"), ("name", "三级指标"), ("attribute", "性质"),
            ("base", "{base}年"),
            ("target", "{year}年"), ("lead", "主责部门"), ("support", "协办部门"),
        ),
        ops=2,
        break_at=7,
        task_columns=(
            ("section", "领域"), ("title", "重点任务"), ("text", "具体措施"), ("lead", "主责单位"),
            ("support", "协办单位"),
            ("due", "完成时限"),
        ),
    ),
    Layout(
        "broken cells, numbers by Word",
        "lines",
        (
            ("no", "序号"), ("level1", "一级\n指标"), ("level2", "二级\n指标"), ("name", "三级指标"), ("type",
            "指标\n类型"),
            ("base", "现状值\n（{base}年）"), ("target", "目标值\n（{year}年）"), ("attribute", "指标\n属性"),
            ("units", "责任\n单位"),
        ),
        break_at=5,
        head_again=9,
        ops=4,
        automatic=True,
        section="（{c}）",
        item="{n}.",
        named="by-duty",
        project_columns=(
            ("no", "序号"), ("field", "专栏"), ("name", "工程名称"), ("content", "建设内容"), ("units",
            "实施单位"),
            ("due", "完成\n年限"),
        ),
    ),
)  # fmt: skip
