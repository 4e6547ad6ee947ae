"""Rows that the ledger's doors hand out, and the reports of its writers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar
from uuid import UUID

from wufei.kernel.findings import Finding
from wufei.records.ledger.core.accounts import AccountKey

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows and the key after which the next page starts; None on the last page."""

    rows: tuple[Row, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One line of 流水 with all that a lineage page shows.

    A reversal keeps regions, kinds and holders of the transfer that it takes back, and its `signed_grams` is
    negative, so that any sum over rows nets it out.
    """

    id: UUID
    posting_id: UUID
    book: str
    occurred_at: datetime
    occurred_on: date
    precision: str
    grams: int
    signed_grams: int
    quantity: Decimal
    unit: str
    conversion: str
    dry_share_ppm: int | None
    step: str
    stream: str
    method: str
    evidence: str
    uncertainty_ppm: int
    origin_region_id: int
    origin_sector: str
    source_account_id: int
    source_kind: str
    source_region_id: int
    source_holder_id: int | None
    source_site_id: int | None
    target_account_id: int
    target_kind: str
    target_region_id: int
    target_holder_id: int | None
    target_site_id: int | None
    document: str
    container: UUID | None
    amends_period: str
    reverses: UUID | None
    reversed_by: UUID | None
    recorded_at: datetime
    recorder_id: int | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account; `balance_g` is None where the kind keeps no current balance."""

    id: int
    key: AccountKey
    balance_g: int | None
    finished: bool


@dataclass(frozen=True, slots=True)
class BookRow:
    """A book as seen from one region."""

    book: str
    first_on: date
    last_on: date
    transfers: int


@dataclass(frozen=True, slots=True)
class FinishedAccount:
    """A leg or run that a posting has finished."""

    id: int
    key: AccountKey


@dataclass(frozen=True, slots=True)
class PostingRow:
    """What was written together.

    Attributes
    ----------
    reason : str
        A `Reason` where it is a correction, else empty.
    transfers : tuple of TransferRow
        Those that the reader may see, the latest day first.
    transfers_total : int
        How many it has.
    """

    id: UUID
    reason: str
    recorded_at: datetime
    recorder_id: int | None
    transfers: tuple[TransferRow, ...]
    transfers_total: int
    finishes: tuple[FinishedAccount, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one posting; `refused` means that nothing of it was written."""

    posting_id: UUID
    outcome: Literal["posted", "repeated", "refused"]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of many postings; the `where` of a Finding begins with the posting's ordinal, from 1.

    Attributes
    ----------
    findings : tuple of Finding
        The first thousand of `findings_total`.
    written : bool
        False if one was refused and the load was to be all or nothing; then nothing was written.
    """

    posted: int
    repeated: int
    refused: int
    findings: tuple[Finding, ...]
    transfers: int = 0
    findings_total: int = 0
    written: bool = True
