"""What a process has worked out and may give again, as long as nothing has been written since.

The key holds what the database looked like, what the reader may see and what was asked. The first is the
snapshot of PostgreSQL itself: it differs as soon as any writing transaction has ended, whoever wrote and
whatever table, so nothing has to be told that something has changed, and nothing old is ever given.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

from django.db import connections

from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import ScopedRequest

Result = TypeVar("Result")

KEPT = 96
"""Results that a process keeps; the one not asked for longest goes first."""

# A transaction that has written sees its own rows, which nobody else does: it gets no snapshot here.
_SNAPSHOT = """
    SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL
        THEN current_database() || ' ' || pg_current_snapshot()::text END
"""

_known: OrderedDict[tuple[Hashable, ...], object] = OrderedDict()
_lock = Lock()


def remembered(
    request: ScopedRequest, name: str, asked: tuple[Hashable, ...], work_out: Callable[[], Result]
) -> Result:
    """Give what ``work_out`` returns, from memory if it cannot differ.

    Parameters
    ----------
    request : ScopedRequest
        Whose scope is part of the key: nobody is given what was worked out for other rights.
    name, asked : str, tuple
        What is worked out and all that it depends on, besides the database and the rights of the reader.
    work_out : callable
        Must read only the database and ``asked``, and return something that nobody changes.
    """
    seen = _snapshot(request)
    if seen is None:
        return work_out()
    key = (seen, rights(request.scope), name, *asked)
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return cast("Result", _known[key])
    # Two requests may work out the same at once; that costs less than making one wait for the other.
    result = work_out()
    with _lock:
        _known[key] = result
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return result


def rights(scope: Scope) -> tuple[Hashable, ...]:
    """Give all of a scope that decides what it may see; who it is and in which language does not."""
    return (scope.role, scope.everything, scope.region_ids, scope.party_ids)


def forget_all() -> None:
    """Forget everything, for measurements."""
    with _lock:
        _known.clear()


def _snapshot(request: ScopedRequest) -> str | None:
    """Give the snapshot that a reading request began with; one question per request.

    A request that may write is given nothing from memory: it has to see what it wrote itself.
    """
    if request.method != "GET":
        return None
    known: dict[str, str | None] = request.__dict__.setdefault("_database_seen", {})
    if "snapshot" not in known:
        with connections["default"].cursor() as cursor:
            cursor.execute(_SNAPSHOT)
            known["snapshot"] = cursor.fetchone()[0]
    return known["snapshot"]
