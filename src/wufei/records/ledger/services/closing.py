"""关账: close a period for a region or a party, over what is sealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from psycopg import errors

from wufei.kernel.errors import AccessError, ConflictError, ExternalError, InputError, NotFoundError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.catalogue.core.groupings import load_groupings
from wufei.records.ledger.core.checks import is_book, local_date
from wufei.records.ledger.core.closing import CLOSABLE, Closing
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.queries.closing import get_closing
from wufei.records.ledger.services.posting import driver_cursor
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import parties_by_id, regions_by_id, regions_under

WAIT = "10s"
"""How long a closing waits for what is being written: those who write later wait behind it."""

_NOT_FOR_A_PARTY = Text(
    "单位的账由该单位自己关账。主管部门请按区域关账，区域内各单位的记录随之关账。",
    "A firm closes its own books. An office closes its region, and the records of all firms there with it.",
)
_INSERT = """
    INSERT INTO ledger_closing (book, period, start_on, end_on, region_id, party_id, region_ids, grouping,
        streams, sectors, sequence, recorded_at, recorder_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s::bigint[], %s, %s::text[], %s::text[],
        coalesce((SELECT max(size) FROM ledger_head), 0), %s, %s) RETURNING id
"""


def close_period(
    scope: Scope,
    *,
    book: str,
    period: Period,
    region_id: int | None = None,
    party_id: int | None = None,
    grouping: str = "",
    now: datetime,
) -> Closing:
    """Close a period: its figures as published are those of what is sealed now.

    Parameters
    ----------
    scope : Scope
        An office for its region and those below it, a producer for itself.
    book : str
        The book.
    period : Period
        A month, quarter or year that is over.
    region_id, party_id : int, optional
        For whom; exactly one.
    grouping : str
        Only this grouping of the catalogue, as of the period's first day; all waste if empty.
    now : datetime
        The clock of the server.

    Raises
    ------
    AccessError
        The role may not close, or not for this region or party.
    InputError
        The period is not over or no month, quarter or year; neither or both of region and party; an unknown
        grouping.
    NotFoundError
        No such region or party.
    ConflictError
        ``ledger.closed-already``, or ``ledger.not-sealed``: something that was recorded waits to be sealed.
    ExternalError
        Others write for so long that the closing gave up waiting; trying again may help.
    """
    waste, regions = check_closing(
        scope,
        book=book,
        period=period,
        region_id=region_id,
        party_id=party_id,
        grouping=grouping,
        now=now,
    )
    values = [
        *(book, str(period), period.start, period.end, region_id, party_id, regions, grouping),
        *([stream for stream, _ in waste], [sector for _, sector in waste], now, scope.user_id),
    ]
    with session(scope):
        return get_closing(scope, _insert(values))


def check_closing(
    scope: Scope,
    *,
    book: str,
    period: Period,
    region_id: int | None = None,
    party_id: int | None = None,
    grouping: str = "",
    now: datetime,
) -> tuple[list[tuple[str, str]], list[int]]:
    """Refuse what `close_period` would refuse, without closing anything; the parameters are the same.

    Returns
    -------
    tuple
        The pairs of stream and sector, and the regions, that it is of; either may be empty.
    """
    require(scope, "ledger.close", region_id=region_id, party_id=party_id)
    if party_id is not None and not scope.everything and party_id not in scope.party_ids:
        # A firm closes its own books: an office closes its region, and with it whatever the firm holds there.
        raise AccessError("ledger.close", _NOT_FOR_A_PARTY)
    if not is_book(book):
        raise _bad("unknown-book", "book", book)
    _refuse_bad(period, region_id, party_id, local_date(now))
    return sorted(_waste(grouping, period.start)), sorted(_regions(region_id, party_id))


def _refuse_bad(period: Period, region_id: int | None, party_id: int | None, today: date) -> None:
    if (region_id is None) == (party_id is None):
        raise _bad("closing-of-whom", "region", f"{region_id or ''} {party_id or ''}".strip())
    if period.precision not in CLOSABLE:
        raise _bad("closing-period-kind", "period", str(period))
    if period.end > today:
        raise _bad("closing-not-over", "period", str(period), end=period.end)


def _waste(grouping: str, on: date) -> frozenset[tuple[str, str]]:
    known = load_groupings(on)
    if grouping and grouping not in known:
        raise _bad("closing-grouping", "grouping", grouping, on=on, choices=", ".join(sorted(known)))
    return known[grouping].members if grouping else frozenset()


def _regions(region_id: int | None, party_id: int | None) -> frozenset[int]:
    if region_id is not None:
        if region_id not in regions_by_id([region_id]):
            raise NotFoundError("region", region_id)
        return regions_under(region_id)
    if party_id is not None and party_id not in parties_by_id([party_id]):
        raise NotFoundError("party", party_id)
    return frozenset()


def _insert(values: list[Any]) -> int:
    try:
        with transaction.atomic(), driver_cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
            row = cursor.execute(_INSERT, values).fetchone()
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except errors.UniqueViolation as error:
        raise ConflictError(
            "ledger.closed-already",
            Text("该期间已关账，无需再次关账。", "This period is closed already; nothing is to be done."),
        ) from error
    except errors.ObjectNotInPrerequisiteState as error:
        raise ConflictError(
            "ledger.not-sealed",
            Text(
                "还有已登记而未封存的流水，关账须以封存为准。封存每两秒一次，请稍后重试；"
                "若一直如此，请执行 wufei doctor。",
                "Some recorded transfers are not sealed yet, and a closing is over what is sealed. Sealing "
                "runs every two seconds: try again shortly; if it stays so, run wufei doctor.",
            ),
        ) from error
    except errors.LockNotAvailable as error:
        raise ExternalError(
            "ledger.busy",
            Text(
                "正在批量记账，关账等待超时，请稍后重试。",
                "A long load is being written and the closing gave up waiting; please try again shortly.",
            ),
        ) from error
    return int(str(row[0])) if row else 0


def _bad(code: str, field: str, value: str, **values: object) -> InputError:
    found = finding(code, field, value, **values)
    words = Text(found.message.zh + found.fix.zh, f"{found.message.en} {found.fix.en}")
    return InputError(found.code, field, value, words)
