"""Selections of transfers: what a quantity adds up, and what its lineage shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

_NO_TEXTS: frozenset[str] = frozenset()
_NO_PAIRS: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class FlowSelection:
    """Which transfers of one book count; an empty set of streams, steps, kinds and so on means any.

    Attributes
    ----------
    book : str
        Every selection names exactly one.
    period_start, period_end : date
        First day, and first day after, by the calendar of Asia/Shanghai.
    by : str
        ``origin``: whose waste it is. ``place``: where it was handled.
    region_ids : frozenset of int
        Regions that count; an empty set selects nothing.
    group : str
        Name of the grouping from which `streams` was drawn; resolved if `streams` is empty.
    streams : frozenset of (str, str)
        Pairs of stream and origin sector.
    as_of : int, optional
        Only transfers up to this sealed sequence; all if left out, sealed or not.
    """

    book: str
    period_start: date
    period_end: date
    by: Literal["origin", "place"]
    region_ids: frozenset[int]
    group: str = ""
    streams: frozenset[tuple[str, str]] = _NO_PAIRS
    steps: frozenset[str] = _NO_TEXTS
    methods: frozenset[str] = _NO_TEXTS
    source_kinds: frozenset[str] = _NO_TEXTS
    target_kinds: frozenset[str] = _NO_TEXTS
    evidence: frozenset[str] = _NO_TEXTS
    as_of: int | None = None
