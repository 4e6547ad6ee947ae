"""Papers of a party with their dates: what is wrong with them, whether they hold, which overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.registry.core.kinds import paper_kinds


class PaperState(StrEnum):
    """What an officer did to a paper; whether its dates hold is another question."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _STATES[self]


_STATES = {
    PaperState.ACTIVE: Text("正常", "In order"),
    PaperState.SUSPENDED: Text("暂停", "Suspended"),
    PaperState.REVOKED: Text("注销", "Revoked"),
}


class Standing(StrEnum):
    """What a paper is worth on one day."""

    VALID = "valid"
    SOON = "soon"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.VALID: Text("有效", "Valid"),
    Standing.SOON: Text("即将到期", "Ends soon"),
    Standing.NOT_YET: Text("未生效", "Not yet in force"),
    Standing.EXPIRED: Text("已过期", "Expired"),
    Standing.WITHDRAWN: Text("已暂停或注销", "Suspended or revoked"),
}

SOON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Line:
    """What a paper allows: a code or category, a step or way, grams a year (None: no quota)."""

    code: str
    way: str = ""
    quota_g: int | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A paper as rules see it; ``valid_to`` is its last day, None where it has no end."""

    key: str
    kind: str
    number: str
    party_id: int
    valid_from: date
    valid_to: date | None
    state: PaperState = PaperState.ACTIVE


def standing(term: Term, on: date) -> Standing:
    """Say what a paper is worth on a day."""
    if term.state is not PaperState.ACTIVE:
        return Standing.WITHDRAWN
    if on < term.valid_from:
        return Standing.NOT_YET
    if term.valid_to is None or on <= term.valid_to:
        near = term.valid_to is not None and (term.valid_to - on).days <= SOON_DAYS
        return Standing.SOON if near else Standing.VALID
    return Standing.EXPIRED


def holds(term: Term, on: date) -> bool:
    """Say whether a paper is in force on a day."""
    return standing(term, on) in (Standing.VALID, Standing.SOON)


def overlapping(terms: Iterable[Term]) -> list[tuple[Term, Term]]:
    """Give the pairs of one party and kind that are in force together although the kind forbids it.

    A revoked paper overlaps nothing. One pass over the papers in order of their first day.
    """
    groups: dict[tuple[int, str], list[Term]] = {}
    for term in terms:
        if term.state is not PaperState.REVOKED and not paper_kinds()[term.kind].overlap:
            groups.setdefault((term.party_id, term.kind), []).append(term)
    return [pair for group in groups.values() for pair in _pairs(group)]


def overlap_findings(terms: Iterable[Term]) -> list[Finding]:
    """Give a warning for each pair that overlaps, with both numbers and dates; the later one is the place."""
    return [_overlap(first, second) for first, second in overlapping(terms)]


def _pairs(group: Sequence[Term]) -> list[tuple[Term, Term]]:
    ordered = sorted(group, key=lambda term: (term.valid_from, term.key))
    found = []
    for index, later in enumerate(ordered):
        found += [
            (one, later)
            for one in ordered[:index]
            if one.valid_to is None or one.valid_to >= later.valid_from
        ]
    return found


def _overlap(first: Term, second: Term) -> Finding:
    label = paper_kinds()[second.kind].label
    return Finding(
        "registry.papers-overlap",
        Severity.WARNING,
        second.key,
        Text(
            f"{label.zh} {second.number}（{_dates(second)}）与 {first.number}（{_dates(first)}）有效期重叠。",
            f"{label.en} {second.number} ({_dates(second)}) overlaps {first.number} ({_dates(first)}).",
        ),
        value=second.number,
        rule=Text("同一单位同一时间只有一张此类证照有效。", "A party has one paper of this kind at a time."),
        fix=Text("请改正起止日期，或把旧证注销。", "Mend the dates, or revoke the older one."),
    )


def _dates(term: Term) -> str:
    return f"{term.valid_from} – {term.valid_to or '…'}"
