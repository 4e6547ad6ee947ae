"""Legs of a manifest: what is sent, what is received, and what the two scales disagree about."""

from __future__ import annotations

from wufei.kernel.findings import Finding
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.amounts import Amount
from wufei.records.ledger.core.checks import PPM, local_date
from wufei.records.ledger.core.intents import Draft, Event, Intent, Line
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.pools import Leg, Pool, Store
from wufei.records.ledger.core.tolerances import tolerance_on
from wufei.records.ledger.core.transfers import Step

RECEIPTS = frozenset({Step.RECEIVE, Step.RETURN})


def dispatched(event: Event, store: Store, leg: Leg, amount: Amount) -> Intent:
    """起运: say that a store gave a load to a leg; several stores may fill one."""
    return Intent(event, (Line(store.pool, leg.pool, amount, Step.DISPATCH),))


def unloaded(event: Event, leg: Leg, store: Store, amount: Amount, step: Step) -> Intent:
    """签收 or 退回 of a part: say that some of a load came to a store, and that more is on its way.

    Parameters
    ----------
    step : Step
        One of `RECEIPTS`.
    """
    return Intent(event, (Line(leg.pool, store.pool, amount, step),))


def ended(event: Event, leg: Leg, store: Store, amount: Amount, step: Step) -> Intent:
    """签收 or 退回 of all that is left: the leg is finished, and a difference of the scales is settled."""
    rest = Pool(leg.book, Kind.DIFFERENCE, leg.region_id, leg.stream)
    return Intent(event, (Line(leg.pool, store.pool, amount, step),), finishes=leg.pool, rest=rest)


def difference_findings(event: Event, leg: Leg, draft: Draft) -> tuple[Finding, ...]:
    """Warn of a difference that is above the tolerance in force on the day, of what was still in transit."""
    tolerance = tolerance_on(local_date(event.occurred_at))
    bound_g = tolerance.bound_g(draft.total_g)
    if abs(draft.rest_g) <= bound_g:
        return ()
    return (
        finding(
            "leg-difference-large",
            f"leg {leg.ref}",
            draft.rest_g,
            total=draft.total_g,
            bound=bound_g,
            relative=f"{tolerance.relative_ppm / PPM:.1%}",
            absolute=tolerance.absolute_g,
            status=tolerance.status.label,
        ),
    )
