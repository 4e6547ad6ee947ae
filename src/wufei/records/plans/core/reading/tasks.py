"""Tasks and projects: from rows of tables, and from numbered items of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wufei.records.plans.core.reading.blocks import Paragraph, Table, clean, joined
from wufei.records.plans.core.reading.columns import Layout, Role
from wufei.records.plans.core.reading.result import ReadProject, ReadTask
from wufei.records.plans.core.reading.rows import NUMBER, Line, is_due, lines_of
from wufei.records.plans.core.reading.units import is_units, split_units


def tasks_of(table: Table, layout: Layout) -> Iterator[ReadTask]:
    """Give the tasks of a table, in order."""
    section = title = due = ""
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    for line in lines_of(table, layout):
        text = line.words(Role.TEXT)
        new_section = _last_words(line, Role.SECTION)
        title = _last_words(line, Role.TITLE) or ("" if new_section and new_section != section else title)
        section = new_section or section
        if not text:
            continue
        lead, support = _responsible(line, layout, lead, support)
        due = line.words(Role.DUE) or due
        yield ReadTask(_no(line), section, title, text, lead, support, due, line.row.place)


def projects_of(table: Table, layout: Layout) -> Iterator[ReadProject]:
    """Give the projects of a table, in order; a name merged over several rows is said by each of them."""
    field = name = due = ""
    units: tuple[str, ...] = ()
    for line in lines_of(table, layout):
        field = line.words(Role.FIELD) or field
        new_name, content = line.words(Role.NAME), line.words(Role.CONTENT)
        if not new_name and not content:
            continue
        name = new_name or name
        found = split_units("\n".join(line.raw(role) for role in (Role.LEAD, Role.UNITS, Role.SUPPORT))).names
        units = found or units
        due = line.words(Role.DUE) or due
        yield ReadProject(_no(line), field, name, content, units, due, line.row.place)


def _no(line: Line) -> str:
    found = NUMBER.fullmatch(line.words(Role.NO))
    return found[1] if found else ""


def _last_words(line: Line, role: Role) -> str:
    return next((words for cell in reversed(line.cells.get(role, [])) if (words := joined(cell))), "")


def _responsible(
    line: Line, layout: Layout, lead: tuple[str, ...], support: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give who leads and who is responsible; an empty pair of cells says what the row above says."""
    if layout.of(Role.LEAD):
        own_lead = split_units(line.raw(Role.LEAD)).names
        own_support = split_units(line.raw(Role.SUPPORT) or line.raw(Role.UNITS)).names
        return (own_lead or (lead if not own_support else ()), own_support) if own_lead or own_support else (lead, support)
    names = split_units(line.raw(Role.UNITS) or line.raw(Role.SUPPORT)).names
    return (names[:1], names[1:]) if names else (lead, support)


# ── numbered items of the text

_SECTION = re.compile(r"^(?:第[一二三四五六七八九十百]+[章节编]|[一二三四五六七八九十]+、)\s*(.+)$")
_SUBSECTION = re.compile(r"^[（(][一二三四五六七八九十]+[）)]\s*(.+)$")
_ITEM = re.compile(r"^(?:(\d{1,3})\s*[.．、]|[（(](\d{1,3})[）)]|(\d{1,3})\s+(?=[\u4e00-\u9fff]))\s*(?!\d)(.+)$")
_BRACKET_AT_END = re.compile(r"[（(](?P<inside>[^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*)[）)]\s*[。.]?\s*$")
_LABELLED = re.compile(
    r"(?P<role>牵头(?:责任)?(?:单位|部门)?|主责(?:单位|部门)|责任(?:单位|部门|主体)|配合(?:责任)?(?:单位|部门)?|协办(?:单位|部门)|参与(?:单位|部门)|"
    r"落实单位|实施单位|完成(?:时限|时间)|时限)\s*[:：]\s*(?P<what>[^;；。]*?)(?=[;；。]|$|[，,、\s]*(?:牵头|主责|责任|配合|协办|参与|完成)[^:：;；。]{0,6}[:：])"
)


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who is named at the end of an item, and when it is due."""

    lead: tuple[str, ...]
    support: tuple[str, ...]
    due: str
    rest: str
    glued: tuple[tuple[str, tuple[str, ...]], ...] = ()


def items_of(paragraphs: Sequence[Paragraph]) -> Iterator[ReadTask]:
    """Give the numbered items of the running text that name who is responsible.

    An item goes on until the next item, heading or table. Its units stand in brackets at its end, or at the end of
    any of its paragraphs, or behind 责任单位：. Items without units are no tasks; they may be points of a list.
    """
    section = ""
    for heading, own in _items(paragraphs):
        if own is None:
            section = heading
            continue
        task = _task(section, own)
        if task is not None:
            yield task


def _items(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[str, list[Paragraph] | None]]:
    """Give headings (with None) and items (as their paragraphs)."""
    item: list[Paragraph] = []
    for paragraph in paragraphs:
        heading = _SECTION.match(paragraph.text) or _SUBSECTION.match(paragraph.text)
        is_heading = heading is not None and len(paragraph.text) <= 40 and "。" not in paragraph.text
        if is_heading or _ITEM.match(paragraph.text) or (heading and named_at_end(paragraph.text)):
            if item:
                yield "", item
            item = []
        if is_heading and heading is not None:
            yield clean(heading[1]), None
        elif item or _ITEM.match(paragraph.text) or (heading and named_at_end(paragraph.text)):
            item.append(paragraph)
    if item:
        yield "", item


def _task(section: str, paragraphs: list[Paragraph]) -> ReadTask | None:
    first = paragraphs[0].text
    number = _ITEM.match(first)
    head = number[4] if number else re.sub(r"^[（(][一二三四五六七八九十]+[）)]\s*", "", first)
    texts = [head, *(paragraph.text for paragraph in paragraphs[1:])]
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    due, kept = "", []
    for text in texts:
        named = named_at_end(text)
        if named is None:
            kept.append(text)
            continue
        lead, support = lead or named.lead, tuple(dict.fromkeys([*support, *named.support, *(named.lead if lead else ())]))
        due = due or named.due
        if named.rest:
            kept.append(named.rest)
    support = tuple(name for name in support if name not in lead)
    if not lead and not support:
        return None
    body = clean("".join(kept))
    title = re.split(r"[。：:]", body, maxsplit=1)[0]
    no = next((group for group in number.groups()[:3] if group), "") if number else ""
    return ReadTask(no, section, title if len(title) <= 40 else "", body, lead, support, due, paragraphs[0].place)


def named_at_end(text: str) -> Responsible | None:
    """Give who a paragraph names at its end, or None."""
    bracket = _BRACKET_AT_END.search(text)
    if bracket:
        found = _labelled(bracket["inside"]) or _listed(bracket["inside"])
        if found:
            return Responsible(found.lead, found.support, found.due, clean(text[: bracket.start()]), found.glued)
    label = _LABELLED.search(text)
    if label and (found := _labelled(text[label.start() :])):
        return Responsible(found.lead, found.support, found.due, clean(text[: label.start()]).rstrip("（("), found.glued)
    return None


def _labelled(text: str) -> Responsible | None:
    lead: list[str] = []
    support: list[str] = []
    single: list[str] = []
    due, glued = "", []
    for found in _LABELLED.finditer(text):
        what = clean(found["what"])
        if "完成" in found["role"] or found["role"] == "时限":
            due = what
            continue
        units = split_units(what)
        glued += units.glued
        if found["role"].startswith(("牵头", "主责")):
            lead += units.names
        elif found["role"].startswith("责任") and "牵头" not in text:
            single += units.names
        else:
            support += units.names
    if single and not lead:
        lead, support = single[:1], [*single[1:], *support]
    if not lead and not support:
        return None
    return Responsible(tuple(lead), tuple(support), due, "", tuple(glued))


_VERBS = re.compile(r"^(?P<lead>.+?)(?:牵头(?:负责)?|负责)[，,；;、]?(?P<support>.*?)(?:配合|参与|协助|按职责分工负责|分工负责|落实)?$")


def _listed(text: str) -> Responsible | None:
    due = ""
    parts = re.split(r"[;；]", text)
    for part in list(parts):
        if len(parts) > 1 and is_due(part):
            due = clean(part)
            parts.remove(part)
    plain = "、".join(parts)
    tail = re.search(r"[，,、]\s*([^，,、]*\d{2,4}年[^，,、]*|长期(?:坚持|推进)?|持续推进)$", plain)
    if tail and is_due(tail[1]):
        due, plain = clean(tail[1]), plain[: tail.start()]
    verbs = _VERBS.match(plain)
    if verbs and "牵头" in plain and is_units(verbs["lead"]):
        support = re.sub(r"[，,]\s*$", "", verbs["support"])
        first, rest = split_units(verbs["lead"]), split_units(support)
        return Responsible(first.names, rest.names, due, "", (*first.glued, *rest.glued))
    if not is_units(plain):
        return None
    units = split_units(plain)
    return Responsible(units.names[:1], units.names[1:], due, "", units.glued)
