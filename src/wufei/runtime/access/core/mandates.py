"""Mandates: for whom an agent may act, on which days, and what a refusal says about one that has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from wufei.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Mandate:
    """An agent's right to act for an owner.

    Attributes
    ----------
    actions : frozenset of str
        What the agent may write for the owner; empty: all that its role may. Reading goes with any mandate.
    from_on, last_on : date
        The first and the last day on which it holds.
    ended_on : date or None
        The day on which it was taken back.
    """

    id: int
    owner_id: int
    owner: Text
    actions: frozenset[str]
    from_on: date
    last_on: date
    ended_on: date | None = None

    def holds(self, on: date) -> bool:
        """Say whether the agent may act on a day."""
        return self.ended_on is None and self.from_on <= on <= self.last_on

    def covers(self, action: str) -> bool:
        """Say whether it extends to an action; reading always does."""
        return not self.actions or action in self.actions or action.endswith(".read")


def owners_on(mandates: Iterable[Mandate], on: date) -> frozenset[int]:
    """Give the parties for which an agent may act on a day."""
    return frozenset(each.owner_id for each in mandates if each.holds(on))


def agent_refusal(mandates: tuple[Mandate, ...], on: date, action: str, party_id: int | None) -> Text | None:
    """Say why no mandate lets an agent do this, naming the mandate that comes nearest; None if one does.

    Parameters
    ----------
    party_id : int or None
        The owner of the thing; None asks whether the agent may do so for anybody.
    """
    about = [each for each in mandates if party_id is None or each.owner_id == party_id]
    holding = [each for each in about if each.holds(on)]
    if any(each.covers(action) for each in holding):
        return None
    if holding:
        return _not_covered(holding[0], action)
    return _not_in_force(max(about, key=lambda each: each.last_on), on) if about else _NONE


_NONE = Text(
    "没有委托单位授权您代办此事。请由委托单位在“代办授权”页授权后再办理。",
    "Nobody has mandated you to do this. Ask the firm to grant a mandate on its page “Mandates”.",
)


def _not_covered(mandate: Mandate, action: str) -> Text:
    return Text(
        f"“{mandate.owner.zh}”的第 {mandate.id} 号代办授权不包括“{action}”。请由该单位另行授权。",
        f"Mandate {mandate.id} of “{mandate.owner.in_language('en')}” does not extend to “{action}”. "
        "Ask that firm for a wider mandate, or let it act itself.",
    )


def _not_in_force(mandate: Mandate, on: date) -> Text:
    name_zh, name_en = mandate.owner.zh, mandate.owner.in_language("en")
    if mandate.ended_on is not None:
        how = Text(f"已于 {mandate.ended_on} 被收回", f"was taken back on {mandate.ended_on}")
    elif on < mandate.from_on:
        how = Text(f"自 {mandate.from_on} 起才生效", f"holds only from {mandate.from_on}")
    else:
        how = Text(f"已于 {mandate.last_on} 到期", f"ended on {mandate.last_on}")
    return Text(
        f"“{name_zh}”的第 {mandate.id} 号代办授权{how.zh}。请由该单位在“代办授权”页重新授权后再办理。",
        f"Mandate {mandate.id} of “{name_en}” {how.en}. Ask that firm to grant a new one.",
    )
