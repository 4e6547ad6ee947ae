"""数据截至: until where a figure reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wufei.kernel.text import Text
from wufei.records.ledger.core.checks import LOCAL

BEFORE_THE_FIRST = -1
"""The sequence of a ledger in which nothing is sealed."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """Until where a figure reads: transfers up to a sealed sequence, everything else up to an instant.

    Attributes
    ----------
    sequence : int
        The last sealed transfer that is in; -1 if none is.
    at : datetime
        When it was sealed, or when something that is no mass was last recorded after it. Where `sealed` is
        False, the instant of reading.
    sealed : bool
        Nothing but sealed transfers is in, so that whoever reads the same `sequence` and `at` gets the same
        figure. False: some were recorded so shortly before that they are not sealed yet.
    """

    sequence: int
    at: datetime
    sealed: bool = True

    @property
    def pin(self) -> int | None:
        """The sequence that repeats the reading; None where none does."""
        return self.sequence if self.sealed else None

    @property
    def text(self) -> Text:
        """The words used on pages, with the minute by Asia/Shanghai."""
        minute = f"{self.at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
        if not self.sealed:
            return Text(f"{minute}（含尚未封存的记录）", f"{minute} (with records not sealed yet)")
        if self.sequence == BEFORE_THE_FIRST:
            return Text(minute, minute)
        return Text(f"封存序号 {self.sequence} · {minute}", f"sequence {self.sequence} · {minute}")
