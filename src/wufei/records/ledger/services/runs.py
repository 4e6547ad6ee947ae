"""Treatment runs: opened, fed, finished, days apart or at once; and 鉴别, which is a run of one input."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wufei.kernel.findings import Finding
from wufei.records.ledger.core import runs
from wufei.records.ledger.core.amounts import Amount
from wufei.records.ledger.core.intents import Draft, Event
from wufei.records.ledger.core.pools import Store
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.runs import Input, Loss, Output, Run
from wufei.records.ledger.services.pools import Remark, fulfil
from wufei.runtime.access.core import Scope


def open_run(scope: Scope, *, event: Event, run: Run, inputs: Sequence[Input], now: datetime) -> Receipt:
    """Begin a run with its first inputs; each store gives its origins by share.

    Parameters
    ----------
    scope : Scope
        Who writes.
    event : Event
        When, how it is known, and the identifier; the same call again is ``repeated``.
    run : Run
        Under a number that is new at the plant; else ``refused`` with ``ledger.run-exists``.
    inputs : sequence of Input
        At least one.
    now : datetime
        The clock of the server.

    Raises
    ------
    AccessError
        The role may not post, or not for this plant or these stores.
    ConflictError
        The identifier is recorded with other content.
    """
    return fulfil(scope, runs.opened(event, run, inputs), now=now)


def feed(scope: Scope, *, event: Event, run: Run, inputs: Sequence[Input], now: datetime) -> Receipt:
    """Put more into an open run; parameters and errors as in `open_run`.

    Returns
    -------
    Receipt
        ``refused`` with ``ledger.run-unknown`` or ``ledger.account-finished`` if the run is not open.
    """
    return fulfil(scope, runs.fed(event, run, inputs), now=now)


def finish_run(
    scope: Scope,
    *,
    event: Event,
    run: Run,
    outputs: Sequence[Output],
    losses: Sequence[Loss] = (),
    now: datetime,
) -> Receipt:
    """End an open run: what came out, and the moisture and losses that the plant states.

    Parameters
    ----------
    outputs, losses : sequence of Output, of Loss
        Split over the origins in proportion to what the run holds of each. What they leave unexplained, or
        exceed, is booked as difference and told as ``ledger.run-unexplained-rest``; it is never plugged.

    Raises
    ------
    AccessError, ConflictError
        As in `open_run`.
    """
    return fulfil(scope, runs.finished(event, run, outputs, losses), now=now, remark=_remark(run))


def run_once(
    scope: Scope,
    *,
    event: Event,
    run: Run,
    inputs: Sequence[Input],
    outputs: Sequence[Output | Loss],
    now: datetime,
) -> Receipt:
    """Open, feed and finish a run in one posting; parameters and errors as in `open_run` and `finish_run`."""
    return fulfil(scope, runs.whole(event, run, inputs, outputs), now=now, remark=_remark(run))


def reclassify(
    scope: Scope, *, event: Event, store: Store, becomes: str, amount: Amount, now: datetime
) -> Receipt:
    """鉴别: turn mass of a store into another stream, by a run of its own that the same posting finishes.

    Parameters
    ----------
    becomes : str
        Stream that it turned out to be; it stays with the same holder on the same site.

    Raises
    ------
    AccessError, ConflictError
        As in `open_run`.
    """
    return fulfil(scope, runs.reclassified(event, store, becomes, amount), now=now)


def _remark(run: Run) -> Remark:
    def tell(draft: Draft) -> tuple[Finding, ...]:
        return runs.rest_findings(run, draft)

    return tell
