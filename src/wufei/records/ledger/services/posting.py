"""Post one posting, or many in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import psycopg
from django.db import connections, transaction
from psycopg import errors

from wufei.kernel.errors import AccessError, ConflictError, ExternalError, InvariantError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.ledger.core.checks import Rules
from wufei.records.ledger.core.rows import BatchReport, Receipt
from wufei.records.ledger.core.transfers import Posting
from wufei.records.ledger.core.vocabulary import load_vocabulary
from wufei.records.ledger.services.knowledge import learn
from wufei.records.ledger.services.writing import RivalError, write
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

# Large enough to spread the cost of a statement, small enough for the garbage collector.
CHUNK = 10_000
_ATTEMPTS = 8
_RIVALRY = (RivalError, errors.UniqueViolation, errors.DeadlockDetected)

Result = TypeVar("Result")


def post(scope: Scope, posting: Posting, *, now: datetime) -> Receipt:
    """Write one posting: all of it, or nothing.

    Parameters
    ----------
    scope : Scope
        Who writes.
    posting : Posting
        Its transfers; posting the same id with the same content again changes nothing.
    now : datetime
        The clock of the server, kept as ``recorded_at``.

    Returns
    -------
    Receipt
        ``posted`` or ``repeated``, or ``refused`` with the Findings that say why; warnings come with
        ``posted``.

    Raises
    ------
    AccessError
        The role may not post, or not on these accounts.
    ConflictError
        The id is recorded with other content, which may be invisible to the caller.
    ExternalError
        Other writers were quicker several times; trying again may help.
    """
    require(scope, "ledger.post")

    def attempt() -> Receipt:
        with session(scope):
            return _post_chunk(scope, [posting], now)[0]

    receipt = _despite_rivals(attempt)
    for found in receipt.findings:
        if found.code == "ledger.id-with-other-content":
            raise ConflictError(found.code, found.message)
        if found.code == "ledger.outside-scope":
            raise AccessError("ledger.post", found.message)
    return receipt


def post_many(scope: Scope, postings: Iterable[Posting], *, now: datetime) -> BatchReport:
    """Write many postings in one transaction, with the result of posting them one by one in this order.

    Parameters
    ----------
    scope : Scope
        Who writes.
    postings : iterable of Posting
        Read once, in chunks, so memory stays flat.
    now : datetime
        The clock of the server.

    Returns
    -------
    BatchReport
        Good postings are kept and bad ones left out; the place of each Finding begins with the posting's
        ordinal.

    Raises
    ------
    AccessError
        The role may not post at all.
    ExternalError
        Other writers were quicker several times; trying again may help.
    """
    require(scope, "ledger.post")
    counts = {"posted": 0, "repeated": 0, "refused": 0}
    findings: list[Finding] = []
    ordinal = transfers = 0
    with session(scope):
        for chunk in _chunks(postings):
            for posting, receipt in zip(chunk, _post_savepoint(scope, chunk, now), strict=True):
                ordinal += 1
                counts[receipt.outcome] += 1
                if receipt.outcome == "posted":
                    transfers += len(posting.transfers)
                findings.extend(
                    replace(found, where=f"posting {ordinal}, {found.where}") for found in receipt.findings
                )
    return BatchReport(
        posted=counts["posted"],
        repeated=counts["repeated"],
        refused=counts["refused"],
        findings=tuple(findings),
        transfers=transfers,
    )


def _chunks(postings: Iterable[Posting]) -> Iterator[list[Posting]]:
    chunk: list[Posting] = []
    size = 0
    for posting in postings:
        chunk.append(posting)
        size += len(posting.transfers)
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _post_savepoint(scope: Scope, chunk: list[Posting], now: datetime) -> list[Receipt]:
    def attempt() -> list[Receipt]:
        with transaction.atomic():
            return _post_chunk(scope, chunk, now)

    return _despite_rivals(attempt)


def _post_chunk(scope: Scope, postings: list[Posting], now: datetime) -> list[Receipt]:
    raw = connections["default"].connection
    # Django's own cursors bind on the client; with arrays and prepared statements the server does it better.
    with psycopg.Cursor(raw) as cursor:
        ledger, cases = learn(cursor, scope, Rules(load_vocabulary(), now), postings)
        receipts = [ledger.judge(case) for case in cases]
        accepted = [
            case for case, receipt in zip(cases, receipts, strict=True) if receipt.outcome == "posted"
        ]
        if accepted:
            write(cursor, accepted, (now, scope.user_id))
    return receipts


def _despite_rivals(attempt: Callable[[], Result]) -> Result:
    """Repeat what another writer upset; after their commit we see what they wrote."""
    upset: Exception | None = None
    for _ in range(_ATTEMPTS):
        try:
            return attempt()
        except _RIVALRY as error:
            upset = error
        except errors.CheckViolation as error:
            raise InvariantError(
                "ledger.refused-by-database",
                Text(
                    f"数据库拒绝了已通过检查的记账：{error}",
                    f"The database refused a checked posting: {error}",
                ),
            ) from error
    raise ExternalError(
        "ledger.busy",
        Text("同时记账的人太多，请稍后重试。", "Too many writers at once; please try again shortly."),
    ) from upset
