"""The writing door of cases."""

from wufei.actions.cases.services.consulting import (
    Assignment,
    Expert,
    QuestionDraft,
    answer,
    ask,
    ask_on,
    assign,
    close,
    publish_answer,
)
from wufei.actions.cases.services.publishing import publish_case, retire_case
from wufei.actions.cases.services.writing import keep_case, pass_case

__all__ = [
    "Assignment",
    "Expert",
    "QuestionDraft",
    "answer",
    "ask",
    "ask_on",
    "assign",
    "close",
    "keep_case",
    "pass_case",
    "publish_answer",
    "publish_case",
    "retire_case",
]
