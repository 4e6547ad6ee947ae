"""What one holder made and handled in a span of days, by stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from wufei.records.ledger.core.deliveries import Delivery, Moved, deliveries_of
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.queries.reading import read_rows, visible_to
from wufei.runtime.access.core import Scope, require


@dataclass(frozen=True, slots=True)
class HolderMass:
    """Net grams of one stream in one book: arisen at the holder, sent away by it, put into its treatment."""

    book: str
    stream: str
    made_g: int
    sent_g: int
    treated_g: int


def holder_masses(scope: Scope, holder_id: int, *, start: date, end: date) -> list[HolderMass]:
    """Give the masses of a holder from ``start`` to before ``end``, the largest first; of two books both.

    Raises
    ------
    AccessError
        The role may not read the ledger; rows outside the scope are left out.
    """
    require(scope, "ledger.read")
    visible, parameters = visible_to(scope)
    rows = read_rows(
        "SELECT t.book, t.stream,"  # noqa: S608 - the condition comes from the scope, never from a person
        " coalesce(sum(t.signed_grams) FILTER ("
        "WHERE t.step = 'generate' AND t.target_holder_id = %(holder)s), 0),"
        " coalesce(sum(t.signed_grams) FILTER ("
        "WHERE t.step = 'dispatch' AND t.source_holder_id = %(holder)s), 0),"
        " coalesce(sum(t.signed_grams) FILTER ("
        "WHERE t.step = 'treat-in' AND t.source_holder_id = %(holder)s), 0)"
        f" FROM ledger_transfer AS t WHERE {visible}"
        " AND t.occurred_on >= %(start)s AND t.occurred_on < %(end)s"
        # Said as the indexes say it, so that only the holder's own rows are read.
        " AND (t.target_holder_id = %(holder)s AND t.step IN ('generate', 'receive')"
        " OR t.source_holder_id = %(holder)s AND t.step IN ('dispatch', 'receive', 'treat-in'))"
        " GROUP BY 1, 2",
        parameters | {"holder": holder_id, "start": start, "end": end},
    )
    found = [HolderMass(book, stream, *(int(grams) for grams in sums)) for book, stream, *sums in rows]
    shown = [each for each in found if each.made_g or each.sent_g or each.treated_g]
    return sorted(shown, key=lambda each: (each.book, -each.made_g - each.treated_g, each.stream))


# A reversal names its accounts the other way round: what stands is what has none and is none.
_STANDS = """
    {visible} AND t.occurred_on >= %(sent_from)s AND t.occurred_on < %(end)s AND t.reverses IS NULL
        AND NOT EXISTS (SELECT FROM ledger_reversal AS r WHERE r.transfer_id = t.id)
"""
_LEGS = """
    SELECT DISTINCT CASE t.step WHEN 'dispatch' THEN t.target_account_id ELSE t.source_account_id END
    FROM ledger_transfer AS t WHERE {stands}
        AND (t.source_holder_id = %(holder)s AND t.step = 'dispatch'
            OR t.target_holder_id = %(holder)s AND t.step = 'receive')
"""
# Both ends of each leg: who gave to it, and who took from it. Joined, so that the database chooses between
# the indexes of accounts (a firm) and one pass (a plant with thousands of loads in a small ledger).
_ENDS = """
    SELECT t.step, leg, t.source_holder_id, t.occurred_on, t.stream, t.grams
    FROM unnest(%(legs)s::bigint[]) AS leg JOIN ledger_transfer AS t ON t.target_account_id = leg
    WHERE {stands} AND t.step = 'dispatch' AND t.source_holder_id IS NOT NULL
    UNION ALL
    SELECT t.step, leg, t.target_holder_id, t.occurred_on, t.stream, t.grams
    FROM unnest(%(legs)s::bigint[]) AS leg JOIN ledger_transfer AS t ON t.source_account_id = leg
    WHERE {stands} AND t.step = 'receive' AND t.target_holder_id IS NOT NULL
"""
_ON_THE_WAY_MAX = timedelta(days=92)


def deliveries(scope: Scope, holder_id: int, *, start: date, end: date) -> list[Delivery]:
    """Give what a holder sent to others and received from them from ``start`` to before ``end``, by day.

    A load counts on the day and at the weight of its receipt; one that was sent more than three months before
    ``start`` is left out.

    Raises
    ------
    AccessError
        The role may not read the ledger; rows outside the scope are left out.
    """
    require(scope, "ledger.read")
    visible, parameters = visible_to(scope)
    stands = _STANDS.format(visible=visible)
    parameters |= {"holder": holder_id, "end": end, "sent_from": start - _ON_THE_WAY_MAX}
    legs = [leg for (leg,) in read_rows(_LEGS.format(stands=stands), parameters)]
    ends = read_rows(_ENDS.format(stands=stands), parameters | {"legs": legs}) if legs else []
    found = deliveries_of(
        [Moved(*end) for step, *end in ends if step == Step.DISPATCH],
        [Moved(*end) for step, *end in ends if step == Step.RECEIVE],
    )
    return [each for each in found if each.on >= start and holder_id in (each.sender_id, each.receiver_id)]
