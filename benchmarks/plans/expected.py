"""What a reader should find in a plan of a layout, as the JSON that `wufei plan read` prints."""

from __future__ import annotations

from benchmarks.plans.content import Content, Project, Task
from benchmarks.plans.layouts import (
    Json,
    Layout,
    _heads_say_all,
    _Line,
    _lines,
    _text_targets,
    chinese,
    worded,
)


def expected(layout: Layout, content: Content) -> Json:
    """Give plan, indicators, tasks, projects and targets of the text."""
    year, month, day = content.issued_on
    return {
        "plan": {
            "title": content.title,
            "region": content.place,
            "number": content.number,
            "issued_on": f"{year}-{month:02d}-{day:02d}",
            "base_year": content.base_year,
            "target_years": list(content.target_years),
        },
        "indicators": [
            _indicator(layout, content, line, count) for count, line in enumerate(_lines(layout, content))
        ],
        "tasks": _tasks(layout, content),
        "projects": [_project(layout, each, n) for n, each in enumerate(content.projects, start=1)],
        "targets_in_text": [
            {
                "name": each.name,
                "year": content.target_years[-1],
                "op": amount.op,
                "value": amount.number,
                "unit": "%",
            }
            for each, amount in _text_targets(content)
        ],
    }


def _indicator(layout: Layout, content: Content, line: _Line, count: int) -> Json:
    each = line.of
    roles = {role for role, _ in layout.columns}
    type_ = each.type if "type" in roles else "必选" if layout.stars and each.type == "必选" else ""
    targets = [
        {"year": year, **worded(layout, amount, count)[1]}
        for year, amount in zip(content.target_years, each.targets, strict=True)
    ]
    units: list[str] = []
    if roles & {"units", "lead"}:
        units = list(each.units if roles & {"units", "support"} else each.units[:1])
    return {
        "no": line.no,
        "level1": each.level1 if "level1" in roles or layout.groups == "rows" else "",
        "level2": each.level2 if "level2" in roles else "",
        "name": each.name,
        "type": type_,
        "attribute": each.attribute if "attribute" in roles else "",
        "baseline": worded(layout, each.baseline, 0)[1] if "base" in roles else None,
        "targets": targets,
        "units": units,
    }


def _tasks(layout: Layout, content: Content) -> list[Json]:
    made: list[Json] = []
    section, n = "", 0
    for task in content.tasks:
        n = 0 if layout.restart and not layout.has_task_table and task.section != section else n
        section = task.section
        n += 1
        made.append(_row_task(layout, task, n) if layout.has_task_table else _item_task(layout, task, n))
    return made


def _row_task(layout: Layout, task: Task, n: int) -> Json:
    roles = {role for role, _ in layout.task_columns}
    lead, support = list(task.units[:1]), list(task.units[1:])
    if _heads_say_all(layout):
        support = list(task.units)
    return {
        "no": str(n) if "no" in roles else "",
        "section": task.section if "section" in roles else "",
        "title": task.title if "title" in roles else "",
        "text": task.text,
        "lead": lead,
        "support": support,
        "due": task.due if "due" in roles else "",
    }


def _item_task(layout: Layout, task: Task, n: int) -> Json:
    return {
        "no": chinese(n) if "{c}" in layout.item else str(n),
        "section": task.section,
        "title": task.title,
        "text": task.text,
        "lead": list(task.units[:1]),
        "support": list(task.units[1:]),
        "due": task.due if layout.named == "labels" else "",
    }


def _project(layout: Layout, each: Project, n: int) -> Json:
    roles = {role for role, _ in layout.project_columns}
    return {
        "no": str(n) if "no" in roles else "",
        "field": each.field if "field" in roles else "",
        "name": each.name,
        "content": each.content,
        "unit": list(each.units),
        "due": each.due if "due" in roles else "",
    }
