"""What the ledger's interface takes and gives; masses are whole grams, instants ISO 8601 with a zone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema

from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Evidence, Posting, Reason, Step, Transfer

# The database keeps 64 bits; what is larger is no identifier.
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Words = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
TRANSFERS_MAX = 1000
_ID = "01931f5e-7c00-7a31-8f1d-2b6c5a9e0d11"


class AccountKeySchema(Schema):
    """The nine parts that name an account; it is made on first use."""

    book: Words = Field(description="actual, declared, published:…, scenario:…", examples=["actual"])
    kind: Kind = Field(description="what the account stands for", examples=["stock"])
    region_id: Number = Field(description="where the mass is", examples=[1])
    stream: Words = Field("", description="waste stream; empty for a process", examples=["SW03"])
    origin_region_id: Number = Field(description="where the waste was first made", examples=[1])
    origin_sector: Words = Field(description="by which sector", examples=["industry"])
    holder_id: Number | None = Field(None, description="who holds it; none for a boundary", examples=[7])
    site_id: Number | None = None
    ref: Words = Field("", description="leg or run")

    def key(self) -> AccountKey:
        """Give the account's name as the ledger knows it."""
        return AccountKey(**self.dict())


class TransferIn(Schema):
    """The same grams leave one account and enter another."""

    id: UUID = Field(description="UUIDv7 made by the writer", examples=[_ID])
    source: AccountKeySchema
    target: AccountKeySchema
    grams: int = Field(description="mass in grams, more than 0", examples=[1_500_000])
    step: Step = Field(description="what happened", examples=["generate"])
    occurred_at: datetime = Field(description="with a zone", examples=["2026-02-10T12:00:00+08:00"])
    precision: Precision = Field(description="how exactly that is known", examples=["day"])
    quantity: Decimal = Field(description="as declared", examples=["1.5"])
    unit: Words = Field(description="of the quantity", examples=["t"])
    evidence: Evidence = Field(description="how the mass is known", examples=["weighbridge"])
    method: Words = ""
    conversion: Words = Field("", description="the dated factor, where the unit is not one of mass")
    dry_share_ppm: int | None = Field(None, description="dry part in parts per million")
    uncertainty_ppm: int = Field(0, description="relative standard uncertainty in parts per million")
    document: Words = Field("", description="reference of the paper; no names, no free text")
    container: UUID | None = None
    amends_period: Words = Field("", description="the closed period that this deliberately changes")

    def transfer(self) -> Transfer:
        """Give the transfer as the ledger knows it."""
        values: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        return Transfer(**(values | {"source": self.source.key(), "target": self.target.key()}))


class PostingIn(Schema):
    """What succeeds or fails as one; the same identifier with the same content again changes nothing."""

    id: UUID = Field(description="UUIDv7 made by the writer; of a single transfer its own", examples=[_ID])
    transfers: list[TransferIn] = Field(max_length=TRANSFERS_MAX)
    finishes: list[AccountKeySchema] = Field([], max_length=TRANSFERS_MAX, description="legs and runs")
    reason: Words = Field("", description="why, where this is a correction", examples=[""])

    def posting(self) -> Posting:
        """Give the posting as the ledger knows it."""
        return Posting(
            self.id,
            tuple(each.transfer() for each in self.transfers),
            tuple(each.key() for each in self.finishes),
            self.reason,
        )


class ReversalIn(Schema):
    """Why a transfer is taken back."""

    reason: Words = Field(description=", ".join(Reason), examples=["typed-wrong"])
    amends_period: Words = Field("", description="the closed period it lies in", examples=["2026-02"])


class ClosingIn(Schema):
    """What is closed, and for whom: exactly one of region and party."""

    book: Words = Field(examples=["actual"])
    period: Words = Field(description="a month, quarter or year that is over", examples=["2026-02"])
    region_id: Number | None = Field(None, examples=[1])
    party_id: Number | None = None
    grouping: Words = Field("", description="only this grouping; all waste if empty")


class FindingOut(Schema):
    """One defect or remark."""

    code: str
    severity: str
    where: str
    value: str
    message: str
    rule: str
    fix: str


class ReceiptOut(Schema):
    """What became of a posting."""

    posting_id: UUID
    outcome: Literal["posted", "repeated", "refused"]
    findings: list[FindingOut]


class RefusedOut(ReceiptOut):
    """A problem of RFC 9457 with the Findings that refuse the posting; nothing was written."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class AccountOut(Schema):
    """An account; `balance_g` is null where the kind keeps no current balance."""

    id: int
    book: str
    kind: str
    region_id: int
    stream: str
    origin_region_id: int
    origin_sector: str
    holder_id: int | None
    site_id: int | None
    ref: str
    balance_g: int | None
    finished: bool


class FinishedOut(Schema):
    """A leg or run that a posting has finished."""

    id: int
    book: str
    kind: str
    region_id: int
    ref: str
    holder_id: int | None


class TransferOut(Schema):
    """A transfer; `signed_grams` is negative for a reversal, so that any sum nets it out."""

    id: UUID
    posting_id: UUID
    book: str
    occurred_at: datetime
    occurred_on: date
    precision: str
    grams: int
    signed_grams: int
    quantity: str
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


class AccountsOut(Schema):
    """A page of accounts; ``after`` opens the next one."""

    accounts: list[AccountOut]
    after: str | None


class TransfersOut(Schema):
    """A page of transfers; ``after`` opens the next one."""

    transfers: list[TransferOut]
    after: str | None


class PostingOut(Schema):
    """What was written together; `transfers_total` counts those too that the reader may not see."""

    id: UUID
    reason: str
    recorded_at: datetime
    recorder_id: int | None
    transfers_total: int
    transfers: list[TransferOut]
    finishes: list[FinishedOut]


class ClosingOut(Schema):
    """A closed period; `sequence` is how many transfers were sealed then."""

    id: int
    book: str
    period: str
    region_id: int | None
    party_id: int | None
    grouping: str
    sequence: int
    closed_at: datetime
    closed_by: int | None


class ClosingsOut(Schema):
    """A page of closings; ``after`` opens the next one."""

    closings: list[ClosingOut]
    after: str | None


class ClosedFlowOut(Schema):
    """One step of one stream in net grams and rows, as published and as revised."""

    step: str
    stream: str
    published_g: int
    revised_g: int
    published_rows: int
    revised_rows: int


class ClosingFiguresOut(ClosingOut):
    """A closed period with its figures and the transfers that came into it later."""

    flows: list[ClosedFlowOut]
    amending: list[TransferOut]
    amending_after: str | None


class HeadOut(Schema):
    """The size and root of the log at an instant, signed with Ed25519; hexadecimal digits."""

    size: int
    root: str
    at: str
    public_key: str
    signature: str


class HeadsOut(Schema):
    """The latest heads, in the form of the file that `wufei ledger heads --check` reads."""

    format: str
    heads: list[HeadOut]


class ProofOut(Schema):
    """A proof that a transfer is sealed, byte for byte the file that `wufei ledger check-proof` reads."""

    format: str
    transfer: UUID
    sequence: int
    leaf: str
    path: list[str]
    head: HeadOut
