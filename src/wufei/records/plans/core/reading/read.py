"""Read a whole plan from its blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from wufei.kernel.findings import Finding
from wufei.records.plans.core.reading.blocks import Block, Paragraph, Table, clean, squeezed
from wufei.records.plans.core.reading.boxes import opened
from wufei.records.plans.core.reading.columns import Layout
from wufei.records.plans.core.reading.doubts.rows import row_doubts
from wufei.records.plans.core.reading.doubts.text import text_doubts
from wufei.records.plans.core.reading.doubts.unread import unread_doubts
from wufei.records.plans.core.reading.doubts.whole import (
    is_no_plan,
    no_plan,
    nothing_read,
    traditional,
    two_plans,
    whole_doubts,
)
from wufei.records.plans.core.reading.editions import second_plan
from wufei.records.plans.core.reading.head import head_of, last_year_before, names_a_year
from wufei.records.plans.core.reading.indicators import indicators_of
from wufei.records.plans.core.reading.items import items_of
from wufei.records.plans.core.reading.listed import due_in_text, listed_indicators, listed_project
from wufei.records.plans.core.reading.result import (
    Head,
    ReadIndicator,
    ReadPlan,
    ReadProject,
    ReadTarget,
    ReadTask,
)
from wufei.records.plans.core.reading.roles import Kind, Role
from wufei.records.plans.core.reading.tables import Laid, groups_of, laid_tables
from wufei.records.plans.core.reading.targets import is_set_for_a_year, targets_of
from wufei.records.plans.core.reading.tasks import projects_of, tasks_of
from wufei.records.plans.core.reading.traditional import is_traditional, simplified
from wufei.records.plans.core.reading.units import whole_units


def read_plan(blocks: Sequence[Block]) -> ReadPlan:
    """Read a plan; what cannot be read is left out and said in a Finding, never guessed.

    Of two plans in one document the first is read; traditional characters are read as simplified ones.
    """
    findings: list[Finding] = []
    if is_traditional(blocks):
        blocks = simplified(blocks)
        findings.append(traditional())
    second = second_plan(blocks)
    if second is not None:
        findings.append(two_plans(blocks[second]))
        blocks = blocks[:second]
    plan = _read(opened(blocks))
    return replace(plan, findings=(*findings, *plan.findings))


def _read(blocks: Sequence[Block]) -> ReadPlan:
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    tables = laid_tables(blocks, paragraphs)
    years = [year for _, layout in tables if layout.kind is Kind.INDICATORS for year in _years(layout)]
    head = head_of([*_labels(tables), *paragraphs], years)
    known = _known(paragraphs, tables)
    listed = _of_tables(blocks, tables, head, known)
    plan = _with_text(replace(listed, head=head), paragraphs, known)
    if is_no_plan(plan):
        # What else has numbers in it is no plan; only what says 到2030年 may be a target all the same.
        aims = {each.place for each in paragraphs if names_a_year(each.text)}
        kept = tuple(each for each in plan.targets if each.year and each.place in aims)
        plan = ReadPlan(head, targets=kept)
        return replace(plan, findings=(no_plan(plan) if kept else nothing_read(),))
    findings = (
        *whole_doubts(plan),
        *unread_doubts(plan, tables, paragraphs),
        *row_doubts(plan, paragraphs),
        *text_doubts(plan, paragraphs),
    )
    return replace(plan, findings=findings)


def _of_tables(
    blocks: Sequence[Block], tables: Sequence[Laid], head: Head, known: frozenset[str]
) -> ReadPlan:
    """Give what the tables list."""
    groups = groups_of(blocks, tables)
    indicators: list[ReadIndicator] = []
    tasks: list[ReadTask] = []
    projects: list[ReadProject] = []
    for table, layout in tables:
        if layout.kind is Kind.INDICATORS:
            group = groups.get(table.place.block, "")
            found = indicators_of(table, layout, head.target_years, known)
            indicators += (each if each.level1 else replace(each, level1=group) for each in found)
        elif layout.kind is Kind.TASKS:
            tasks += tasks_of(table, layout, known)
        elif layout.kind is Kind.PROJECTS:
            projects += projects_of(table, layout, known)
    return ReadPlan(head, tuple(indicators), tuple(tasks), tuple(projects))


def _with_text(plan: ReadPlan, paragraphs: Sequence[Paragraph], known: frozenset[str]) -> ReadPlan:
    """Add what the running text says: indicators, items and targets, each of them once."""
    past = plan.head.base_year or last_year_before(paragraphs)
    indicators = list(plan.indicators)
    in_text: list[ReadIndicator] = []
    if not indicators:
        in_text = list(listed_indicators(paragraphs, [*targets_of(paragraphs, None)], known, past))
    if any(_OTHERS_MAY.search(each.text) for each in paragraphs):
        indicators = [each if each.type else replace(each, type="可选") for each in indicators]
    head = plan.head
    if head.base_year is None and any(each.baseline for each in in_text):
        years = (each for each in head.target_years if past is None or each > past)
        head = replace(head, base_year=past, target_years=tuple(years))
    places = {each.place for each in in_text}
    items = [each for each in items_of(paragraphs, known) if each.place not in places]
    projects = [*filter(None, map(listed_project, items)), *plan.projects]
    items = [each for each in items if listed_project(each) is None]
    targets = (each for each in _targets(plan, paragraphs) if each.place not in places)
    # An annex repeats the items of the text; a short table beside many items does not.
    tasks = [*items, *plan.tasks] if len(items) > 2 * len(plan.tasks) else plan.tasks
    tasks = [each if each.due else replace(each, due=due_in_text(each)) for each in tasks]
    return ReadPlan(head, (*indicators, *in_text), tuple(tasks), tuple(projects), tuple(targets))


# 注：标★的为必选指标，其余为可选指标
_OTHERS_MAY = re.compile(r"[★☆▲*※].{0,12}必选.{0,6}(?:其余|其他|其它|未标).{0,6}可选")


def _targets(plan: ReadPlan, paragraphs: Sequence[Paragraph]) -> Iterator[ReadTarget]:
    """Give the targets of the text, then those of annexes.

    Beside a text only what names its year counts in an annex: it holds sizes and outputs as well.
    """
    years = plan.head.target_years
    in_text = list(targets_of(paragraphs, plan.head.base_year, years[0] if len(years) == 1 else None))
    cells = [Paragraph(each.text, each.place) for each in plan.tasks]
    cells += [Paragraph(each.content, each.place) for each in plan.projects]
    yield from in_text
    for each in targets_of(cells, plan.head.base_year):
        if not in_text or is_set_for_a_year(each):
            yield each


def _labels(tables: Sequence[tuple[Table, Layout]]) -> Iterator[Paragraph]:
    """Give what portals say of a document in a table of its own: 发文字号： | 东府办发〔2024〕7号."""
    for table, layout in tables:
        if layout.kind is Kind.OTHER:
            for row in table.rows:
                whole = (each.partition("：") for each in row.cells if "：" in each)
                pairs = [*pairwise(row.cells), *((label, words) for label, _, words in whole if words)]
                for label, words in pairs:
                    if _LABEL.fullmatch(squeezed(label)):
                        yield Paragraph(f"{squeezed(label).rstrip(':')}：{clean(words)}", row.place)


_LABEL = re.compile(r"(?:发文字号|发文文号|文件编号|文号|成文日期|印发日期|发文日期|基准年):?")


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
        found[1]
        for paragraph in paragraphs
        if (found := _BRACKET.search(paragraph.text[-_AT_END:])) is not None
    ]
    return whole_units([*cells, *brackets])


_BRACKET = re.compile(r"[（(]([^（）()]+)[）)]。?$")
