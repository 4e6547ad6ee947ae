"""One posting with all its transfers: what was written together, and why."""

from __future__ import annotations

from uuid import UUID

from wufei.kernel.errors import NotFoundError
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.rows import FinishedAccount, PostingRow
from wufei.records.ledger.queries.reading import read_page, read_rows, visible_to
from wufei.runtime.access.core import Scope, require

SHOWN_MAX = 1000
"""Transfers of one posting that are given; a longer one is read through its accounts."""

# All transfers of a posting are written in one transaction, whose number has an index; a posting of one
# transfer may have no row of its own and bears the transfer's identifier.
_TRANSFERS = """
    SELECT t.* FROM ledger_transfer AS t
    WHERE t.posting_id = %(id)s AND {visible} AND (t.id = %(id)s
        OR t.xid = (SELECT p.xid FROM ledger_posting AS p WHERE p.id = %(id)s))
    ORDER BY t.occurred_on DESC, t.id DESC LIMIT %(limit)s
"""
_POSTING = "SELECT reason, transfers, recorded_at, recorder_id FROM ledger_posting WHERE id = %(id)s"
_FINISHED = """
    SELECT a.id, a.book, a.kind, a.region_id, a.stream, a.origin_region_id, a.origin_sector, a.holder_id,
        a.site_id, a.ref
    FROM ledger_finish AS f JOIN ledger_account AS a ON a.id = f.account_id
    WHERE f.account_id = ANY(%(accounts)s) AND f.posting_id = %(id)s ORDER BY a.id
"""


def get_posting(scope: Scope, posting_id: UUID) -> PostingRow:
    """Give one posting with those of its transfers that the caller may see.

    Finished legs and runs are those that its transfers touch.

    Raises
    ------
    NotFoundError
        There is none with this identifier, or none of its transfers is for this person.
    """
    require(scope, "ledger.read")
    visible, parameters = visible_to(scope)
    page = read_page(_TRANSFERS.format(visible=visible), parameters | {"id": posting_id}, SHOWN_MAX)
    if not page.rows:
        raise NotFoundError("posting", posting_id)
    first = page.rows[0]
    accounts = {row.source_account_id for row in page.rows} | {row.target_account_id for row in page.rows}
    head = read_rows(_POSTING, {"id": posting_id}) or [("", 1, first.recorded_at, first.recorder_id)]
    reason, transfers, recorded_at, recorder_id = head[0]
    return PostingRow(
        id=posting_id,
        reason=reason,
        recorded_at=recorded_at,
        recorder_id=recorder_id,
        transfers=page.rows,
        transfers_total=transfers,
        finishes=tuple(
            FinishedAccount(number, AccountKey(book, Kind(kind), *rest))
            for number, book, kind, *rest in read_rows(
                _FINISHED, {"id": posting_id, "accounts": list(accounts)}
            )
        ),
    )
