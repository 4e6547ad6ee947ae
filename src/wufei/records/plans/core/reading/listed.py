"""Indicators that stand in the running text, each in a numbered paragraph below a heading of indicators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from wufei.records.plans.core.reading.blocks import Paragraph
from wufei.records.plans.core.reading.items import number_and_rank
from wufei.records.plans.core.reading.responsible import responsible_at_end
from wufei.records.plans.core.reading.result import ReadIndicator, ReadTarget

_HEADING_MAX = 40


def listed_indicators(
    paragraphs: Sequence[Paragraph], targets: Sequence[ReadTarget], known: frozenset[str]
) -> Iterator[ReadIndicator]:
    """Give the indicators of lists such as 1.农膜回收率。到2025年不低于85%, in order.

    Parameters
    ----------
    targets : sequence of ReadTarget
        Of the running text; a numbered paragraph below 主要指标 that sets one is an indicator.
    known : frozenset of str
        Names of units that stand whole elsewhere in the document.
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
            values = tuple((each.year, each.value) for each in own)
            yield ReadIndicator(no, "", "", own[0].name, "", "", None, values, units, paragraph.place)
