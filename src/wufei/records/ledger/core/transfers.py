"""Transfers of mass between two accounts, and postings that succeed or fail as one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, account_text


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


def content_hash(posting: Posting, text_of: Callable[[AccountKey], str] = account_text) -> bytes:
    """SHA-256 of everything a posting says, the same however the values were written.

    Parameters
    ----------
    posting : Posting
        Its amounts may be written 1.5 or 1.50, its instants in any zone.
    text_of : callable
        `account_text`, or a memory of it.
    """
    parts = [str(posting.id), posting.reason]
    parts.extend(transfer_text(transfer, text_of) for transfer in posting.transfers)
    parts.extend(text_of(account) for account in posting.finishes)
    return hashlib.sha256("\x1e".join(parts).encode()).digest()


def transfer_text(transfer: Transfer, text_of: Callable[[AccountKey], str] = account_text) -> str:
    """Write all fields of a transfer in one canonical line."""
    at = transfer.occurred_at
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    quantity = transfer.quantity
    return (
        f"{transfer.id}\x1d{text_of(transfer.source)}\x1d{text_of(transfer.target)}\x1d{transfer.grams}"
        f"\x1d{transfer.step}\x1d{at.isoformat()}\x1d{transfer.precision}"
        f"\x1d{quantity.normalize() if quantity else 0:f}\x1d{transfer.unit}\x1d{transfer.evidence}"
        f"\x1d{transfer.method}\x1d{transfer.conversion}\x1d{transfer.dry_share_ppm}"
        f"\x1d{transfer.uncertainty_ppm}\x1d{transfer.document}\x1d{transfer.container}"
        f"\x1d{transfer.reverses}\x1d{transfer.amends_period}"
    )
