"""What the check of access adds to a list request: scope, `require` and row-level security.

Import it once Django is ready.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from django.db import connections, transaction
from django.test import Client

from benchmarks.table import Result, at_most
from wufei.kernel.text import Text
from wufei.runtime.access import middleware
from wufei.runtime.access.core import Role, Scope, require
from wufei.runtime.access.services import ScopedRequest, scope_of
from wufei.runtime.audit import queries, views
from wufei.runtime.clock import today_on
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user, save_region

ROWS = 20_000
PAGE = "/settings/audit-log"
_FILL = """
    INSERT INTO audit_event (at, action, object_kind, region_id, outcome)
    SELECT now(), 'write', 'bench', (%s::bigint[])[1 + number %% %s], 'ok' FROM generate_series(1, %s) number
"""


def measure(rounds: int) -> list[Result]:
    """Ask for the same page of a list with and without the check, in turn, through the whole stack."""
    regions = [
        save_region(key=f"bench-{n}", name=Text(f"区{n}"), kind="synthetic", synthetic=True) for n in range(8)
    ]
    user_id = create_user(username="bench", password="bench")  # noqa: S106 - nobody signs in
    add_membership(user_id=user_id, role=Role.AUDITOR, region_id=regions[0])
    with connections["system"].cursor() as cursor:
        cursor.execute(_FILL, [regions, len(regions), ROWS])
    client = Client()
    client.force_login(User.objects.get(id=user_id))
    with_check, without = _in_turn(client, unchecked(user_id), rounds)
    scope = Scope(1, 1, Role.AUDITOR, region_ids=frozenset(regions))
    added = 100 * (with_check - without) / without
    return [
        at_most(
            "access check of a list request, added %", round(added, 2), 5, f"bare {1000 * without:.2f} ms"
        ),
        at_most("one call of require, microseconds", round(1e6 * _require_s(scope, regions[0]), 2), 10),
    ]


@contextmanager
def _everything(_: Scope) -> Iterator[None]:
    """A transaction in which the policies let all through at once; the setting is the connection's own."""
    with transaction.atomic():
        yield


def unchecked(user_id: int) -> Callable[[], ExitStack]:
    """Give what switches the check off: a scope made before, no settings, all passes."""
    (membership,) = memberships_of(user_id, on=today_on())
    scope = scope_of(membership, language="zh-hans")

    def attach(request: ScopedRequest) -> None:
        request.failed, request.api_key = False, None
        request.memberships, request.membership = [membership], membership
        request.scope = scope

    def switch_off() -> ExitStack:
        stack = ExitStack()
        for module in (queries, views):
            stack.enter_context(patch.object(module, "require", lambda *_, **__: None))
        stack.enter_context(patch.object(middleware, "attach_scope", attach))
        stack.enter_context(patch.object(middleware, "session", _everything))
        return stack

    return switch_off


def _in_turn(client: Client, switch_off: Callable[[], ExitStack], rounds: int) -> tuple[float, float]:
    checked: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        checked.append(_ask_s(client))
        _set_everything("on")
        with switch_off():
            bare.append(_ask_s(client))
        _set_everything("")
    return statistics.median(checked), statistics.median(bare)


def _set_everything(value: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('wufei.everything', %s, false)", [value])


def _ask_s(client: Client) -> float:
    started = time.perf_counter()
    answer = client.get(PAGE, headers={"host": "localhost"})
    taken = time.perf_counter() - started
    if answer.status_code != 200:
        raise RuntimeError(f"{PAGE} answered {answer.status_code}")
    return taken


def _require_s(scope: Scope, region_id: int) -> float:
    started = time.perf_counter()
    for _ in range(10_000):
        require(scope, "audit.read", region_id=region_id)
    return (time.perf_counter() - started) / 10_000
