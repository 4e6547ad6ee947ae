"""What a person says that moves mass by share, and the one posting that it becomes.

A person says: so much from this heap to that place. Which origins give how much is known only under the lock
of the balances; so the words and the posting are two things, and `says_same` compares them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Context, Decimal
from math import isqrt
from uuid import UUID

from wufei.kernel.findings import Finding
from wufei.kernel.ids import id_within
from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, account_text
from wufei.records.ledger.core.amounts import Amount, check_amount, in_grams, parts
from wufei.records.ledger.core.checks import PPM
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.mixing import overdraft, shares, shortage, split
from wufei.records.ledger.core.pools import Origin, Pool, origin_of, pool_of
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer

_WIDE = Context(prec=80)


@dataclass(frozen=True, slots=True)
class Event:
    """When and how surely something happened, and under which identifier it is posted.

    Attributes
    ----------
    id : UUID
        UUIDv7 made by the writer: the identifier of the posting. Saying the same again changes nothing.
    occurred_at, precision : datetime, Precision
        When, and how exactly that is known.
    evidence, uncertainty_ppm : Evidence, int
        How the masses are known, with their relative standard uncertainty in parts per million.
    document, container, amends_period
        As in `Transfer`.
    """

    id: UUID
    occurred_at: datetime
    precision: Precision
    evidence: Evidence
    uncertainty_ppm: int = 0
    document: str = ""
    container: UUID | None = None
    amends_period: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """So much from one pool to another.

    Attributes
    ----------
    origin : Origin, optional
        The origin that mass gets where it arrives; by default it keeps its own.
    evidence, uncertainty_ppm : Evidence, int, optional
        How and how surely this mass is known, if otherwise than the rest of the event.
    dry_share_ppm : int, optional
        Dry part of the mass in parts per million.
    """

    source: Pool
    target: Pool
    amount: Amount
    step: Step
    method: str = ""
    origin: Origin | None = None
    evidence: Evidence | None = None
    uncertainty_ppm: int | None = None
    dry_share_ppm: int | None = None

    def arrival(self, origin: Origin) -> AccountKey:
        """Give the account that mass of one origin enters."""
        return self.target.account(self.origin or origin)


@dataclass(frozen=True, slots=True)
class Intent:
    """One event in the words of a person.

    Attributes
    ----------
    lines : tuple of Line
        Those into the leg or run first, then those out of it.
    finishes : Pool, optional
        The leg or run that ends with this event; what is then left, or missing, goes to `rest`.
    rest : Pool, optional
        Where weighing differences and unexplained rests are booked.
    opens, continues : Pool, optional
        A run that must be new, or must exist.
    """

    event: Event
    lines: tuple[Line, ...]
    finishes: Pool | None = None
    rest: Pool | None = None
    opens: Pool | None = None
    continues: Pool | None = None

    def pools(self) -> tuple[Pool, ...]:
        """Give every pool that must be known and locked before the shares are worked out."""
        named = [pool for line in self.lines for pool in (line.source, line.target)]
        others = (self.finishes, self.rest, self.opens, self.continues)
        return tuple(dict.fromkeys([*named, *(pool for pool in others if pool is not None)]))

    def accounts(self, origins: Iterable[Origin]) -> set[AccountKey]:
        """Give every account that the posting can touch, if the pools hold mass of these origins."""
        there = set(origins)
        own = {line.arrival(origin) for line in self.lines for origin in there}
        return own | {pool.account(origin) for pool in self.pools() for origin in there}


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger knows about the pools of an intent, under lock.

    Attributes
    ----------
    balances_g : mapping
        Grams by account.
    finished : frozenset of Pool
        Legs and runs that have ended.
    tolerant : frozenset of Pool
        Stores of sites that report late and may go below zero.
    """

    balances_g: Mapping[AccountKey, int]
    finished: frozenset[Pool] = frozenset()
    tolerant: frozenset[Pool] = frozenset()

    def of(self, pool: Pool) -> dict[AccountKey, int]:
        """Give the balances of one pool."""
        return {key: grams for key, grams in self.balances_g.items() if pool_of(key) == pool}


@dataclass(frozen=True, slots=True)
class Draft:
    """A posting that can be judged, or the Findings that say why there is none.

    Attributes
    ----------
    total_g, rest_g : int
        For an event that finishes something: what the leg or run held, and what of it nobody accounts for;
        negative where more came out than went in.
    """

    posting: Posting | None
    findings: tuple[Finding, ...] = ()
    total_g: int = 0
    rest_g: int = 0


def build(intent: Intent, held: Held) -> Draft:
    """Work out the shares of every line and make one posting of them.

    Parameters
    ----------
    intent : Intent
        What was said.
    held : Held
        Balances of its pools, which must not change until the posting is written.
    """
    findings = _defects(intent, held)
    if findings:
        return Draft(None, tuple(findings))
    bench = _Bench(intent.event, dict(held.balances_g), held.tolerant)
    into, out = _in_and_out(intent)
    for number, line in into:
        findings += bench.draw(line, f"line {number}")
    total_g = bench.mass_of(intent.finishes)
    if intent.finishes is not None and total_g <= 0 and not findings:
        findings.append(finding("nothing-to-finish", "finish", intent.finishes.ref))
    if findings:
        return Draft(None, tuple(findings))
    rest_g = total_g - sum(line.amount.grams for _, line in out)
    bench.settle(intent, min(rest_g, 0), total_g)
    for number, line in out:
        findings += bench.draw(line, f"line {number}")
    bench.settle(intent, max(rest_g, 0), total_g)
    posting = Posting(intent.event.id, tuple(bench.transfers), bench.accounts_of(intent.finishes))
    return Draft(None if findings else posting, tuple(findings), total_g, rest_g)


def transfer(
    event: Event, ordinal: int, sides: tuple[AccountKey, AccountKey], amount: Amount, step: Step
) -> Transfer:
    """Make one transfer of an event; its identifier follows from that of the event and the ordinal."""
    return Transfer(
        id=id_within(event.id, ordinal),
        source=sides[0],
        target=sides[1],
        grams=amount.grams,
        step=step,
        occurred_at=event.occurred_at,
        precision=event.precision,
        quantity=amount.quantity,
        unit=amount.unit,
        evidence=event.evidence,
        conversion=amount.conversion,
        uncertainty_ppm=event.uncertainty_ppm,
        document=event.document,
        container=event.container,
        amends_period=event.amends_period,
    )


def says_same(intent: Intent, stored: Sequence[Transfer]) -> bool:
    """Say whether transfers that are recorded say what is said now, though balances have moved since.

    Parameters
    ----------
    stored : sequence of Transfer
        All transfers of the posting.

    Notes
    -----
    The shares and the rest follow from balances of the past, so they are left out: compared are the totals
    of grams and quantity from each pool to each other one, and everything else that was said of them.
    """
    settled = Step.SETTLE_DIFFERENCE if intent.finishes else None
    told = [_words(one) for one in stored if one.step is not settled]
    said = [_words(_plain(intent.event, line)) for line in intent.lines]
    return _totals(told) == _totals(said)


@dataclass(slots=True)
class _Bench:
    """The balances as they will be, while transfer after transfer is made."""

    event: Event
    balances_g: dict[AccountKey, int]
    tolerant: frozenset[Pool]
    transfers: list[Transfer] = field(default_factory=list)

    def draw(self, line: Line, where: str) -> list[Finding]:
        balances_g = {key: self.balances_g[key] for key in self.accounts_of(line.source)}
        short = shortage(balances_g, line.amount.grams, f"{where}, grams")
        if short is None:
            given = shares(balances_g, line.amount.grams)
        else:
            given = overdraft(balances_g, line.amount.grams) if line.source in self.tolerant else {}
        if short is not None and not given:
            return [short]
        for source, amount in zip(given, parts(line.amount, list(given.values())), strict=True):
            self.move((source, line.arrival(origin_of(source))), line, amount)
        return []

    def settle(self, intent: Intent, rest_g: int, total_g: int) -> None:
        """Book what is left in a leg or run, or what came out of it beyond what it held."""
        pool, rest = intent.finishes, intent.rest
        if pool is None or rest is None or rest_g == 0:
            return
        held_g = {key: self.balances_g[key] for key in self.accounts_of(pool)}
        held_g = {key: grams for key, grams in held_g.items() if grams > 0}
        derived = Line(
            source=pool,
            target=rest,
            amount=in_grams(abs(rest_g)),
            step=Step.SETTLE_DIFFERENCE,
            evidence=Evidence.DERIVED_BY_DIFFERENCE,
            uncertainty_ppm=_uncertainty_of_rest(self.event.uncertainty_ppm, total_g, rest_g),
        )
        for key, grams in split(held_g, abs(rest_g)).items():
            other = rest.account(origin_of(key))
            self.move((key, other) if rest_g > 0 else (other, key), derived, in_grams(grams))

    def move(self, sides: tuple[AccountKey, AccountKey], line: Line, amount: Amount) -> None:
        for key, grams in zip(sides, (-amount.grams, amount.grams), strict=True):
            self.balances_g[key] = self.balances_g.get(key, 0) + grams
        self.transfers.append(_spoken(self.event, len(self.transfers), sides, line, amount))

    def accounts_of(self, pool: Pool | None) -> tuple[AccountKey, ...]:
        return tuple(sorted((key for key in self.balances_g if pool_of(key) == pool), key=account_text))

    def mass_of(self, pool: Pool | None) -> int:
        return sum(self.balances_g[key] for key in self.accounts_of(pool))


def _uncertainty_of_rest(uncertainty_ppm: int, total_g: int, rest_g: int) -> int:
    """Relative uncertainty of what two weighings leave, each known as surely as the event, independently.

    The standard uncertainties u a and u b of both sides add in squares; relative to the rest that is
    u sqrt(a^2 + b^2) / |a - b|, at most all of it. Whole numbers, so that it is the same everywhere.
    """
    both_g = isqrt(total_g**2 + (total_g - rest_g) ** 2)
    return min(PPM, uncertainty_ppm * both_g // abs(rest_g))


def _spoken(
    event: Event, ordinal: int, sides: tuple[AccountKey, AccountKey], line: Line, amount: Amount
) -> Transfer:
    return replace(
        transfer(event, ordinal, sides, amount, line.step),
        method=line.method,
        evidence=line.evidence or event.evidence,
        uncertainty_ppm=event.uncertainty_ppm if line.uncertainty_ppm is None else line.uncertainty_ppm,
        dry_share_ppm=line.dry_share_ppm,
    )


def _plain(event: Event, line: Line) -> Transfer:
    """A line as one transfer of an origin that does not matter."""
    anywhere = Origin(0, "")
    return _spoken(event, 0, (line.source.account(anywhere), line.arrival(anywhere)), line, line.amount)


def _defects(intent: Intent, held: Held) -> list[Finding]:
    found = [] if intent.lines else [finding("posting-empty", "lines", "")]
    for number, line in enumerate(intent.lines, 1):
        found += check_amount(line.amount, f"line {number}")
    found += [
        finding("account-finished", pool.ref, pool.kind) for pool in intent.pools() if pool in held.finished
    ]
    if intent.opens is not None and held.of(intent.opens):
        found.append(finding("run-exists", "run", intent.opens.ref))
    if intent.continues is not None and not held.of(intent.continues):
        found.append(finding("run-unknown", "run", intent.continues.ref))
    return found


def _in_and_out(intent: Intent) -> tuple[list[tuple[int, Line]], list[tuple[int, Line]]]:
    """Lines with their numbers: those that leave what is finished are drawn from what the others brought."""
    numbered = list(enumerate(intent.lines, 1))
    out = [(number, line) for number, line in numbered if line.source == intent.finishes]
    return [pair for pair in numbered if pair not in out], out


Words = tuple[tuple[object, ...], int, Decimal]


def _words(one: Transfer) -> Words:
    arrival = origin_of(one.target) if one.step is Step.NEW_WASTE else None
    words = (
        *(pool_of(one.source), pool_of(one.target), arrival, one.step, one.method, one.evidence),
        *(one.occurred_at, one.precision, one.unit, one.conversion, one.uncertainty_ppm, one.dry_share_ppm),
        *(one.document, one.container, one.amends_period, one.reverses),
    )
    return words, one.grams, one.quantity


def _totals(spoken: Iterable[Words]) -> dict[tuple[object, ...], tuple[int, Decimal]]:
    totals: dict[tuple[object, ...], tuple[int, Decimal]] = {}
    for words, grams, quantity in spoken:
        before_g, before = totals.get(words, (0, Decimal(0)))
        totals[words] = before_g + grams, _WIDE.add(before, quantity)
    return totals
