"""Reminders: which papers end soon or have ended, and since when nobody is told again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from wufei.kernel.text import Text
from wufei.records.registry.core.kinds import paper_kinds
from wufei.records.registry.core.papers import PaperState, Term


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to be told, once: ``key`` is the same on every day until the next step.

    ``days`` is the step (90, 30, 7 days before the end), 0 once the paper has ended.
    """

    key: str
    paper_key: str
    party_id: int
    days: int
    text: Text


def due(terms: Iterable[Term], on: date) -> list[Reminder]:
    """Give what should have been told by a day, the nearest end first.

    A job that missed some days loses nothing: of the steps passed, the last one is due. Suspended papers are
    reminded of like others, revoked ones are not, and a paper followed by a newer one of its kind is not.
    """
    listed = [term for term in terms if term.state is not PaperState.REVOKED]
    last: dict[tuple[int, str], date] = {}
    for term in listed:
        key = (term.party_id, term.kind)
        last[key] = max(last.get(key, date.min), term.valid_to or date.max)
    ending = sorted((term for term in listed if term.valid_to), key=lambda term: (term.valid_to, term.key))
    return [
        reminder
        for term in ending
        if not _followed(term, last) and (reminder := _reminder(term, on)) is not None
    ]


def _followed(term: Term, last: dict[tuple[int, str], date]) -> bool:
    one_at_a_time = not paper_kinds()[term.kind].overlap
    return one_at_a_time and term.valid_to is not None and last[term.party_id, term.kind] > term.valid_to


def _reminder(term: Term, on: date) -> Reminder | None:
    if term.valid_to is None:
        return None
    left = (term.valid_to - on).days
    steps = [days for days in paper_kinds()[term.kind].remind_days if left <= days]
    if left >= 0 and not steps:
        return None
    step = 0 if left < 0 else min(steps)
    label = paper_kinds()[term.kind].label
    if left < 0:
        text = Text(
            f"{label.zh} {term.number} 已于 {term.valid_to} 到期。",
            f"{label.en} {term.number} ended on {term.valid_to}.",
        )
    else:
        text = Text(
            f"{label.zh} {term.number} 将于 {term.valid_to} 到期，还有 {left} 天。",
            f"{label.en} {term.number} ends on {term.valid_to}, in {left} days.",
        )
    return Reminder(f"{term.key}:{term.valid_to}:{step}", term.key, term.party_id, step, text)
