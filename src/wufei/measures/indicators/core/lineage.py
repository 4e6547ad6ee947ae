"""The way back from a figure to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from wufei.kernel.text import Text
from wufei.measures.indicators.core.figures import NOTHING, Figure, Observed, QuantityValue
from wufei.records.ledger.core.rows import TransferRow

_DIVISION = Context(prec=28, rounding=ROUND_HALF_EVEN)

ROWS_WITHHELD = Text(
    "当前身份可看数值，不可看逐笔流水。", "Your role may see the figure, but not its single transfers."
)
OBSERVATION_WITHHELD = Text(
    "当前身份可看数值，不可看观测记录。", "Your role may see the figure, but not the observation behind it."
)


@dataclass(frozen=True, slots=True)
class TracedTransfer:
    """A transfer and its share of the quantity, negative for a reversal; taking it away takes its share."""

    row: TransferRow
    share: Decimal


@dataclass(frozen=True, slots=True)
class TracedQuantity:
    """A quantity with the rows it rests on.

    Attributes
    ----------
    transfers : tuple of TracedTransfer
        One page, the latest first; `after` opens the next.
    hidden_transfers, hidden_g : int
        Transfers of other regions that the quantity sums, but this person may not see singly.
    withheld : Text
        Why there are no rows although there is a value.
    """

    quantity: QuantityValue
    transfers: tuple[TracedTransfer, ...] = ()
    after: str | None = None
    hidden_transfers: int = 0
    hidden_g: int = 0
    observations: tuple[Observed, ...] = ()
    withheld: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure with the rows of each of its quantities."""

    figure: Figure
    quantities: tuple[TracedQuantity, ...]


def traced(row: TransferRow, quantity: QuantityValue) -> TracedTransfer:
    """Give a transfer with its share of a quantity; a quantity of zero has no shares."""
    if not quantity.grams:
        return TracedTransfer(row, Decimal(0))
    return TracedTransfer(row, _DIVISION.divide(Decimal(row.signed_grams), Decimal(quantity.grams)))
