"""Tasks and projects from the rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from wufei.records.plans.core.reading.blocks import Table, joined
from wufei.records.plans.core.reading.columns import Layout
from wufei.records.plans.core.reading.responsible import Responsible, responsible_in
from wufei.records.plans.core.reading.result import ReadProject, ReadTask
from wufei.records.plans.core.reading.roles import Role
from wufei.records.plans.core.reading.rows import (
    NUMBER,
    Line,
    group_heading,
    lines_of,
    number_before,
    without_numeral,
)
from wufei.records.plans.core.reading.units import split_units

_Names = tuple[str, ...]


def tasks_of(table: Table, layout: Layout, known: frozenset[str]) -> list[ReadTask]:
    """Give the tasks of a table, in order.

    A table with one column of headings says either what field its rows belong to or what each row is
    called: the
    same words above several rows are a section, words of its own are a title.

    Parameters
    ----------
    known : frozenset of str
        Names of units that stand whole elsewhere in the document.
    """
    tasks = list(_rows(table, layout, known))
    both = any(task.section and task.title for task in tasks)
    if both or len(tasks) < _ROWS_MIN:
        return tasks
    words = [task.section or task.title for task in tasks]
    shared = len(set(words)) <= _SHARED_MAX * len(words)
    if shared:
        return [replace(task, section=word, title="") for task, word in zip(tasks, words, strict=True)]
    return [replace(task, section="", title=word) for task, word in zip(tasks, words, strict=True)]


_SHARED_MAX, _ROWS_MIN = 0.8, 3


def _rows(table: Table, layout: Layout, known: frozenset[str]) -> Iterator[ReadTask]:
    no = section = title = due = ""
    who = Responsible((), ())
    headed = False
    for line in lines_of(table, layout):
        heading = group_heading(line, numbered=True)
        if heading:
            section, title, who = heading, "", Responsible((), ())
            headed = True
            continue
        text = "".join(filter(None, dict.fromkeys(map(joined, line.cells.get(Role.TEXT, [])))))
        new_section, new_title = _last_words(line, Role.SECTION), _last_words(line, Role.TITLE)
        if headed and not layout.of(Role.TITLE):
            # 一、源头减量 over the whole row is the section; the column below says the titles.
            new_section, new_title = "", new_section
        begins = bool(new_title and new_title != title) or bool(new_section and new_section != section)
        title = new_title or ("" if new_section and new_section != section else title)
        section = new_section or section
        # A number over several rows counts for all of them, until the next heading.
        no = number_of(line) or ("" if begins else no)
        if not text:
            continue
        if not line.words(Role.NO) or _NUMERAL.fullmatch(line.words(Role.NO)):
            own, text = number_before("", text)
            no = own or no
        who = _responsible(line, layout, known, Responsible((), ()) if begins else who)
        due = line.words(Role.DUE) or who.due or due
        yield ReadTask(no, section, title, text, who.lead, who.support, due, line.row.place, who.glued)


def projects_of(table: Table, layout: Layout, known: frozenset[str]) -> Iterator[ReadProject]:
    """Give the projects of a table, in order; a name merged over several rows is said by each of them."""
    field = name = due = ""
    units: _Names = ()
    for line in lines_of(table, layout):
        heading = group_heading(line, numbered=True) or _heading_with_sum(line)
        if heading:
            field = heading
            continue
        field = without_numeral(line.words(Role.FIELD)) or field
        new_name, content = line.words(Role.NAME), line.words(Role.CONTENT)
        if not new_name and not content:
            continue
        name = new_name or name
        cells = "\n".join(filter(None, (line.raw(role) for role in (Role.LEAD, Role.UNITS, Role.SUPPORT))))
        found = split_units(cells, known)
        units = found.names or units
        due = line.words(Role.DUE) or due
        yield ReadProject(number_of(line), field, name, content, units, due, line.row.place, found.glued)


def _heading_with_sum(line: Line) -> str:
    """Give the words of a row that heads projects and gives their sum: 一 | 产业循环类 | 52000."""
    numeral = _NUMERAL.fullmatch(line.words(Role.NO))
    others = (line.words(role) for role in (Role.CONTENT, Role.DUE, Role.UNITS, Role.SUPPORT, Role.LEAD))
    return line.words(Role.NAME) if numeral and not any(others) else ""


_NUMERAL = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]?")


def number_of(line: Line) -> str:
    """Give the number of a row, without its full stop and star."""
    found = NUMBER.fullmatch(line.words(Role.NO))
    return found[1] if found else ""


def _last_words(line: Line, role: Role) -> str:
    words = next((words for cell in reversed(line.cells.get(role, [])) if (words := joined(cell))), "")
    return without_numeral(words)


_NOBODY = re.compile(r"[-—/－]+|无")


def _responsible(line: Line, layout: Layout, known: frozenset[str], above: Responsible) -> Responsible:
    """Give who leads and who is responsible; an empty pair of cells says what the row above says."""
    if layout.of(Role.LEAD):
        lead = split_units(line.raw(Role.LEAD), known)
        cell = line.raw(Role.SUPPORT) or line.raw(Role.UNITS)
        support = split_units(cell, known)
        if not lead.names and not support.names and not _NOBODY.fullmatch(cell.strip()):
            return above
        return Responsible(lead.names or above.lead, support.names, glued=(*lead.glued, *support.glued))
    cell = line.raw(Role.UNITS) or line.raw(Role.SUPPORT)
    found = responsible_in(cell, known)
    if found is None:
        units = split_units(cell, known)
        found = Responsible(units.names[:1], units.names[1:], glued=units.glued)
    if line.raw(Role.UNITS) and line.raw(Role.SUPPORT):
        others = split_units(line.raw(Role.SUPPORT), known)
        named = dict.fromkeys((*found.support, *(name for name in others.names if name not in found.lead)))
        found = replace(found, support=tuple(named), glued=(*found.glued, *others.glued))
    return found if found.lead or found.support else above
