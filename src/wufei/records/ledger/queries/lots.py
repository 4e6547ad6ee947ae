"""How old the waste on stocks is, from the lots that follow the sealed transfers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.lots import AGE_DAYS_MAX, Lot
from wufei.records.ledger.queries.reading import get_account, read_rows, visible_accounts
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import regions_under

_LOTS = """
    SELECT container, in_on, grams, sequence FROM ledger_lot WHERE account_id = %(account_id)s
    ORDER BY in_on, sequence
"""
_CLASSES = ", ".join(
    f"coalesce(sum(l.grams) FILTER (WHERE {condition}), 0)::bigint"
    for condition in (
        f"l.grams < 0 OR %(on)s - l.in_on <= {AGE_DAYS_MAX[0]}",
        *(
            f"l.grams > 0 AND %(on)s - l.in_on > {low} AND %(on)s - l.in_on <= {high}"
            for low, high in pairwise(AGE_DAYS_MAX)
        ),
        f"l.grams > 0 AND %(on)s - l.in_on > {AGE_DAYS_MAX[-1]}",
    )
)
_AGES = """
    SELECT a.id, a.book, a.kind, a.region_id, a.stream, a.origin_region_id, a.origin_sector, a.holder_id,
        a.site_id, a.ref, min(l.in_on) FILTER (WHERE l.grams > 0), {classes}
    FROM ledger_lot AS l JOIN ledger_account AS a ON a.id = l.account_id
    WHERE {where} AND a.book = %(book)s AND a.region_id = ANY(%(under)s)
    GROUP BY a.id ORDER BY 11 NULLS LAST, a.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class StockAge:
    """How old the waste on one stock is.

    Attributes
    ----------
    oldest_on : date or None
        Day of the oldest lot; None if more went out than came in.
    by_age_g : tuple of int
        Grams up to 30, 90 and 365 days old, and older: their sum is the sealed balance.
    """

    account_id: int
    key: AccountKey
    oldest_on: date | None
    by_age_g: tuple[int, ...]


def lots(scope: Scope, account_id: int) -> tuple[Lot, ...]:
    """Give the lots on an account, the oldest first; their sum is its balance as far as it is sealed.

    Raises
    ------
    NotFoundError
        There is no such account, or not for this person.
    """
    get_account(scope, account_id)
    return tuple(Lot(*row) for row in read_rows(_LOTS, {"account_id": account_id}))


def ages(scope: Scope, region_id: int, book: str, *, on: date, limit: int = 1000) -> list[StockAge]:
    """Give the age of the waste on every stock of a region and below it, the oldest first.

    Parameters
    ----------
    on : date
        The day that ages are counted to.
    """
    require(scope, "ledger.read")
    where, parameters = visible_accounts(scope)
    parameters |= {"book": book, "under": list(regions_under(region_id)), "on": on, "limit": limit}
    return [_age(row) for row in read_rows(_AGES.format(where=where, classes=_CLASSES), parameters)]


def _age(row: tuple[Any, ...]) -> StockAge:
    number, book, kind, *rest = row
    return StockAge(number, AccountKey(book, Kind(kind), *rest[:7]), rest[7], tuple(rest[8:]))
