"""What people do to a case: the states, the acts, remarks and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from wufei.kernel.text import Text

WHOLE = ""
"""The pointer of the whole document: a remark here is a general reason."""


class State(StrEnum):
    """Where a case stands; one that waits in its second round or later has been resubmitted."""

    DRAFT = "draft"
    WAITING = "waiting"
    RETURNED = "returned"
    PASSED = "passed"
    LOCKED = "locked"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _STATES[self]


class Act(StrEnum):
    """What a person does to a case."""

    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    PASS = "pass"  # noqa: S105 - an act
    RETURN = "return"
    COMMENT = "comment"
    WITHDRAW = "withdraw"
    LOCK = "lock"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _ACTS[self]


class Reason(StrEnum):
    """Why a place is returned; own words may be added, and must be to the last."""

    MISSING = "missing"
    WRONG_VALUE = "wrong-value"
    WRONG_UNIT = "wrong-unit"
    WRONG_CODE = "wrong-code"
    NO_PROOF = "no-proof"
    DIFFERS = "differs"
    UNCLEAR = "unclear"
    OTHER = "other"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _REASONS[self]


class Answered(StrEnum):
    """What became of a remark when the case was resubmitted."""

    ADOPTED = "adopted"
    CHANGED = "changed"
    LEFT = "left"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _ANSWERS[self]


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer says of one place.

    Attributes
    ----------
    pointer : str
        JSON Pointer; `WHOLE` for a general reason.
    proposes : bool
        Whether ``proposal`` is a value to be adopted; it may be nothing (null).
    """

    pointer: str
    reason: Reason
    words: str = ""
    proposes: bool = False
    proposal: Any = None

    def as_json(self) -> dict[str, Any]:
        """Give the remark as it is kept."""
        kept = {"pointer": self.pointer, "reason": self.reason.value, "words": self.words}
        return kept | ({"proposal": self.proposal} if self.proposes else {})

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Remark:
        """Read a remark as it is kept."""
        return cls(
            kept["pointer"], Reason(kept["reason"]), kept["words"], "proposal" in kept, kept.get("proposal")
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What was done about a remark of the last return; ``number`` is its place in that return, from 0."""

    number: int
    answered: Answered

    def as_json(self) -> dict[str, Any]:
        """Give the answer as it is kept."""
        return {"number": self.number, "answered": self.answered.value}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Answer:
        """Read an answer as it is kept."""
        return cls(kept["number"], Answered(kept["answered"]))


@dataclass(frozen=True, slots=True)
class Move:
    """One act of one person.

    Attributes
    ----------
    to_step : int
        Of a return: the step that has to do it again; 0 is the submitter.
    signed : bool
        A signature was given with it.
    due_on : date or None
        By when the next person should act.
    """

    act: Act
    user_id: int
    words: str = ""
    remarks: tuple[Remark, ...] = ()
    answers: tuple[Answer, ...] = ()
    to_step: int = 0
    signed: bool = False
    due_on: date | None = None


_STATES = {
    State.DRAFT: Text("草稿", "Draft"),
    State.WAITING: Text("待审", "Waiting"),
    State.RETURNED: Text("退回", "Returned"),
    State.PASSED: Text("通过", "Passed"),
    State.LOCKED: Text("锁定", "Locked"),
    State.WITHDRAWN: Text("已撤回", "Withdrawn"),
}
_ACTS = {
    Act.SUBMIT: Text("提交", "Submitted"),
    Act.RESUBMIT: Text("重报", "Resubmitted"),
    Act.PASS: Text("通过", "Passed"),
    Act.RETURN: Text("退回", "Returned"),
    Act.COMMENT: Text("批注", "Commented"),
    Act.WITHDRAW: Text("撤回", "Withdrew"),
    Act.LOCK: Text("锁定", "Locked"),
}
_REASONS = {
    Reason.MISSING: Text("缺少内容", "Missing"),
    Reason.WRONG_VALUE: Text("数值有误", "Wrong value"),
    Reason.WRONG_UNIT: Text("单位有误", "Wrong unit"),
    Reason.WRONG_CODE: Text("名称或代码不符", "Wrong name or code"),
    Reason.NO_PROOF: Text("缺少凭证", "No proof"),
    Reason.DIFFERS: Text("与凭证不符", "Differs from the proof"),
    Reason.UNCLEAR: Text("说明不清", "Unclear"),
    Reason.OTHER: Text("其他（请说明）", "Other (say what)"),
}
_ANSWERS = {
    Answered.ADOPTED: Text("已采用建议", "Proposal adopted"),
    Answered.CHANGED: Text("已改为其他值", "Changed otherwise"),
    Answered.LEFT: Text("维持原值", "Left as it was"),
}
