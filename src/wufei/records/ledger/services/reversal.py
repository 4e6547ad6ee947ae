"""更正: take one transfer back; the record itself stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import connections

from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.records.ledger.core.model import reversal_of
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.transfers import Posting, Reason
from wufei.records.ledger.services.knowledge import read_transfers
from wufei.records.ledger.services.posting import post
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

_CONFLICTS = frozenset({"ledger.reversal-twice", "ledger.reversal-of-reversal"})


def reverse(
    scope: Scope, transfer_id: UUID, *, reason: str, now: datetime, amends_period: str = ""
) -> Receipt:
    """Post the reversal of one transfer, with its time of occurrence.

    Parameters
    ----------
    scope : Scope
        Who corrects.
    transfer_id : UUID
        What is taken back.
    reason : str
        A `Reason`.
    amends_period : str
        The closed period in which the transfer lies, as `str(Period)`; empty where none is closed.
    now : datetime
        The clock of the server.

    Raises
    ------
    InputError
        The reason is none of the list.
    NotFoundError
        No such transfer, or not for this person.
    ConflictError
        It has been reversed before, or is a reversal itself.
    AccessError
        The role may not post, or not on these accounts.
    """
    require(scope, "ledger.post")
    if reason not in set(Reason):
        choices = ", ".join(Reason)
        raise InputError(
            "ledger.unknown-reason",
            "reason",
            reason,
            Text(
                f"更正原因“{reason}”不在目录中，可用：{choices}。",
                f"Reason “{reason}” is not known; use one of {choices}.",
            ),
        )
    with session(scope):
        with psycopg.Cursor(connections["default"].connection) as cursor:
            original = read_transfers(cursor, [transfer_id]).get(transfer_id)
        if original is None:
            raise NotFoundError("transfer", transfer_id)
        back = reversal_of(original, replace(original, id=new_id(now), amends_period=amends_period))
        receipt = post(scope, Posting(new_id(now), (back,), reason=reason), now=now)
    for found in receipt.findings:
        if found.code in _CONFLICTS:
            raise ConflictError(found.code, found.message)
    return receipt
