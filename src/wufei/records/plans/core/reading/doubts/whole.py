"""Doubts about the document as a whole: what is missing, a second plan, no plan at all."""

from __future__ import annotations

from collections.abc import Iterator

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.reading.blocks import Block, Paragraph
from wufei.records.plans.core.reading.head import is_named_as_plan
from wufei.records.plans.core.reading.result import ReadPlan


def whole_doubts(plan: ReadPlan) -> Iterator[Finding]:
    """Give the Findings on what was not found."""
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
