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

__all__ = [
    "SHOWN_MAX",
    "CaseFilter",
    "CaseRow",
    "OpenCase",
    "beginning_of",
    "cases",
    "open_case",
]
