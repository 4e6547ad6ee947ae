"""What the check of access adds to a list request: scope, `require` and row-level security, against the list alone.

Import it once Django is ready.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.db import connections, transaction

from benchmarks.table import Result, at_most
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope, require
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user, save_region

ROWS = 20_000
SHOWN = 200
_LIST = "SELECT * FROM audit_event WHERE region_id = ANY(%s) ORDER BY id DESC LIMIT %s"
_FILL = """
    INSERT INTO audit_event (at, action, object_kind, region_id, outcome)
    SELECT now(), 'write', 'benchmark', (%s::bigint[])[1 + number %% %s], 'ok' FROM generate_series(1, %s) AS number
"""


def measure(rounds: int) -> list[Result]:
    """Read the same page of a list with and without the check, in turn."""
    regions = [save_region(key=f"bench-{n}", name=Text(f"区{n}"), kind="synthetic", synthetic=True) for n in range(8)]
    user_id = create_user(username="bench", password="bench")  # noqa: S106 - nobody signs in
    add_membership(user_id=user_id, role=Role.AUDITOR, region_id=regions[0])
    with connections["owner"].cursor() as cursor:
        cursor.execute(_FILL, [regions, len(regions), ROWS])
        cursor.execute("ANALYZE audit_event")
    (membership,) = memberships_of(user_id, on=today_on())

    def checked() -> None:
        scope = scope_of(membership, language="zh-hans")
        require(scope, "audit.read", region_id=regions[0])
        _read("default", sorted(scope.region_ids), session(scope))

    def bare() -> None:
        _read("owner", [regions[0]], nullcontext())

    times = _in_turn([checked, bare], rounds)
    added_ms = 1000 * (times[0] - times[1])
    cost = _require_s(Scope(1, 1, Role.AUDITOR, region_ids=frozenset(regions)), regions[0])
    return [
        Result("access check of a list, added ms", round(added_ms, 3), detail=f"bare list {1000 * times[1]:.3f} ms"),
        at_most("access check of a list request of 20 ms, added %", 100 * added_ms / 20, 5),
        at_most("one call of require, microseconds", 1e6 * cost, 10),
    ]


def _read(alias: str, regions: list[int], inside: AbstractContextManager[None]) -> None:
    with transaction.atomic(using=alias), inside, connections[alias].cursor() as cursor:
        cursor.execute(_LIST, [regions, SHOWN])
        cursor.fetchall()


def _in_turn(tasks: list[Callable[[], None]], rounds: int) -> list[float]:
    taken: list[list[float]] = [[] for _ in tasks]
    for _ in range(rounds):
        for task, times in zip(tasks, taken, strict=True):
            started = time.perf_counter()
            task()
            times.append(time.perf_counter() - started)
    return [statistics.median(times) for times in taken]


def _require_s(scope: Scope, region_id: int) -> float:
    started = time.perf_counter()
    for _ in range(10_000):
        require(scope, "audit.read", region_id=region_id)
    return (time.perf_counter() - started) / 10_000
