"""Reminders: which papers and certificates end soon or have ended, and since when nobody is told again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from wufei.kernel.text import Text
from wufei.records.registry.core.kinds import certificate_kind, paper_kinds
from wufei.records.registry.core.papers import PaperState, Term


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of a person of a party as rules see it; ``valid_to`` is its last day.

    The number stays out: that of a driver is often the identity number, and a reminder is kept for good.
    """

    key: str
    party_id: int
    code: str
    duty: str
    valid_to: date


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to be told, once: ``key`` is the same on every day until the next step.

    ``days`` is the step (90, 30, 7 days before the end), 0 once it has ended; ``paper_key`` names the paper
    or certificate.
    """

    key: str
    paper_key: str
    party_id: int
    days: int
    text: Text

    @property
    def ended(self) -> bool:
        """Whether the last day is over."""
        return self.days == 0


def due(terms: Iterable[Term], on: date) -> list[Reminder]:
    """Give what should have been told of papers by a day, the nearest end first.

    A job that missed some days loses nothing: of the steps passed, the last one is due. Suspended papers are
    reminded of like others, revoked ones are not, and a paper followed by a newer one of its kind is not.
    """
    listed = [term for term in terms if term.state is not PaperState.REVOKED]
    last: dict[tuple[int, str], date] = {}
    for term in listed:
        key = (term.party_id, term.kind)
        last[key] = max(last.get(key, date.min), term.valid_to or date.max)
    ending = sorted(
        ((term.valid_to, term.key, term) for term in listed if term.valid_to), key=lambda each: each[:2]
    )
    return [
        _reminder(_paper_name(term), term, end, step, on)
        for end, _, term in ending
        if not _followed(term, last)
        and (step := _step(paper_kinds()[term.kind].remind_days, end, on)) is not None
    ]


def certificates_due(certificates: Iterable[Certificate], on: date) -> list[Reminder]:
    """Give what should have been told of the certificates of people by a day, the nearest end first."""
    days = certificate_kind().remind_days
    return [
        _reminder(_certificate_name(each), each, each.valid_to, step, on)
        for each in sorted(certificates, key=lambda one: (one.valid_to, one.key))
        if (step := _step(days, each.valid_to, on)) is not None
    ]


def _paper_name(term: Term) -> Text:
    label = paper_kinds()[term.kind].label
    return Text(f"{label.zh} {term.number}", f"{label.en} {term.number}")


def _certificate_name(one: Certificate) -> Text:
    label = certificate_kind().label
    return Text(f"{label.zh} {one.duty} {one.code}", f"{label.en} of {one.code} ({one.duty})")


def _followed(term: Term, last: dict[tuple[int, str], date]) -> bool:
    one_at_a_time = not paper_kinds()[term.kind].overlap
    return one_at_a_time and term.valid_to is not None and last[term.party_id, term.kind] > term.valid_to


def _step(remind_days: Iterable[int], end: date, on: date) -> int | None:
    """Give the last step passed by a day: days before the end, 0 behind it, None before the first."""
    left = (end - on).days
    return 0 if left < 0 else min((days for days in remind_days if left <= days), default=None)


def _reminder(name: Text, about: Term | Certificate, end: date, step: int, on: date) -> Reminder:
    left = (end - on).days
    if left < 0:
        text = Text(f"{name.zh} 已于 {end} 到期。", f"{name.en} ended on {end}.")
    elif left == 0:
        text = Text(f"{name.zh} 今天（{end}）到期。", f"{name.en} ends today, {end}.")
    else:
        days = "1 day" if left == 1 else f"{left} days"
        text = Text(f"{name.zh} 将于 {end} 到期，还有 {left} 天。", f"{name.en} ends on {end}, in {days}.")
    return Reminder(f"{about.key}:{end}:{step}", about.key, about.party_id, step, text)
