"""Whether an observation is new, a repetition, a proper replacement, or contradicts what stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.observations.core.observation import NewObservation


class Outcome(StrEnum):
    """What becomes of an observation."""

    RECORD = "record"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """The version that stands for a key."""

    uuid: UUID
    content: tuple[object, ...]


def judge(observation: NewObservation, standing: Standing | None) -> tuple[Outcome, Finding | None]:
    """Say what becomes of an observation beside the one that stands for its key.

    The same content again is a repetition, whether or not it asks to replace. Other content must name the
    standing version and a reason, so that a correction is never an accident.
    """
    if standing is not None and standing.content == observation.content:
        return Outcome.REPEATED, None
    if observation.replaces is None:
        if standing is None:
            return Outcome.RECORD, None
        return Outcome.REFUSED, _conflict(observation, standing)
    if standing is None or observation.replaces != standing.uuid:
        return Outcome.REFUSED, _wrong_replacement(observation, standing)
    if not observation.reason.strip():
        return Outcome.REFUSED, _no_reason(observation)
    return Outcome.RECORD, None


def refuse_taken(observation: NewObservation, uuid: UUID) -> Finding:
    """Give the Finding about an id that another observation already bears."""
    return _refusal(
        observation,
        "id-taken",
        str(uuid),
        Text(
            f"编号 {uuid} 已用于另一条记录。",
            f"Id {uuid} belongs to another observation.",
        ),
        Text("一个编号只属于一条记录。", "An id belongs to one observation."),
        Text("请换用新的编号。", "Use a new id."),
    )


def _conflict(observation: NewObservation, standing: Standing) -> Finding:
    return _refusal(
        observation,
        "conflict",
        observation.text or str(observation.value),
        Text(
            f"{observation.period} 的“{observation.metric}”已有不同内容的记录 {standing.uuid}。",
            f"“{observation.metric}” of {observation.period} already stands, with other content: "
            f"{standing.uuid}.",
        ),
        Text("原记录保留，更正须指明被更正的记录和原因。", "A correction names what it replaces, and why."),
        Text(
            f"如确需更正，请填 replaces={standing.uuid} 和原因。",
            f"To correct it give replaces={standing.uuid} and a reason.",
        ),
    )


def _wrong_replacement(observation: NewObservation, standing: Standing | None) -> Finding:
    fix = (
        Text("该值尚无记录，请去掉 replaces。", "Nothing stands for it yet: leave replaces out.")
        if standing is None
        else Text(f"现行记录为 {standing.uuid}。", f"The standing one is {standing.uuid}.")
    )
    return _refusal(
        observation,
        "replaces",
        str(observation.replaces),
        Text(
            f"{observation.replaces} 不是该值的现行记录。",
            f"{observation.replaces} is not the standing observation of this value.",
        ),
        Text("只能更正现行记录，且只能更正一次。", "Only the standing version is replaced, and once."),
        fix,
    )


def _no_reason(observation: NewObservation) -> Finding:
    return _refusal(
        observation,
        "reason",
        "",
        Text("更正没有写明原因。", "The correction gives no reason."),
        Text("更正须写明原因。", "A correction has a reason."),
        Text("请填写更正原因。", "Give the reason."),
    )


def _refusal(
    observation: NewObservation, code: str, value: str, message: Text, rule: Text, fix: Text
) -> Finding:
    return Finding(f"observations.{code}", Severity.ERROR, observation.where, message, value, rule, fix)
