"""What a process has worked out and may give again, as long as the tables it came from hold the same rows.

The key holds what those tables look like, what the reader may see and what was asked. So nothing has to be
told that something has changed, nothing old is given, and what others write elsewhere makes nobody wait.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock, RLock
from typing import TypeVar, cast

from django.db import connections

from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import ScopedRequest

Result = TypeVar("Result")

KEPT = 96
"""Results that a process keeps; the one not asked for longest goes first."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that results come from.

    Attributes
    ----------
    logged : bool
        Rows are only ever added and carry the transaction that wrote them in the indexed column ``xid``; for
        tables that grow large. Others are looked through as a whole.
    newest : str
        Rows are only ever added, each with a higher value in this indexed column, which is all that is looked
        at.
    """

    name: str
    logged: bool = False
    newest: str = ""


# The highest transaction seen, and those below it that were still open: one that ends later shows itself by
# leaving that list, and all that begin later are higher.
_LOGGED = """
    (SELECT coalesce(last.xid::text, '') || ' ' || coalesce((SELECT string_agg(open::text, ',')
        FROM pg_snapshot_xip(pg_current_snapshot()) AS open WHERE open < last.xid), '')
    FROM (SELECT max(xid) AS xid FROM {name}) AS last)
"""
# PostgreSQL marks every version of a row with its transaction, so that any change changes the sum.
_WHOLE = "(SELECT count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) FROM {name})"
_NEWEST = "(SELECT max({column})::text FROM {name})"

_known: OrderedDict[tuple[Hashable, ...], tuple[object]] = OrderedDict()
_lock = Lock()
# What is worked out may itself ask for something remembered.
_working = RLock()


def remembered(
    request: ScopedRequest,
    tables: tuple[Table, ...],
    asked: tuple[Hashable, ...],
    work_out: Callable[[], Result],
) -> Result:
    """Give what ``work_out`` returns, from memory if it cannot differ.

    Parameters
    ----------
    request : ScopedRequest
        Whose scope is part of the key: nobody is given what was worked out for other rights.
    tables : tuple of Table
        All that the result is read from.
    asked : tuple
        What is worked out, and all that it depends on besides the tables and the rights of the reader.
    work_out : callable
        Must read only the tables and ``asked``, and return something that nobody changes.
    """
    seen = _seen(request, tables)
    if seen is None:
        return work_out()
    key = (seen, rights(request.scope), *asked)
    found = _recall(key)
    if found is None:
        # One at a time: a process gains nothing by working out the same twice at once. What is already there
        # does not wait for it.
        with _working:
            found = _recall(key) or _keep(key, work_out())
    return cast("Result", found[0])


def rights(scope: Scope) -> tuple[Hashable, ...]:
    """Give all of a scope that decides what it may see; who it is and in which language does not."""
    return (scope.role, scope.everything, scope.region_ids, scope.party_ids)


def forget_all() -> None:
    """Forget everything, for measurements."""
    with _lock:
        _known.clear()


def _recall(key: tuple[Hashable, ...]) -> tuple[object] | None:
    with _lock:
        if key in _known:
            _known.move_to_end(key)
        return _known.get(key)


def _keep(key: tuple[Hashable, ...], result: object) -> tuple[object]:
    with _lock:
        _known[key] = (result,)
        while len(_known) > KEPT:
            _known.popitem(last=False)
        return (result,)


def _seen(request: ScopedRequest, tables: tuple[Table, ...]) -> str | None:
    """Give what the tables looked like when this request first asked; None where nothing may be remembered.

    A request that may write, or a transaction that has written, sees rows that nobody else does.
    """
    if request.method != "GET":
        return None
    known: dict[tuple[Table, ...], str | None] = request.__dict__.setdefault("_tables_seen", {})
    if tables not in known:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NULL")
            (untouched,) = cursor.fetchone()
        known[tables] = _look(tables) if untouched else None
    return known[tables]


def _question(table: Table) -> str:
    statement = _NEWEST if table.newest else _LOGGED if table.logged else _WHOLE
    return statement.format(name=table.name, column=table.newest)


def _look(tables: tuple[Table, ...]) -> str:
    parts = [_question(table) for table in tables]
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT concat_ws('; ', current_database(), " + ", ".join(parts) + ")"
        )  # names are ours
        return str(cursor.fetchone()[0])
