"""Before and after: what changed at which place, by whom, and after which remark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from wufei.runtime.review.core.moves import Answer, Answered, Remark
from wufei.runtime.signing.core.places import differences, same, value_at


@dataclass(frozen=True, slots=True)
class State:
    """The values as somebody left them, and the remarks that had been made before."""

    values: Any
    user_id: int
    at: datetime
    round: int
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One place that changed; ``remark`` is the one that asked for it, if any did."""

    pointer: str
    old: Any
    new: Any
    user_id: int
    at: datetime
    round: int
    remark: Remark | None


def changes(states: Sequence[State]) -> list[Change]:
    """Give what changed from each state to the next, in order."""
    found = []
    for old, new in pairwise(states):
        for each in differences(old.values, new.values):
            remark = next((r for r in new.remarks if _covers(r.pointer, each.pointer)), None)
            found.append(
                Change(each.pointer, each.before, each.after, new.user_id, new.at, new.round, remark)
            )
    return found


def answers_to(remarks: Sequence[Remark], before: Any, after: Any) -> tuple[Answer, ...]:
    """Say of each remark what became of it; a general one is answered by any change."""
    return tuple(Answer(number, _answer(remark, before, after)) for number, remark in enumerate(remarks))


def _answer(remark: Remark, before: Any, after: Any) -> Answered:
    old, new = value_at(before, remark.pointer), value_at(after, remark.pointer)
    if remark.proposes and same(new, remark.proposal):
        return Answered.ADOPTED
    return Answered.LEFT if same(old, new) else Answered.CHANGED


def _covers(place: str, pointer: str) -> bool:
    return bool(place) and (pointer == place or pointer.startswith(f"{place}/"))
