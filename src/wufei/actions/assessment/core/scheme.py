"""考核评价办法 as data: parts, bonus, deductions, and the groups of departments with their own weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from wufei.actions.tasks.core.task import State
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

WHOLE = Decimal(100)
"""The weights of a group sum to this many points; bonus and deductions come on top."""


class PartKind(StrEnum):
    """What a part judges."""

    INDICATORS = "indicators"
    TASKS = "tasks"
    REPORTS = "reports"
    ANSWERS = "answers"


class IfNone(StrEnum):
    """What becomes of a part's points where a department has nothing in it."""

    SPREAD = "spread"
    FULL = "full"


class Method(StrEnum):
    """How an indicator that misses what is asked scores: in proportion, or not at all."""

    RATIO = "ratio"
    MET = "met"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the hundred points.

    Attributes
    ----------
    zero_below : Decimal
        Of indicators: an attainment below this share (0..1) scores nothing.
    binding_weight : Decimal
        Of indicators: a binding one weighs so many times an expected one.
    state_shares : tuple of (State, Decimal)
        Of tasks: the share of its points (0..1) that each state gives.
    lead_weight, support_weight : Decimal
        Of tasks and reports: what a task weighs for who leads it, and for who is responsible.
    late_share : Decimal
        Of answers: the share (0..1) that an answer after its day still gives.
    """

    id: str
    kind: PartKind
    title: Text
    if_none: IfNone
    method: Method = Method.RATIO
    zero_below: Decimal = Decimal(0)
    binding_weight: Decimal = Decimal(1)
    state_shares: tuple[tuple[State, Decimal], ...] = ()
    lead_weight: Decimal = Decimal(1)
    support_weight: Decimal = Decimal(1)
    late_share: Decimal = Decimal(0)

    def share_of(self, state: State) -> Decimal:
        """Give the share of its points that a task of a state gets, 0..1."""
        return dict(self.state_shares).get(state, Decimal(0))


@dataclass(frozen=True, slots=True)
class Item:
    """Something that an officer enters with evidence: at most ``points`` for one department."""

    id: str
    title: Text
    points: Decimal


@dataclass(frozen=True, slots=True)
class Bonus:
    """加分: what may be entered, and how much of it counts at most."""

    cap: Decimal
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Deductions:
    """扣分: for each circular, for each order not answered, and what else may be entered; capped.

    ``circular`` and ``unanswered`` are points for each, >= 0.
    """

    cap: Decimal
    circular: Decimal
    unanswered: Decimal
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Departments with weights of their own: those in whose names a word stands; without words, the rest."""

    id: str
    title: Text
    words: tuple[str, ...]
    weights: tuple[tuple[str, Decimal], ...]

    def weight(self, part_id: str) -> Decimal:
        """Give the points of a part."""
        return dict(self.weights)[part_id]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme, valid for some years.

    Attributes
    ----------
    from_year, to_year : int, int or None
        Both included; no end where none was said.
    ranking_shown : bool
        Whether departments see how all stand, or their own sheet only.
    appeal_days : int
        Days after publication in which a department may object.
    """

    id: str
    title: Text
    source: Text
    status: str
    from_year: int
    to_year: int | None
    ranking_shown: bool
    appeal_days: int
    parts: tuple[Part, ...]
    bonus: Bonus
    deductions: Deductions
    groups: tuple[Group, ...]

    def covers(self, year: int) -> bool:
        """Say whether it is valid in a year."""
        return self.from_year <= year and (self.to_year is None or year <= self.to_year)

    def group_of(self, names: Iterable[str]) -> Group:
        """Give the first group with a word in one of a department's names, else the group without words."""
        known = tuple(names)
        for group in self.groups:
            if any(word in name for word in group.words for name in known):
                return group
        return next(group for group in self.groups if not group.words)


def with_weights(scheme: Scheme, weights: Mapping[str, Mapping[str, Decimal]]) -> Scheme:
    """Give a scheme with other weights, by group and part; what is not named stays.

    Raises
    ------
    InputError
        ``scheme.weights``: a weight below 0, or a group that does not sum to 100.
    """
    groups = []
    for group in scheme.groups:
        other = weights.get(group.id, {})
        made = tuple((part, other.get(part, points)) for part, points in group.weights)
        whole = sum((points for _, points in made), Decimal(0))
        if whole != WHOLE or any(points < 0 for _, points in made):
            raise InputError("scheme.weights", group.id, whole, _weights(group, whole))
        groups.append(replace(group, weights=made))
    return replace(scheme, groups=tuple(groups))


def with_one_weighting(scheme: Scheme) -> Scheme:
    """Give the same scheme without differences: every group has the weights of the group without words."""
    common = next(group.weights for group in scheme.groups if not group.words)
    return replace(scheme, groups=tuple(replace(group, weights=common) for group in scheme.groups))


def _weights(group: Group, whole: Decimal) -> Text:
    return Text(
        f"“{group.title.zh}”的权重合计为 {whole}，应为 100，且每项不小于 0。请调整。",
        f"The weights of “{group.title.in_language('en')}” sum to {whole}: make it 100, none below 0.",
    )
