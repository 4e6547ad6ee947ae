"""Let consumers follow the sealed events: read, handle and move the cursor in one transaction.

So every event is handled at least once, and what its handling writes in this database exactly once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.backends.utils import CursorWrapper

from wufei.kernel.errors import ConflictError, NotFoundError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.runtime import clock
from wufei.runtime.jobs.core import Job
from wufei.runtime.outbox.core import NOTHING_YET, Advance, Consumer, Event, Policy, failure_of

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_ENSURE = "INSERT INTO outbox_cursor (consumer, moved_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_SEQUENCE = "SELECT sequence FROM outbox_cursor WHERE consumer = %s"
_MOVE = """
    UPDATE outbox_cursor SET sequence = %s, moved_at = %s, stopped_at_sequence = NULL, code = '',
        message_zh = '', message_en = '', tries = 0, first_at = NULL, last_at = NULL WHERE consumer = %s
"""
# A try at the same event counts on; at another it begins anew.
_STOP = """
    UPDATE outbox_cursor SET stopped_at_sequence = %(at)s, code = %(code)s, message_zh = %(zh)s,
        message_en = %(en)s, last_at = %(now)s,
        tries = CASE WHEN stopped_at_sequence = %(at)s THEN tries + 1 ELSE 1 END,
        first_at = CASE WHEN stopped_at_sequence = %(at)s THEN first_at ELSE %(now)s END
    WHERE consumer = %(consumer)s
"""
_PARK = """
    INSERT INTO outbox_parked (consumer, sequence, code, message_zh, message_en, tries, first_at, last_at)
    VALUES (%(consumer)s, %(at)s, %(code)s, %(zh)s, %(en)s, 1, %(now)s, %(now)s)
    ON CONFLICT (consumer, sequence) DO UPDATE SET code = excluded.code, message_zh = excluded.message_zh,
        message_en = excluded.message_en, tries = outbox_parked.tries + 1, last_at = excluded.last_at
"""
_PARKED = """
    SELECT sequence FROM outbox_parked WHERE consumer = %s AND (%s::bigint IS NULL OR sequence = %s)
    ORDER BY sequence
"""
_UNPARK = "DELETE FROM outbox_parked WHERE consumer = %s AND sequence = %s"
_FORGET_PARKED = "DELETE FROM outbox_parked WHERE consumer = %s"
_IS_PARKED = "SELECT 1 FROM outbox_parked WHERE consumer = %s AND sequence = %s"


def advance(consumer: Consumer[Any], *, now: datetime) -> Advance:
    """Handle the next batch of events and move the cursor, in one transaction.

    Parameters
    ----------
    consumer : Consumer
        Only one worker at a time has its cursor.
    now : datetime
        When the cursor moved, or when an event failed.

    Raises
    ------
    OperationalError, InterfaceError
        The database is at fault, not an event: nothing was done, and the next round repeats it.
    """
    with transaction.atomic(using="system"), connections["system"].cursor() as cursor:
        cursor.execute(_TRY_LOCK, [_key(consumer)])
        if not cursor.fetchone()[0]:
            return Advance(0, (), _sequence(cursor, consumer), busy=True)
        # Asked in statements of their own, so that they see what the last holder of the lock has done.
        cursor.execute(_ENSURE, [consumer.name, now])
        before = _sequence(cursor, consumer)
        events = consumer.read(before, consumer.batch)
        if not events:
            return Advance(0, (), before)
        _demand_order(consumer, before, events)
        return _advanced(cursor, consumer, events, now)


def retry(
    consumer: Consumer[Any], *, sequence: int | None = None, now: datetime
) -> tuple[int, list[Finding]]:
    """Handle parked events again, each in a transaction of its own.

    Parameters
    ----------
    sequence : int, optional
        Only this one; all if left out.

    Returns
    -------
    (int, list of Finding)
        How many are handled now, and why the others stay parked.

    Raises
    ------
    NotFoundError
        The event named is not parked.
    """
    with connections["system"].cursor() as cursor:
        cursor.execute(_PARKED, [consumer.name, sequence, sequence])
        waiting = [row[0] for row in cursor.fetchall()]
    if sequence is not None and not waiting:
        hint = Text("见 wufei outbox list。", "See wufei outbox list.")
        raise NotFoundError("parked-event", f"{consumer.name} {sequence}", hint)
    outcomes = [_retried(consumer, one, now) for one in waiting]
    return sum(found is None for found in outcomes), [found for found in outcomes if found is not None]


def rewind(consumer: Consumer[Any], *, forget: Callable[[], None], now: datetime) -> None:
    """Let a consumer begin anew: forget what it has written, and set its cursor back before the first event.

    Parameters
    ----------
    forget : callable
        Removes what the consumer derived from events, on the connection ``system``.
    """
    with _locked(consumer) as cursor:
        cursor.execute(_ENSURE, [consumer.name, now])
        forget()
        cursor.execute(_FORGET_PARKED, [consumer.name])
        cursor.execute(_MOVE, [NOTHING_YET, now, consumer.name])


def job_of(consumer: Consumer[Any], *, every_s: float) -> Job:
    """Give the job that keeps a consumer up to date."""

    def run() -> bool:
        done = advance(consumer, now=clock.now())
        if done.stopped is not None:
            # The cursor has it written down; raising lets the worker log it and wait longer each time.
            raise ConflictError("outbox.stopped", done.stopped.message)
        return done.more

    return Job(f"outbox-{consumer.name}", every_s, run)


def _advanced(
    cursor: CursorWrapper, consumer: Consumer[Any], events: Sequence[Event], now: datetime
) -> Advance:
    handled, parked = len(events), []
    stopped: Finding | None = None
    if _attempt(consumer, events) is not None:
        # Something in the batch is poisoned: one by one shows what, and harms nobody else.
        handled = 0
        for event in events:
            failure = _attempt(consumer, [event])
            if failure is None:
                handled += 1
                continue
            found = failure_of(consumer.name, consumer.policy, event.sequence, failure)
            if consumer.policy is Policy.STOP:
                stopped = found
                break
            _note(cursor, _PARK, consumer, event.sequence, found, now)
            parked.append(found)
    through = events[handled + len(parked) - 1].sequence if handled or parked else events[0].sequence - 1
    if handled or parked:
        cursor.execute(_MOVE, [through, now, consumer.name])
    if stopped is not None:
        _note(cursor, _STOP, consumer, through + 1, stopped, now)
    more = stopped is None and len(events) >= consumer.batch
    return Advance(handled, tuple(parked), through, more=more, stopped=stopped)


def _attempt(consumer: Consumer[Any], events: Sequence[Event]) -> Exception | None:
    """Handle events as one, or nothing of them; give what went wrong."""
    try:
        with transaction.atomic(using="system"):
            consumer.handle(events)
    except (OperationalError, InterfaceError):
        # A lost connection, a deadlock, a full disk: no event is to blame.
        raise
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, its event is kept and told of
        return error
    return None


def _retried(consumer: Consumer[Any], sequence: int, now: datetime) -> Finding | None:
    with _locked(consumer) as cursor:
        cursor.execute(_IS_PARKED, [consumer.name, sequence])
        if cursor.fetchone() is None:
            return None
        events = consumer.read(sequence - 1, 1)
        _demand_order(consumer, sequence - 1, events)
        failure = _attempt(consumer, events)
        if failure is None:
            cursor.execute(_UNPARK, [consumer.name, sequence])
            return None
        found = failure_of(consumer.name, consumer.policy, sequence, failure)
        _note(cursor, _PARK, consumer, sequence, found, now)
        return found


@contextmanager
def _locked(consumer: Consumer[Any]) -> Iterator[CursorWrapper]:
    """Wait until no worker has the cursor, and keep it to the end of the transaction."""
    with transaction.atomic(using="system"), connections["system"].cursor() as cursor:
        cursor.execute(_LOCK, [_key(consumer)])
        yield cursor


def _key(consumer: Consumer[Any]) -> str:
    return f"wufei.outbox:{consumer.name}"


def _sequence(cursor: CursorWrapper, consumer: Consumer[Any]) -> int:
    cursor.execute(_SEQUENCE, [consumer.name])
    row = cursor.fetchone()
    return int(row[0]) if row else NOTHING_YET


def _note(
    cursor: CursorWrapper, statement: str, consumer: Consumer[Any], at: int, found: Finding, now: datetime
) -> None:
    said = {"code": found.code, "zh": found.message.zh, "en": found.message.en}
    cursor.execute(statement, {"consumer": consumer.name, "at": at, "now": now, **said})


def _demand_order(consumer: Consumer[Any], before: int, events: Sequence[Event]) -> None:
    expected = list(range(before + 1, before + 1 + len(events)))
    if not events or [event.sequence for event in events] != expected:
        raise ConflictError(
            "outbox.gap",
            Text(
                f"{consumer.name} 读到的事件从 {before + 1} 起不连续，已停下。请执行 wufei ledger verify。",
                f"What {consumer.name} read from {before + 1} on has a gap, so it stopped. "
                "Run wufei ledger verify.",
            ),
        )
