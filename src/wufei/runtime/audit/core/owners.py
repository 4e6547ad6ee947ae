"""What the owner of a mandate is told: where the mandate stands, and what its agents did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from wufei.kernel.text import Text
from wufei.runtime.access.core.mandates import Mandate
from wufei.runtime.audit.core import Kind
from wufei.runtime.notices.core.notices import Line, Section

ENDS_SOON_DAYS = (30, 7)
"""Days before its last day on which a mandate is spoken of; the house's choice, no rule asks for it."""


@dataclass(frozen=True, slots=True)
class Tiding:
    """Something to tell an owner once; ``key`` names the mandate and the step."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class Doings:
    """How often an agent did one kind of thing for an owner, with success and without."""

    owner_id: int
    agent: Text
    action: str
    done: int
    undone: int


def mandate_tiding(mandate: Mandate, agent: Text, *, granted_on: date, on: date) -> Tiding | None:
    """Give the last step of a mandate that was reached by a day; None before it was granted.

    The steps are: granted; begun, if that is later; 30 and 7 days left, if it is longer; ended, or taken
    back. Days that were missed lose no more than steps which a later one has overtaken.
    """
    start = max(mandate.from_on, granted_on)
    steps = [(granted_on, "granted")]
    if mandate.from_on > granted_on:
        steps.append((mandate.from_on, "begun"))
    ahead = [(mandate.last_on - timedelta(days=days), f"ends-in-{days}") for days in ENDS_SOON_DAYS]
    steps += [(day, name) for day, name in ahead if day > start]
    steps.append((mandate.last_on + timedelta(days=1), "ended"))
    back = mandate.ended_on
    if back is not None and back <= mandate.last_on:
        steps = [*((day, name) for day, name in steps if day <= back), (back, "taken-back")]
    reached = [name for day, name in steps if day <= on]
    if not reached:
        return None
    return Tiding(f"mandate:{mandate.id}:{reached[-1]}", _words(reached[-1], mandate, agent, on))


def doings_section(found: Iterable[Doings], owners: dict[int, Text], link: str) -> Section:
    """Give the part of a digest about what agents did, a line for each agent and action.

    The owner is named where there is more than one.
    """
    return Section(
        Text("第三方代办", "What your agents did"),
        tuple(Line(_counted(each, owners), link) for each in found),
    )


def _counted(each: Doings, owners: dict[int, Text]) -> Text:
    kind = Kind(each.action).label if each.action in set(Kind) else Text(each.action)
    zh, en = f"“{each.agent.zh}”{kind.zh} {each.done + each.undone} 次", kind.in_language("en")
    en = f"“{each.agent.in_language('en')}”: {en}, {each.done + each.undone} ×"
    if each.undone:
        zh, en = f"{zh}（未成功 {each.undone} 次）", f"{en} ({each.undone} without success)"
    if len(owners) > 1:
        owner = owners[each.owner_id]
        zh, en = f"{owner.zh}：{zh}", f"{owner.in_language('en')}: {en}"
    return Text(zh, en)


def _words(step: str, mandate: Mandate, agent: Text, on: date) -> Text:
    zh, en = (
        f"“{agent.zh}”的第 {mandate.id} 号代办授权",
        f"Mandate {mandate.id} of “{agent.in_language('en')}”",
    )
    first, last, left = mandate.from_on, mandate.last_on, (mandate.last_on - on).days
    if step == "granted":
        return Text(f"{zh}已登记，自 {first} 至 {last}。", f"{en} was granted, from {first} to {last}.")
    if step == "begun":
        return Text(f"{zh}自 {first} 起生效，至 {last}。", f"{en} holds since {first}, until {last}.")
    if step == "ended":
        return Text(f"{zh}已于 {last} 到期。", f"{en} ended on {last}.")
    if step == "taken-back":
        back = mandate.ended_on
        return Text(f"{zh}已于 {back} 收回。", f"{en} was taken back on {back}.")
    return Text(
        f"{zh}将于 {last} 到期，还有 {left} 天；如需继续代办，请重新授权。",
        f"{en} ends on {last}, days left: {left}. Grant a new one if it is to go on.",
    )
