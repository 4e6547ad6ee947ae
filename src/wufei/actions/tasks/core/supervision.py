"""督办: which step would come next for a late task; a person issues it, never the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wufei.actions.tasks.core.judging import Judgement
from wufei.actions.tasks.core.task import Quarter, State
from wufei.kernel.text import Text

ORDER_AFTER_DAYS = 7
"""A reminder that helped nothing for so long is followed by a 督办单 (practice, status to-be-confirmed)."""

TALK_AFTER_DAYS = 15
"""An order that was not answered so long after its day is followed by 约谈 (practice, to-be-confirmed)."""

CIRCULAR_AFTER_DAYS = 30
"""A talk that helped nothing for so long is followed by 通报 (practice, status to-be-confirmed)."""

REPLY_DAYS = 7
"""Days that a 督办单 gives for its answer, unless whoever issues it says otherwise."""


class StepKind(StrEnum):
    """The steps, in their order."""

    REMINDER = "reminder"
    ORDER = "order"
    TALK = "talk"
    CIRCULAR = "circular"

    @property
    def label(self) -> Text:
        """The words used on screen and in print."""
        return _LABELS[self]


_LABELS = {
    StepKind.REMINDER: Text("提醒", "Reminder"),
    StepKind.ORDER: Text("督办单", "Supervision order"),
    StepKind.TALK: Text("约谈", "Summons to talk"),
    StepKind.CIRCULAR: Text("通报", "Circular"),
}


@dataclass(frozen=True, slots=True)
class Issued:
    """A step that a person took.

    Attributes
    ----------
    node : Quarter
        The late node it speaks of.
    closed_on : date or None
        销号.
    """

    kind: StepKind
    node: Quarter
    issued_on: date
    reply_by: date | None = None
    replied_on: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class DueStep:
    """A proposal: the step and why it would come now."""

    kind: StepKind
    node: Quarter
    reason: Text


def due_step(judgement: Judgement, issued: Sequence[Issued], on: date) -> DueStep | None:
    """Propose the next step for a late node, or nothing while an earlier one still has time.

    A step follows only from the one before it for the same node; an answered order has as long as an
    unanswered one to show effect, counted from its answer.
    """
    node = judgement.node
    if judgement.state is not State.BEHIND or node is None:
        return None
    taken = {
        one.kind: one for one in sorted(issued, key=lambda one: one.issued_on) if one.node == node.quarter
    }
    if not taken:
        return DueStep(StepKind.REMINDER, node.quarter, judgement.reason)
    last = max(taken, key=list(StepKind).index)
    waits_from, days = _waits(taken[last])
    following = list(StepKind)[list(StepKind).index(last) + 1 :]
    passed = (on - waits_from).days
    if not following or passed < days:
        return None
    return DueStep(following[0], node.quarter, _why(last, passed))


def _waits(last: Issued) -> tuple[date, int]:
    """Give from which day, and for how many days, a step may take effect before the next is proposed."""
    if last.kind is StepKind.REMINDER:
        return last.issued_on, ORDER_AFTER_DAYS
    if last.kind is StepKind.ORDER:
        return max(filter(None, (last.issued_on, last.reply_by, last.replied_on))), TALK_AFTER_DAYS
    return last.issued_on, CIRCULAR_AFTER_DAYS


def _why(last: StepKind, days: int) -> Text:
    return Text(
        f"{last.label.zh}后{days}天，节点仍未完成",
        f"{days} days after the {last.label.en.lower()} the node is still late",
    )
