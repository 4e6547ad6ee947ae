"""Post one posting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import psycopg
from django.db import connections
from psycopg import errors

from wufei.kernel.errors import AccessError, ConflictError, ExternalError, InvariantError
from wufei.kernel.text import Text
from wufei.records.ledger.core.checks import Rules
from wufei.records.ledger.core.model import Ledger
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.transfers import Posting
from wufei.records.ledger.core.vocabulary import load_vocabulary
from wufei.records.ledger.services.knowledge import learn
from wufei.records.ledger.services.partitions import ensure_months_of
from wufei.records.ledger.services.writing import RivalError, write
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

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
            return _post_one(scope, posting, now)

    receipt = despite_rivals(attempt)
    for found in receipt.findings:
        if found.code == "ledger.id-with-other-content":
            raise ConflictError(found.code, found.message)
        if found.code == "ledger.outside-scope":
            raise AccessError("ledger.post", found.message)
    return receipt


def _post_one(scope: Scope, posting: Posting, now: datetime) -> Receipt:
    ledger = Ledger(Rules(load_vocabulary(), now))
    case = ledger.case(posting)
    with driver_cursor() as cursor:
        learn(cursor, scope, ledger, [case])
        receipt = ledger.judge(case)
        if receipt.outcome == "posted":
            ensure_months_of(transfer.id for transfer in posting.transfers)
            write(cursor, case, (now, scope.user_id))
    return receipt


def driver_cursor() -> psycopg.Cursor[tuple[object, ...]]:
    """Give a cursor of the driver in the caller's transaction.

    Django's own cursors bind on the client; with arrays and prepared statements the server does it better.
    """
    return psycopg.Cursor(connections["default"].connection)


def despite_rivals(attempt: Callable[[], Result]) -> Result:
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
