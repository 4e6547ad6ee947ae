"""The reading door of the indicators."""

from wufei.measures.indicators.queries.figures import (
    books_of,
    check_plan,
    compute,
    figure,
    series,
    trace,
    working_sheet,
)

__all__ = [
    "books_of",
    "check_plan",
    "compute",
    "figure",
    "series",
    "trace",
    "working_sheet",
]
