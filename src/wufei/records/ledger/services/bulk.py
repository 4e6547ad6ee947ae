"""Post many postings in one transaction, chunk by chunk."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from wufei.kernel.findings import Finding
from wufei.records.ledger.core.arrow import ArrowStream, postings_of
from wufei.records.ledger.core.checks import Rules
from wufei.records.ledger.core.model import Case, Ledger
from wufei.records.ledger.core.rows import BatchReport, Receipt
from wufei.records.ledger.core.transfers import Posting
from wufei.records.ledger.core.vocabulary import load_vocabulary
from wufei.records.ledger.services.knowledge import learn
from wufei.records.ledger.services.partitions import ensure_months_of
from wufei.records.ledger.services.posting import despite_rivals, driver_cursor
from wufei.records.ledger.services.writing import ReadyText, ready_text, write_many
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

# Large enough to spread the cost of a statement, small enough for the garbage collector.
CHUNK = 10_000
ACCOUNTS_KEPT = 40_000
"""Accounts whose state is carried from chunk to chunk, about 60 MB; beyond them all are learnt anew."""
TURN_S = 0.0005
"""Seconds after which the thread that prepares gives way."""
FINDINGS_KEPT = 1_000
"""Findings that the report of a load holds itself; a caller who wants all of them gives `found`."""

Prepared = tuple[list[Case], list[ReadyText | None]]
"""The cases of a chunk, and beside each its rows, unless it is refused by itself."""


class _NotWantedError(Exception):
    """Something was refused and the load is all or nothing."""


def post_many(
    scope: Scope,
    postings: Iterable[Posting] | ArrowStream,
    *,
    now: datetime,
    keep_good: bool = True,
    found: Callable[[int, tuple[Finding, ...]], None] | None = None,
) -> BatchReport:
    """Write many postings in one transaction, with the result of posting them one by one in this order.

    Parameters
    ----------
    scope : Scope
        Who writes.
    postings : iterable of Posting, or Arrow table or stream of `core.arrow.SCHEMA`
        Read once, in chunks, so memory stays flat. An iterable may use the database.
    now : datetime
        The clock of the server.
    keep_good : bool
        Keep the good postings and leave the bad ones out; False writes nothing if one is refused.
    found : callable, optional
        Told the Findings of a posting with its ordinal, from 1, as they come.

    Returns
    -------
    BatchReport
        What became of each; the place of each Finding begins with the posting's ordinal. With
        ``keep_good=False`` and something refused, ``written`` is False: the counts say what would have been.

    Raises
    ------
    AccessError
        The role may not post at all.
    InputError
        Arrow columns that do not fit the schema.
    ExternalError
        Other writers were quicker several times; trying again may help.
    """
    require(scope, "ledger.post")
    arrow = isinstance(postings, ArrowStream)
    given = postings_of(postings) if isinstance(postings, ArrowStream) else iter(postings)
    load = _Load(scope, now, found, _chunks(given), draws_ahead=arrow)
    written = False
    # The block is left by this exception where nothing is to stay, so that the database takes all of it back.
    with suppress(_NotWantedError), transaction.atomic():
        _run(load, keep_good=keep_good)
        written = True
    return load.report(written=written)


@dataclass(slots=True)
class _Load:
    """A load under way: what is known, what comes next, and what became of the postings so far.

    Attributes
    ----------
    draws_ahead : bool
        The next chunk may be drawn while the connection is busy; not where an iterable may use it.
    following : list of Posting or None
        The chunk after the present one, once it is drawn; None at the end.
    """

    scope: Scope
    now: datetime
    found: Callable[[int, tuple[Finding, ...]], None] | None
    chunks: Iterator[list[Posting]]
    draws_ahead: bool
    ledger: Ledger = field(init=False)
    following: list[Posting] | None = None
    drawn: bool = False
    posted: int = 0
    repeated: int = 0
    refused: int = 0
    transfers: int = 0
    findings: list[Finding] = field(default_factory=list)
    findings_total: int = 0

    def __post_init__(self) -> None:
        self.ledger = Ledger(Rules(load_vocabulary(), self.now))

    def draw(self) -> None:
        """Draw the following chunk, once."""
        if not self.drawn:
            self.following, self.drawn = next(self.chunks, None), True

    def step(self) -> list[Posting] | None:
        """Make the following chunk the present one."""
        self.draw()
        self.drawn = False
        return self.following

    def cases(self, chunk: Sequence[Posting] | None) -> Prepared:
        """Prepare the postings of a chunk, and their rows."""
        cases = [self.ledger.case(posting) for posting in chunk or ()]
        return cases, [ready_text(case) for case in cases]

    def count(self, postings: Sequence[Posting], receipts: Sequence[Receipt]) -> None:
        """Note what became of a chunk."""
        ordinal = self.posted + self.repeated + self.refused
        for posting, receipt in zip(postings, receipts, strict=True):
            ordinal += 1
            if receipt.outcome == "posted":
                self.posted += 1
                self.transfers += len(posting.transfers)
            elif receipt.outcome == "repeated":
                self.repeated += 1
            else:
                self.refused += 1
            if receipt.findings:
                self._tell(ordinal, receipt.findings)

    def _tell(self, ordinal: int, findings: tuple[Finding, ...]) -> None:
        self.findings_total += len(findings)
        if self.found is not None:
            self.found(ordinal, findings)
        room = FINDINGS_KEPT - len(self.findings)
        self.findings += [replace(one, where=f"posting {ordinal}, {one.where}") for one in findings[:room]]

    def report(self, *, written: bool) -> BatchReport:
        """Sum up."""
        return BatchReport(
            posted=self.posted,
            repeated=self.repeated,
            refused=self.refused,
            findings=tuple(self.findings),
            transfers=self.transfers,
            findings_total=self.findings_total,
            written=written,
        )


def _run(load: _Load, *, keep_good: bool) -> None:
    """Post chunk after chunk; while one is written, the next is prepared."""
    with session(load.scope), ThreadPoolExecutor(1, "ledger-writing") as writer, _working_in_two():
        chunk = load.step()
        cases = load.cases(chunk)
        while chunk:
            if not load.draws_ahead:
                load.draw()
            receipts, cases = _post_chunk(load, writer, chunk, cases)
            load.count(chunk, receipts)
            chunk = load.step()
            gc.collect(0)
    if load.refused and not keep_good:
        raise _NotWantedError


@contextmanager
def _working_in_two() -> Iterator[None]:
    """Set the interpreter for a thread that prepares and one that mostly waits for the server.

    The collector would look through a chunk again and again, and postings hold no cycles. And whoever waits
    for the interpreter gets it after half a millisecond, ten times a chunk, instead of after five.
    """
    collecting, interval_s = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(interval_s)
        if collecting:
            gc.enable()


def _chunks(postings: Iterator[Posting]) -> Iterator[list[Posting]]:
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


def _post_chunk(
    load: _Load, writer: ThreadPoolExecutor, chunk: list[Posting], cases: Prepared
) -> tuple[list[Receipt], Prepared]:
    """Post one chunk; give its receipts, and the cases of the one that follows."""
    prepared: Prepared | None = cases

    def attempt() -> tuple[list[Receipt], Prepared]:
        nonlocal prepared
        mine, prepared = prepared or load.cases(chunk), None
        try:
            with transaction.atomic():
                return _judge_and_write(load, writer, mine)
        except BaseException:  # whatever it was: locks and balances went with the savepoint
            load.ledger.accounts.clear()
            raise

    return despite_rivals(attempt)


def _judge_and_write(
    load: _Load, writer: ThreadPoolExecutor, mine: Prepared
) -> tuple[list[Receipt], Prepared]:
    ledger, (cases, rows) = load.ledger, mine
    with driver_cursor() as cursor:
        learn(cursor, load.scope, ledger, cases)
        receipts = [ledger.judge(case) for case in cases]
        judged = zip(receipts, rows, strict=True)
        accepted = [row for receipt, row in judged if row is not None and receipt.outcome == "posted"]
        ensure_months_of(one.id for row in accepted for one in row.case.posting.transfers)
        _forget(ledger, cases)
        writing = writer.submit(write_many, cursor, accepted, (load.now, load.scope.user_id))
        try:
            load.draw()
            prepared = load.cases(load.following)
        finally:
            wait([writing])
        writing.result()
    return receipts, prepared


def _forget(ledger: Ledger, cases: Sequence[Case]) -> None:
    """Drop what later chunks can ask the database for: identifiers, and accounts when there are too many."""
    ledger.postings.clear()
    ledger.transfers.clear()
    ledger.taken.clear()
    ledger.reversed_ids.clear()
    if len(ledger.accounts) > ACCOUNTS_KEPT:
        recent = (state for case in cases for state in case.states())
        ledger.accounts = {state.key: state for state in recent}
