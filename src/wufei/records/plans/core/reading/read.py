"""Read a whole plan from its blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from wufei.records.plans.core.reading.blocks import Block, Paragraph, Table
from wufei.records.plans.core.reading.columns import Kind, Layout, Role, layout_of
from wufei.records.plans.core.reading.doubts.rows import row_doubts
from wufei.records.plans.core.reading.doubts.text import text_doubts
from wufei.records.plans.core.reading.doubts.whole import whole_doubts
from wufei.records.plans.core.reading.head import head_of
from wufei.records.plans.core.reading.indicators import indicators_of
from wufei.records.plans.core.reading.items import items_of
from wufei.records.plans.core.reading.result import ReadIndicator, ReadPlan, ReadProject, ReadTask
from wufei.records.plans.core.reading.targets import targets_of
from wufei.records.plans.core.reading.tasks import projects_of, tasks_of
from wufei.records.plans.core.reading.units import whole_units


def read_plan(blocks: Sequence[Block]) -> ReadPlan:
    """Read a plan; what cannot be read is left out and said in a Finding, never guessed."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    tables = [(block, layout_of(block)) for block in blocks if isinstance(block, Table)]
    years = [year for _, layout in tables if layout.kind is Kind.INDICATORS for year in _years(layout)]
    head = head_of(paragraphs, years)
    last = max(head.target_years, default=None)
    known = _known(paragraphs, tables)
    indicators: list[ReadIndicator] = []
    tasks: list[ReadTask] = []
    projects: list[ReadProject] = []
    for table, layout in tables:
        if layout.kind is Kind.INDICATORS:
            indicators += indicators_of(table, layout, head.base_year, last, known)
        elif layout.kind is Kind.TASKS:
            tasks += tasks_of(table, layout, known)
        elif layout.kind is Kind.PROJECTS:
            projects += projects_of(table, layout, known)
    items = list(items_of(paragraphs, known))
    # An annex repeats the items of the text; a short table beside many items does not.
    if len(items) > 2 * len(tasks):
        tasks = [*items, *tasks]
    targets = tuple(targets_of(paragraphs, head.base_year))
    plan = ReadPlan(head, tuple(indicators), tuple(tasks), tuple(projects), targets)
    findings = [*whole_doubts(plan, tables), *row_doubts(plan, paragraphs), *text_doubts(plan, paragraphs)]
    return replace(plan, findings=tuple(findings))


def _years(layout: Layout) -> list[tuple[int | None, int | None]]:
    """Give (base, target) for every year that the head of a table names."""
    bases = [(layout.columns[at].year, None) for at in layout.of(Role.BASE)]
    return [*bases, *((None, layout.columns[at].year) for at in layout.of(Role.TARGET))]


_OF_UNITS = (Role.LEAD, Role.SUPPORT, Role.UNITS)
_AT_END = 120


def _known(paragraphs: Sequence[Paragraph], tables: Sequence[tuple[Table, Layout]]) -> frozenset[str]:
    """Give the names of units that stand whole somewhere in the document."""
    cells = [
        row.cells[at]
        for table, layout in tables
        for at in (at for role in _OF_UNITS for at in layout.of(role))
        for row in table.rows[layout.head_rows :]
        if at < len(row.cells)
    ]
    brackets = [
        found[1] for paragraph in paragraphs if (found := _BRACKET.search(paragraph.text[-_AT_END:])) is not None
    ]
    return whole_units([*cells, *brackets])


_BRACKET = re.compile(r"[（(]([^（）()]+)[）)]。?$")
