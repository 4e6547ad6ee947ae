"""Draw from a mixed store, by the share of each origin."""

from __future__ import annotations

from datetime import datetime

from wufei.records.ledger.core.amounts import Amount
from wufei.records.ledger.core.intents import Event, Intent, Line
from wufei.records.ledger.core.pools import Pool, Store
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.services.pools import fulfil
from wufei.runtime.access.core import Scope


def draw(
    scope: Scope, *, event: Event, store: Store, amount: Amount, to: Pool, step: Step, now: datetime
) -> Receipt:
    """Move mass out of a store, one transfer for each origin in proportion to what the store holds of it.

    Parameters
    ----------
    scope : Scope
        Who writes.
    event : Event
        When, how it is known, and the identifier; the same call again is ``repeated``.
    store, to : Store, Pool
        From where, and where to; each origin stays what it is.
    amount : Amount
        Together; each transfer gets its part of the declared quantity, and the parts add up to it exactly.
    step : Step
        One that leads from a stock to the kind of `to`.
    now : datetime
        The clock of the server.

    Returns
    -------
    Receipt
        ``refused`` with ``ledger.store-short`` if the origins together hold less.

    Raises
    ------
    AccessError
        The role may not post, or not from this store.
    ConflictError
        The identifier is recorded with other content.
    """
    return fulfil(scope, Intent(event, (Line(store.pool, to, amount, step),)), now=now)
