"""Reads of cases: one's inbox, one case, its moves, what changed."""

from wufei.runtime.review.queries.cases import (
    PAGE,
    CaseRow,
    Counts,
    Filter,
    case_by_id,
    case_of,
    counts,
    returned_to,
    submitted_by,
    waiting_for,
)
from wufei.runtime.review.queries.due import due_tidings
from wufei.runtime.review.queries.moves import MoveRow, before_and_after, moves, plain_moves, position_of
from wufei.runtime.review.queries.subjects import reviews, subject_kind, subject_kinds

__all__ = [
    "PAGE",
    "CaseRow",
    "Counts",
    "Filter",
    "MoveRow",
    "before_and_after",
    "case_by_id",
    "case_of",
    "counts",
    "due_tidings",
    "moves",
    "plain_moves",
    "position_of",
    "returned_to",
    "reviews",
    "subject_kind",
    "subject_kinds",
    "submitted_by",
    "waiting_for",
]
