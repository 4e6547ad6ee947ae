"""A published account as postings of the ledger, with identifiers that every load makes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from hashlib import blake2b
from uuid import UUID
from zoneinfo import ZoneInfo

from wufei.demo.account_file import AccountLine, AccountStep, PublishedAccount
from wufei.kernel.ids import id_of
from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Posting, Step, Transfer

# The instant in the identifiers: when the source was published, the same at every load.
PUBLISHED_AT = datetime(2020, 1, 1, tzinfo=UTC)
_LOCAL = ZoneInfo("Asia/Shanghai")


def account_postings(account: PublishedAccount, *, region_id: int, holder_id: int) -> tuple[Posting, ...]:
    """Write every line of a published account.

    Parameters
    ----------
    account : PublishedAccount
        As read.
    region_id, holder_id : int
        The region, and the party that stands for its producers.

    Notes
    -----
    Treated mass goes into a process account. Where the source says how it ended it leaves again and the run
    is finished; where it does not, the process stays open: 去向未细分 is what is known, nothing is invented.
    """
    return tuple(_posting(account, line, region_id, holder_id) for line in account.lines)


def named_id(name: str, at: datetime = PUBLISHED_AT) -> UUID:
    """Give the UUIDv7 of a name: a fixed instant, and the name's hash for chance."""
    return id_of(at, int.from_bytes(blake2b(name.encode(), digest_size=10).digest(), "big"))


def _posting(account: PublishedAccount, line: AccountLine, region_id: int, holder_id: int) -> Posting:
    stock = AccountKey(
        book=account.book,
        kind=Kind.STOCK,
        region_id=region_id,
        stream=line.stream,
        origin_region_id=region_id,
        origin_sector=line.sector,
        holder_id=holder_id,
    )
    boundary = replace(stock, holder_id=None)
    if line.step is AccountStep.GENERATE:
        made = _transfer(account, line, (replace(boundary, kind=Kind.ORIGIN), stock), Step.GENERATE)
        return Posting(made.id, (made,))
    process = replace(stock, kind=Kind.PROCESS, stream="", ref=f"{account.id}:{line.id}")
    fed = _transfer(account, line, (stock, process), Step.TREAT_IN)
    if line.into is None:
        return Posting(fed.id, (fed,))
    target = replace(boundary, kind=Kind(line.into.value))
    left = _transfer(account, line, (process, target), Step.TREAT_OUT)
    return Posting(named_id(f"{account.book}/{line.id}"), (fed, left), (process,))


def _transfer(
    account: PublishedAccount, line: AccountLine, sides: tuple[AccountKey, AccountKey], step: Step
) -> Transfer:
    return Transfer(
        id=named_id(f"{account.book}/{line.id}/{step}"),
        source=sides[0],
        target=sides[1],
        grams=line.grams,
        step=step,
        occurred_at=datetime.combine(account.period.start, time(0), _LOCAL).astimezone(UTC),
        precision=Precision.YEAR,
        quantity=line.quantity,
        unit=line.unit,
        evidence=line.evidence,
        method=line.method,
        uncertainty_ppm=line.relative_ppm,
        document=f"{account.source_title}，{line.clause}",
    )
