"""A number counted from the tasks of a region on a day: a field of a document as a figure is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wufei.kernel.units import decimal_text


@dataclass(frozen=True, slots=True)
class CountField:
    """A number of the task board: how many, or how much money.

    Attributes
    ----------
    key : str
        Its name within the document, such as ``T3``; marks and annex use it.
    value : Decimal
        In `unit`, as printed.
    on : date
        The day on which the board was read; reports passed until then are counted.
    period : str
        The period it speaks of, as printed.
    address : str
        The page of the tasks that were counted, filtered as they were.
    rule : str
        How it is counted, in words.
    """

    key: str
    name: str
    value: Decimal
    unit: str
    on: date
    period: str
    address: str
    rule: str

    basis = "counted"
    original = ""

    @property
    def as_of(self) -> str:
        """数据截至 as pages print it."""
        return f"任务台账 · {self.on.isoformat()}"

    @property
    def printed(self) -> str:
        """The number with its unit: 12项, 1,250.5万元."""
        whole, point, rest = decimal_text(self.value).partition(".")
        grouped = f"{int(whole):,}" if self.unit == "万元" else whole
        return f"{grouped}{point}{rest}{self.unit}"
