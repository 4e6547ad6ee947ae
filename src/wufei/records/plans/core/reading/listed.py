"""Indicators and projects of the running text, each in a numbered paragraph below their heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from wufei.records.plans.core.reading.blocks import Paragraph
from wufei.records.plans.core.reading.items import number_and_rank
from wufei.records.plans.core.reading.responsible import responsible_at_end
from wufei.records.plans.core.reading.result import ReadIndicator, ReadProject, ReadTarget, ReadTask

_HEADING_MAX = 40


def listed_indicators(
    paragraphs: Sequence[Paragraph], targets: Sequence[ReadTarget], known: frozenset[str], past: int | None
) -> Iterator[ReadIndicator]:
    """Give the indicators of lists such as 1.农膜回收率。到2025年不低于85%, in order.

    Parameters
    ----------
    targets : sequence of ReadTarget
        Of the running text; a numbered paragraph below 主要指标 that sets one is an indicator.
    known : frozenset of str
        Names of units that stand whole elsewhere in the document.
    past : int or None
        The last year before the plan: 2025年为91.2%，2028年达到95% gives the base as well.
    """
    places = {place: list(those) for place, those in groupby(targets, lambda each: each.place)}
    below = False
    for paragraph in paragraphs:
        no, _ = number_and_rank(paragraph)
        if len(paragraph.text) <= _HEADING_MAX and not any(stop in paragraph.text for stop in "。；;%"):
            below = "指标" in paragraph.text
            continue
        its = places.get(paragraph.place, []) if below and no else []
        own = [each for each in its if each.year is not None and each.name == its[0].name]
        if own:
            who = responsible_at_end(paragraph.text, known)
            units = (*who.lead, *who.support) if who else ()
            base = next((each.value for each in own if past and each.year and each.year <= past), None)
            values = tuple((each.year, each.value) for each in own if each.value is not base)
            yield ReadIndicator(no, "", "", own[0].name, "", "", base, values, units, paragraph.place)


_OF_PROJECTS = re.compile(r"^专栏|(?:重点|重大|示范)(?:工程|项目)(?:清单|名单|建设)?$|工程项目(?:清单)?$")
_DUE_AT_END = re.compile(
    r"[，,；;](?P<due>(?:到|于)?20\d\d年(?:\d{1,2}月)?[底末初]?(?:之?前)?(?:建成|完成|投运|投产|投用|竣工|完工|上线|启用)?(?:使用|运行)?)。?$"
)


def listed_project(task: ReadTask) -> ReadProject | None:
    """Give the project that an item of the text is: below 专栏1 重点工程, its name before a colon."""
    if not task.title or not _OF_PROJECTS.search(task.section):
        return None
    found = _DUE_AT_END.search(task.text)
    content = task.text[: found.start()] if found else task.text.rstrip("。")
    due = task.due or (found["due"] if found else "")
    units = (*task.lead, *task.support)
    return ReadProject(task.no, task.section, task.title, content, units, due, task.place, task.glued)


_DUE_IN_TEXT = re.compile(r"(?<!\d)20\d\d年(?:\d{1,2}月)?(?:年?[底末])?前")


def due_in_text(task: ReadTask) -> str:
    """Give the one deadline that the text of a task names: 2024年底前完成; empty if it is not one."""
    found = set(_DUE_IN_TEXT.findall(task.text))
    return found.pop() if len(found) == 1 else ""
