"""Monthly partitions of the transfer table, made before they are needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connections, transaction

_known: set[tuple[str, int]] = set()


def prepare_months(*, now: datetime) -> None:
    """Make this month's partition and the next one's; the daily maintenance calls it."""
    this = now.astimezone(UTC).date().replace(day=1)
    following = (this + timedelta(days=31)).replace(day=1)
    for month in (this, following):
        ensure_month(month)


def ensure_months_of(ids: Iterable[UUID]) -> None:
    """Make the partitions in which identifiers fall; a process asks about each month once."""
    name = str(connections["default"].settings_dict["NAME"])
    # Identifiers of the same 2^26 ms (18.6 hours) share one look-up; such a span touches at most two months.
    for bucket in {number.int >> 106 for number in ids}:
        if (name, bucket) in _known:
            continue
        first_ms = bucket << 26
        last_ms = first_ms + (1 << 26) - 1
        for instant_ms in (first_ms, last_ms):
            ensure_month(datetime.fromtimestamp(instant_ms / 1000, tz=UTC).date().replace(day=1))
        # Only a committed partition may be remembered: this transaction may yet be rolled back.
        transaction.on_commit(partial(_known.add, (name, bucket)))


def ensure_month(month: date) -> None:
    """Make the partition of one month."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT ledger_ensure_partition(%s)", [month])
