"""The life of a document: 拟稿 - 核稿 - 会签 - 定稿."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text


class State(StrEnum):
    """Where a document is."""

    DRAFT = "draft"
    CHECK = "check"
    COUNTERSIGN = "countersign"
    FINAL = "final"

    @property
    def label(self) -> Text:
        """The word used on screen."""
        return _STATES[self]


_STATES = {
    State.DRAFT: Text("拟稿", "Drafting"),
    State.CHECK: Text("核稿", "Checking"),
    State.COUNTERSIGN: Text("会签", "Countersigning"),
    State.FINAL: Text("定稿", "Final"),
}


class Act(StrEnum):
    """What moves a document on, or back."""

    SUBMIT = "submit"
    PASS = "pass"  # noqa: S105 - a word of the office, no secret
    FINISH = "finish"
    BACK = "back"

    @property
    def label(self) -> Text:
        """The words of the button."""
        return _RULES[self].label


@dataclass(frozen=True, slots=True)
class Rule:
    """From where an act leads where, the right it needs, and whether a reason or another person."""

    label: Text
    sources: tuple[State, ...]
    target: State
    action: str
    reasoned: bool = False
    by_another: bool = False


_RULES = {
    Act.SUBMIT: Rule(Text("送核稿", "Send for checking"), (State.DRAFT,), State.CHECK, "report.write"),
    Act.PASS: Rule(
        Text("核稿通过，送会签", "Passed: send for countersigning"),
        (State.CHECK,),
        State.COUNTERSIGN,
        "report.agree",
        by_another=True,
    ),
    Act.FINISH: Rule(
        Text("定稿（锁定内容）", "Finish (locks the content)"),
        (State.COUNTERSIGN,),
        State.FINAL,
        "report.agree",
        by_another=True,
    ),
    Act.BACK: Rule(
        Text("退回修改", "Send back"),
        (State.CHECK, State.COUNTERSIGN),
        State.DRAFT,
        "report.agree",
        reasoned=True,
    ),
}


def rule_of(act: Act) -> Rule:
    """Give the rule of an act."""
    return _RULES[act]


def acts_in(state: State) -> tuple[Act, ...]:
    """Give what can be done in a state."""
    return tuple(act for act in Act if state in _RULES[act].sources)


def moved(state: State, act: Act, reason: str, *, own: bool) -> State:
    """Give the state that an act leads to.

    Parameters
    ----------
    own : bool
        Whether whoever acts has drafted the document.

    Raises
    ------
    ConflictError
        ``report.state``: the act does not belong to the state.
    InputError
        ``report.reason``: sending back needs a reason; ``report.own``: nobody passes an own draft.
    """
    rule = _RULES[act]
    if state not in rule.sources:
        raise ConflictError("report.state", _not_now(state, act))
    if rule.reasoned and not reason.strip():
        raise InputError("report.reason", "reason", reason, _REASON)
    if rule.by_another and own:
        raise InputError("report.own", "act", act.value, _OWN)
    return rule.target


def refuse_final(state: State) -> None:
    """Refuse to change what is final.

    Raises
    ------
    ConflictError
        ``report.final``.
    """
    if state is State.FINAL:
        raise ConflictError("report.final", _FINAL)


def refuse_unless_draft(state: State) -> None:
    """Refuse to edit what is being checked or is final.

    Raises
    ------
    ConflictError
        ``report.not-draft`` or ``report.final``.
    """
    refuse_final(state)
    if state is not State.DRAFT:
        raise ConflictError("report.not-draft", _NOT_DRAFT)


def _not_now(state: State, act: Act) -> Text:
    label, word = _RULES[act].label, _STATES[state]
    return Text(
        f"文稿处于“{word.zh}”，不能“{label.zh}”。请刷新页面，按当前状态办理。",
        f"The document is at “{word.en}”; “{label.en}” is not possible. "
        "Load the page again and go on from there.",
    )


_REASON = Text(
    "退回必须说明理由。请写明哪里需要修改。", "Sending back needs a reason. Write what should be changed."
)
_OWN = Text(
    "核稿、定稿须由拟稿人以外的人办理。请交其他有权限的同事。",
    "Who drafted a document does not pass it. Ask a colleague who has the right.",
)
_FINAL = Text(
    "文稿已定稿，内容锁定，不能修改。数值之后的变动会在页面上对照显示；确需更正请另拟一期。",
    "The document is final and locked. What changed since is shown beside it; "
    "for a correction draft a new issue.",
)
_NOT_DRAFT = Text(
    "文稿正在核稿或会签，不能改文字。请先退回拟稿。",
    "The document is being checked or countersigned; its words are not edited. Send it back first.",
)
