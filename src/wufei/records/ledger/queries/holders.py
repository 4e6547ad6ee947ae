"""What one holder made and handled in a span of days, by stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
        " AND (t.target_holder_id = %(holder)s OR t.source_holder_id = %(holder)s) GROUP BY 1, 2",
        parameters | {"holder": holder_id, "start": start, "end": end},
    )
    found = [HolderMass(book, stream, *(int(grams) for grams in sums)) for book, stream, *sums in rows]
    shown = [each for each in found if each.made_g or each.sent_g or each.treated_g]
    return sorted(shown, key=lambda each: (each.book, -each.made_g - each.treated_g, each.stream))
