"""Legs of a manifest: 起运, 签收, 退回, and the weighing difference settled where a leg ends."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from wufei.records.ledger.core import legs
from wufei.records.ledger.core.amounts import Amount
from wufei.records.ledger.core.intents import Event
from wufei.records.ledger.core.pools import Leg, Store
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.services.pools import fulfil
from wufei.runtime.access.core import Scope


def dispatch(scope: Scope, *, event: Event, store: Store, leg: Leg, amount: Amount, now: datetime) -> Receipt:
    """起运: load a leg from a store, by the share of each origin; several stores may load one leg.

    Parameters
    ----------
    scope : Scope
        Who writes: the sender, or its region.
    event : Event
        When, how it is known, and the identifier; the same call again is ``repeated``.
    store, leg, amount : Store, Leg, Amount
        From where, which load, and how much.
    now : datetime
        The clock of the server.

    Raises
    ------
    AccessError
        The role may not post, or not from this store.
    ConflictError
        The identifier is recorded with other content.
    """
    return fulfil(scope, legs.dispatched(event, store, leg, amount), now=now)


def receive(scope: Scope, *, event: Event, leg: Leg, store: Store, amount: Amount, now: datetime) -> Receipt:
    """签收 of all that is left of a leg, at the weight received; this finishes the leg.

    Parameters
    ----------
    scope : Scope
        Who writes: the receiver, or its region. To settle a difference it must also answer for the leg.
    amount : Amount
        Received. What the leg held beyond that, or less, is booked as weighing difference; above the
        tolerance in force it is told as ``ledger.leg-difference-large``.

    Raises
    ------
    AccessError, ConflictError
        As in `dispatch`.
    """
    intent = legs.ended(event, leg, store, amount, Step.RECEIVE)
    return fulfil(scope, intent, now=now, remark=partial(legs.difference_findings, event, leg))


def receive_part(
    scope: Scope, *, event: Event, leg: Leg, store: Store, amount: Amount, now: datetime
) -> Receipt:
    """签收 of a part: the rest stays in transit until `receive` or `return_load` ends the leg."""
    return fulfil(scope, legs.unloaded(event, leg, store, amount, Step.RECEIVE), now=now)


def return_load(
    scope: Scope, *, event: Event, leg: Leg, store: Store, amount: Amount, now: datetime
) -> Receipt:
    """退回 of all that is left of a leg into a store of the sender; parameters and errors as in `receive`."""
    intent = legs.ended(event, leg, store, amount, Step.RETURN)
    return fulfil(scope, intent, now=now, remark=partial(legs.difference_findings, event, leg))


def return_part(
    scope: Scope, *, event: Event, leg: Leg, store: Store, amount: Amount, now: datetime
) -> Receipt:
    """退回 of a part; the rest stays in transit."""
    return fulfil(scope, legs.unloaded(event, leg, store, amount, Step.RETURN), now=now)
