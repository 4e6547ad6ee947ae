"""The reading door of cases."""

from wufei.actions.cases.queries.cases import (
    SHOWN_MAX,
    CaseFilter,
    CaseRow,
    OpenCase,
    beginning_of,
    cases,
    open_case,
)
from wufei.actions.cases.queries.questions import (
    OpenQuestion,
    QuestionRow,
    assignees,
    open_question,
    questions,
)

__all__ = [
    "SHOWN_MAX",
    "CaseFilter",
    "CaseRow",
    "OpenCase",
    "OpenQuestion",
    "QuestionRow",
    "assignees",
    "beginning_of",
    "cases",
    "open_case",
    "open_question",
    "questions",
]
