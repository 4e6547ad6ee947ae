"""A question to an expert: asked, assigned, answered, closed or asked on."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text

AGAIN_DAYS = 7
"""Days for the answer when somebody asks on (practice)."""


class QuestionState(StrEnum):
    """Where a question stands."""

    ASKED = "asked"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _STATES[self]


_STATES = {
    QuestionState.ASKED: Text("待指派", "To be assigned"),
    QuestionState.ASSIGNED: Text("待答复", "To be answered"),
    QuestionState.ANSWERED: Text("已答复", "Answered"),
    QuestionState.CLOSED: Text("已办结", "Closed"),
}


class Act(StrEnum):
    """What is done about a question."""

    ASK = "ask"
    ASSIGN = "assign"
    ANSWER = "answer"
    ASK_ON = "ask-on"
    CLOSE = "close"
    PUBLISH = "publish"

    @property
    def label(self) -> Text:
        """The words in its history."""
        return _ACTS[self]


_ACTS = {
    Act.ASK: Text("提问", "Asked"),
    Act.ASSIGN: Text("指派", "Assigned"),
    Act.ANSWER: Text("答复", "Answered"),
    Act.ASK_ON: Text("追问", "Asked on"),
    Act.CLOSE: Text("办结", "Closed"),
    Act.PUBLISH: Text("公开问答", "Published"),
}

_NEXT = {
    (QuestionState.ASKED, Act.ASSIGN): QuestionState.ASSIGNED,
    (QuestionState.ASSIGNED, Act.ASSIGN): QuestionState.ASSIGNED,
    (QuestionState.ASSIGNED, Act.ANSWER): QuestionState.ANSWERED,
    (QuestionState.ANSWERED, Act.ASK_ON): QuestionState.ASSIGNED,
    (QuestionState.ANSWERED, Act.CLOSE): QuestionState.CLOSED,
    (QuestionState.CLOSED, Act.PUBLISH): QuestionState.CLOSED,
}


def after(state: QuestionState, act: Act) -> QuestionState:
    """Give the state that an act leads to.

    Raises
    ------
    ConflictError
        ``question.not-now``: the question stands elsewhere.
    """
    found = _NEXT.get((state, act))
    if found is None:
        message = Text(
            f"问题现为“{state.label.zh}”，不能“{act.label.zh}”。请刷新页面。",
            f"The question is “{state.label.en}”; this cannot be done now. Reload the page.",
        )
        raise ConflictError("question.not-now", message)
    return found


def acts_from(state: QuestionState) -> frozenset[Act]:
    """Give what may be done about a question in a state."""
    return frozenset(act for each, act in _NEXT if each is state)


def is_overdue(state: QuestionState, due_on: date | None, on: date) -> bool:
    """Say whether the answer is late on a day."""
    return state is QuestionState.ASSIGNED and due_on is not None and due_on < on
