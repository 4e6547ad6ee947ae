"""Transfers of mass between two accounts, and postings that succeed or fail as one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, account_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# An instant without a zone is refused later; until then it must be hashed like any other.
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)
# More than any quantity that is accepted; plain digits of 1E+999999999 would fill the memory.
_PLAIN_DIGITS_MAX = 30


class Step(StrEnum):
    """What happened to the mass."""

    GENERATE = "generate"
    MOVE = "move"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    RETURN = "return"
    SETTLE_DIFFERENCE = "settle-difference"
    TREAT_IN = "treat-in"
    TREAT_OUT = "treat-out"
    NEW_WASTE = "new-waste"
    USE = "use"
    RECLASSIFY = "reclassify"
    LOSS = "loss"
    EXPORT = "export"
    IMPORT = "import"
    FIND_DUMP = "find-dump"
    CLEAR_DUMP = "clear-dump"
    ATTRIBUTE_DUMP = "attribute-dump"
    STOCKTAKE = "stocktake"
    OPEN = "open"


class Evidence(StrEnum):
    """How the mass is known, from a scale to a subtraction."""

    SCALE = "scale"
    WEIGHBRIDGE = "weighbridge"
    DECLARED = "declared"
    ESTIMATED = "estimated"
    STATISTICAL = "statistical"
    DERIVED_BY_DIFFERENCE = "derived-by-difference"


@dataclass(frozen=True, slots=True)
class Transfer:
    """The same grams leave one account and enter another.

    Attributes
    ----------
    id : UUID
        UUIDv7 made by the writer, at most seven days ahead of the clock.
    source, target : AccountKey
        The account that the mass leaves, and the one it enters.
    grams : int
        Mass in grams, > 0.
    step : Step
        What happened.
    occurred_at : datetime
        When, in UTC; `precision` says how exactly that is known.
    quantity, unit : Decimal, str
        As declared; `conversion` names the dated factor where the unit is not one of mass.
    evidence : Evidence
        How the mass is known.
    uncertainty_ppm : int
        Relative standard uncertainty in parts per million.
    dry_share_ppm : int, optional
        Dry part of the mass in parts per million.
    document : str
        Reference of the paper or file that proves it; no names, phones or free text.
    container : UUID, optional
        The container that carried it; a container has no mass of its own.
    reverses : UUID, optional
        The transfer that this one takes back; source and target are then exchanged.
    amends_period : str
        The closed period that this record deliberately changes, as `str(Period)`.
    """

    id: UUID
    source: AccountKey
    target: AccountKey
    grams: int
    step: Step
    occurred_at: datetime
    precision: Precision
    quantity: Decimal
    unit: str
    evidence: Evidence
    method: str = ""
    conversion: str = ""
    dry_share_ppm: int | None = None
    uncertainty_ppm: int = 0
    document: str = ""
    container: UUID | None = None
    reverses: UUID | None = None
    amends_period: str = ""


class Reason(StrEnum):
    """Why a posting corrects an earlier one; a code, because the ledger keeps no free text."""

    TYPED_WRONG = "typed-wrong"
    COUNTED_TWICE = "counted-twice"
    WRONG_PARTY = "wrong-party"
    WRONG_STREAM = "wrong-stream"
    WRONG_DATE = "wrong-date"
    WITHDRAWN = "withdrawn"
    SOURCE_REVISED = "source-revised"


@dataclass(frozen=True, slots=True)
class Posting:
    """The unit of success or failure.

    Attributes
    ----------
    id : UUID
        UUIDv7; posting the same id with the same content again does nothing.
    transfers : tuple of Transfer
        In the order in which they happened.
    finishes : tuple of AccountKey
        Legs and runs that must be empty afterwards and then take no more transfers.
    reason : str
        A `Reason` where this is a correction.
    """

    id: UUID
    transfers: tuple[Transfer, ...]
    finishes: tuple[AccountKey, ...] = ()
    reason: str = ""


def single(transfer: Transfer) -> Posting:
    """The usual posting: one transfer, under its own id."""
    return Posting(id=transfer.id, transfers=(transfer,))


def content_hash(posting: Posting) -> bytes:
    """SHA-256 of everything a posting says, the same however the values were written."""
    lines = [
        transfer_text(one, account_text(one.source), account_text(one.target)) for one in posting.transfers
    ]
    return hash_of_lines(posting, lines, [account_text(account) for account in posting.finishes])


def hash_of_lines(posting: Posting, lines: list[str], finishes: list[str]) -> bytes:
    """`content_hash` from the texts of the transfers and finished accounts.

    Notes
    -----
    The lines are sorted, because a posting is judged by its end: their order says nothing.
    """
    if len(lines) > 1:
        lines = sorted(lines)
    parts = (f"{posting.id.int:032x}", posting.reason, *lines, *sorted(finishes))
    return hashlib.sha256("\x1e".join(parts).encode(errors="surrogatepass")).digest()


def transfer_text(transfer: Transfer, source: str, target: str) -> str:
    """Write all fields of a transfer in one canonical line; `wufei ledger verify` writes the same in SQL.

    Parameters
    ----------
    transfer : Transfer
        Its amounts may be written 1.5 or 1.50, its instants in any zone.
    source, target : str
        The `account_text` of its two accounts.
    """
    container, reverses = transfer.container, transfer.reverses
    at = transfer.occurred_at
    at_us = (at - (_EPOCH if at.tzinfo else _NAIVE_EPOCH)) // _MICROSECOND
    return (
        f"{transfer.id.int:032x}\x1d{source}\x1d{target}\x1d{transfer.grams}\x1d{transfer.step}\x1d{at_us}"
        f"\x1d{transfer.precision}\x1d{_quantity_text(transfer.quantity)}\x1d{transfer.unit}\x1d{transfer.evidence}"
        f"\x1d{transfer.method}\x1d{transfer.conversion}"
        f"\x1d{'' if transfer.dry_share_ppm is None else transfer.dry_share_ppm}"
        f"\x1d{transfer.uncertainty_ppm}\x1d{transfer.document}"
        f"\x1d{f'{container.int:032x}' if container else ''}\x1d{f'{reverses.int:032x}' if reverses else ''}"
        f"\x1d{transfer.amends_period}"
    )


def _quantity_text(quantity: Decimal) -> str:
    if quantity.is_finite() and abs(quantity.adjusted()) <= _PLAIN_DIGITS_MAX:
        return f"{quantity.normalize():f}"
    return str(quantity)
