"""Treatment runs: several streams and origins go in, and what comes out accounts for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.amounts import Amount, in_grams
from wufei.records.ledger.core.checks import PPM
from wufei.records.ledger.core.intents import Draft, Event, Intent, Line
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.pools import Origin, Pool, Store
from wufei.records.ledger.core.transfers import Evidence, Step


@dataclass(frozen=True, slots=True)
class Run:
    """One treatment run of a plant; it has a process account for each origin fed into it.

    Attributes
    ----------
    stream : str
        What the run mainly treats: an unexplained rest is booked under it.
    ref : str
        Number of the run, unique at the plant.
    """

    book: str
    region_id: int
    stream: str
    holder_id: int | None
    ref: str
    site_id: int | None = None

    @property
    def pool(self) -> Pool:
        """Its process accounts."""
        return Pool(self.book, Kind.PROCESS, self.region_id, "", self.holder_id, self.site_id, self.ref)

    def boundary(self, kind: Kind, stream: str) -> Pool:
        """Give the place beyond the ledger, in the plant's region, where something of the run ends."""
        return Pool(self.book, kind, self.region_id, stream)


@dataclass(frozen=True, slots=True)
class Input:
    """What a store gives to a run, and by which method of the catalogue it is treated."""

    store: Store
    amount: Amount
    method: str
    dry_share_ppm: int | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """What a run gives.

    Attributes
    ----------
    to : Pool
        A stock, or `Run.boundary` of used, energy, discharged or landfilled.
    sector : str
        Only for waste that the run newly makes, into a stock in the plant's region: the sector of the plant,
        which with that region is its origin. Empty for a residue, which keeps the origins of what was fed.
    evidence, uncertainty_ppm : Evidence, int, optional
        How and how surely this mass is known, if otherwise than the rest of the event.
    """

    to: Pool
    amount: Amount
    method: str = ""
    sector: str = ""
    evidence: Evidence | None = None
    uncertainty_ppm: int | None = None
    dry_share_ppm: int | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Moisture, gas or any other loss that the plant states; it is discharged."""

    stream: str
    amount: Amount
    evidence: Evidence | None = None
    uncertainty_ppm: int | None = None


def opened(event: Event, run: Run, inputs: Sequence[Input]) -> Intent:
    """Say that a new run begins with these inputs."""
    return Intent(event, _lines_in(run, inputs), opens=run.pool)


def fed(event: Event, run: Run, inputs: Sequence[Input]) -> Intent:
    """Say that an open run gets these inputs."""
    return Intent(event, _lines_in(run, inputs), continues=run.pool)


def finished(event: Event, run: Run, outputs: Sequence[Output], losses: Sequence[Loss]) -> Intent:
    """Say that an open run ends with these outputs and stated losses."""
    rest = run.boundary(Kind.DIFFERENCE, run.stream)
    lines = _lines_out(run, outputs, losses)
    return Intent(event, lines, finishes=run.pool, rest=rest, continues=run.pool)


def whole(event: Event, run: Run, inputs: Sequence[Input], outputs: Sequence[Output | Loss]) -> Intent:
    """Say that a run was fed and finished at once."""
    rest = run.boundary(Kind.DIFFERENCE, run.stream)
    kept = [one for one in outputs if isinstance(one, Output)]
    lost = [one for one in outputs if isinstance(one, Loss)]
    lines = (*_lines_in(run, inputs), *_lines_out(run, kept, lost))
    return Intent(event, lines, finishes=run.pool, rest=rest, opens=run.pool)


def reclassified(event: Event, store: Store, becomes: str, amount: Amount) -> Intent:
    """鉴别: say that mass of one stream turned out to be another; a run of its own, finished at once."""
    run = Run(store.book, store.region_id, store.stream, store.holder_id, str(event.id), store.site_id)
    found = Store(store.book, store.region_id, becomes, store.holder_id, store.site_id)
    # A conversion is of one stream, so what comes out is named in grams.
    lines = (
        Line(store.pool, run.pool, amount, Step.RECLASSIFY),
        Line(run.pool, found.pool, in_grams(amount.grams), Step.RECLASSIFY),
    )
    return Intent(event, lines, finishes=run.pool, opens=run.pool)


def rest_findings(run: Run, draft: Draft) -> tuple[Finding, ...]:
    """Tell what of a run nobody accounts for: grams, negative if more came out, and their share of input."""
    if draft.rest_g == 0:
        return ()
    share = f"{draft.rest_g / draft.total_g:+.3%}"
    return (
        finding("run-unexplained-rest", f"run {run.ref}", draft.rest_g, total=draft.total_g, share=share),
    )


def moisture_g(grams: int, dry_share_ppm: int, dry_share_after_ppm: int) -> int:
    """Water that leaves a mass when its dry share rises, to the nearest gram.

    Parameters
    ----------
    grams : int
        Mass before, >= 0.
    dry_share_ppm, dry_share_after_ppm : int
        Dry part before and after, parts per million.

    Raises
    ------
    InputError
        A share is not within 0 and 1,000,000, or the mass would have become wetter.

    Notes
    -----
    Dry mass is conserved: m s = (m - w) s', so w = m (1 - s / s'), worked out in whole numbers and rounded
    once, half to even.
    """
    if not 0 <= dry_share_ppm <= dry_share_after_ppm <= PPM:
        raise InputError(
            "ledger.dry-share-falls",
            "dry_share_after_ppm",
            dry_share_after_ppm,
            Text(
                f"处理后干基比例 {dry_share_after_ppm} ppm 应不小于处理前的 {dry_share_ppm} ppm，且都在 0 到 "
                f"{PPM} 之间。请核对；加水应作为投料登记。",
                f"The dry share after, {dry_share_after_ppm} ppm, must not be below that before, "
                f"{dry_share_ppm} ppm, both within 0 and {PPM}. Check them; added water is an input.",
            ),
        )
    if dry_share_after_ppm == 0:
        return 0
    return round(grams * (1 - Fraction(dry_share_ppm, dry_share_after_ppm)))


def _lines_in(run: Run, inputs: Sequence[Input]) -> tuple[Line, ...]:
    return tuple(
        Line(
            one.store.pool,
            run.pool,
            one.amount,
            Step.TREAT_IN,
            method=one.method,
            dry_share_ppm=one.dry_share_ppm,
        )
        for one in inputs
    )


def _lines_out(run: Run, outputs: Sequence[Output], losses: Sequence[Loss]) -> tuple[Line, ...]:
    lost = [
        Output(
            run.boundary(Kind.DISCHARGED, one.stream),
            one.amount,
            evidence=one.evidence,
            uncertainty_ppm=one.uncertainty_ppm,
        )
        for one in losses
    ]
    return tuple(
        Line(
            run.pool,
            one.to,
            one.amount,
            Step.NEW_WASTE if one.sector else Step.TREAT_OUT,
            method=one.method,
            origin=Origin(run.region_id, one.sector) if one.sector else None,
            evidence=one.evidence,
            uncertainty_ppm=one.uncertainty_ppm,
            dry_share_ppm=one.dry_share_ppm,
        )
        for one in (*outputs, *lost)
    )
