"""Read a whole plan from its blocks."""

from __future__ import annotations

from collections.abc import Sequence

from wufei.records.plans.core.reading.blocks import Block, Paragraph, Table
from wufei.records.plans.core.reading.columns import Kind, Layout, Role, layout_of
from wufei.records.plans.core.reading.head import head_of
from wufei.records.plans.core.reading.indicators import indicators_of
from wufei.records.plans.core.reading.result import ReadIndicator, ReadPlan, ReadProject, ReadTask
from wufei.records.plans.core.reading.targets import targets_of
from wufei.records.plans.core.reading.tasks import items_of, projects_of, tasks_of


def read_plan(blocks: Sequence[Block]) -> ReadPlan:
    """Read a plan; what cannot be read is left out and said in a Finding, never guessed."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    tables = [(block, layout_of(block)) for block in blocks if isinstance(block, Table)]
    head = head_of(paragraphs, [_years(layout) for _, layout in tables if layout.kind is Kind.INDICATORS])
    last = max(head.target_years, default=None)
    indicators: list[ReadIndicator] = []
    tasks: list[ReadTask] = []
    projects: list[ReadProject] = []
    for table, layout in tables:
        if layout.kind is Kind.INDICATORS:
            indicators += indicators_of(table, layout, head.base_year, last)
        elif layout.kind is Kind.TASKS:
            tasks += tasks_of(table, layout)
        elif layout.kind is Kind.PROJECTS:
            projects += projects_of(table, layout)
    if not tasks:
        tasks += items_of(paragraphs)
    targets = tuple(targets_of(paragraphs, last))
    return ReadPlan(head, tuple(indicators), tuple(tasks), tuple(projects), targets)


def _years(layout: Layout) -> tuple[int | None, int | None]:
    bases = [layout.columns[at].year for at in layout.of(Role.BASE) if layout.columns[at].year]
    targets = [layout.columns[at].year for at in layout.of(Role.TARGET) if layout.columns[at].year]
    return max(filter(None, bases), default=None), max(filter(None, targets), default=None)
