"""Dumps: found, cleared and attributed, and generated exactly once whatever the order.

A find takes mass from `unattributed`, which then stands below zero: waste in the world that nobody has
generated. Attributing it moves the same mass there from the culprit's origin, and the account is zero again.
A dump that is traced to a loss or a weighing difference was generated long before; it comes from there.
"""

from __future__ import annotations

from dataclasses import dataclass

from wufei.kernel.findings import Finding
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.amounts import Amount
from wufei.records.ledger.core.intents import Event, Intent, Line, transfer
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.pools import Leg, Origin, Pool
from wufei.records.ledger.core.transfers import Posting, Step

# Waste that left the ledger's sight after it had been generated.
TRACES = (Kind.LOST, Kind.DIFFERENCE)


@dataclass(frozen=True, slots=True)
class Dump:
    """A heap of one stream where it should not be.

    Attributes
    ----------
    region_id : int
        Where it lies.
    origin : Origin
        Of the waste; while nobody knows, the region where it lies and the sector it looks like.
    ref : str
        Number of the case.
    """

    book: str
    region_id: int
    stream: str
    origin: Origin
    ref: str

    @property
    def pool(self) -> Pool:
        """Where it lies."""
        return Pool(self.book, Kind.DUMPED, self.region_id, self.stream, ref=self.ref)

    @property
    def unattributed(self) -> AccountKey:
        """What stands for those who dumped it while nobody knows them."""
        return Pool(self.book, Kind.UNATTRIBUTED, self.region_id, self.stream).account(self.origin)


def found(event: Event, dump: Dump, amount: Amount, traced_to: AccountKey | None = None) -> Posting:
    """Say that a dump was found.

    Parameters
    ----------
    traced_to : AccountKey, optional
        The loss or weighing difference, of the dump's stream and origin, that it turned out to be; None if
        nobody knows where it comes from.
    """
    sides = (traced_to or dump.unattributed, dump.pool.account(dump.origin))
    return Posting(event.id, (transfer(event, 0, sides, amount, Step.FIND_DUMP),))


def trace_findings(traced_to: AccountKey | None) -> tuple[Finding, ...]:
    """Refuse to trace a dump to anything but a loss or a weighing difference."""
    if traced_to is None or traced_to.kind in TRACES:
        return ()
    choices = ", ".join(f"{kind} → {Kind.DUMPED}" for kind in TRACES)
    words = {"source": traced_to.kind, "target": Kind.DUMPED, "choices": choices}
    return (finding("kinds-not-allowed", "traced_to", Step.FIND_DUMP, **words),)


def cleared(event: Event, dump: Dump, leg: Leg, amount: Amount) -> Intent:
    """Say that some of a dump was loaded, or all of it."""
    return Intent(event, (Line(dump.pool, leg.pool, amount, Step.CLEAR_DUMP),))


def attributed(event: Event, dump: Dump, culprit: Origin, amount: Amount) -> Posting:
    """Say who made the waste: it is generated now, at the culprit's origin, and was not before.

    References
    ----------
    ``docs/adr/0007``: why mass goes from the culprit's origin to `unattributed`.
    """
    origin = Pool(dump.book, Kind.ORIGIN, culprit.region_id, dump.stream).account(culprit)
    sides = (origin, dump.unattributed)
    return Posting(event.id, (transfer(event, 0, sides, amount, Step.ATTRIBUTE_DUMP),))


def attribution_findings(amount: Amount, unattributed_g: int) -> tuple[Finding, ...]:
    """Refuse to attribute more than stands unattributed, which would generate it twice.

    Parameters
    ----------
    unattributed_g : int
        Grams that were found and not yet attributed, >= 0.
    """
    if amount.grams <= unattributed_g:
        return ()
    return (finding("dump-overattributed", "amount, grams", amount.grams, held=unattributed_g),)
