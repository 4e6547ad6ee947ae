"""The ledger behind its doors does what a naive book of lines would do, whatever is posted in whatever order.

To add a rule, write a method with `@rule` on `LedgerMachine` that calls a door and tells `self.naive` too.
What the naive book must know more of goes into `Naive`, which shares nothing with `core/model.py`.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from wufei.kernel.errors import ConflictError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.ids import new_id
from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer
from wufei.records.ledger.queries.reading import balances
from wufei.records.ledger.services import close_period, post, post_many, reverse, seal
from wufei.records.registry.services import save_site
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
IN_FEBRUARY = NOW - timedelta(days=1)
FEBRUARY = Period.month_of(2026, 2)
OPERATOR = Scope.operator()

# The table of the specification, written out once more.
PAIRS = {
    "generate": ["origin>stock"],
    "move": ["stock>stock"],
    "dispatch": ["stock>transit"],
    "receive": ["transit>stock"],
    "return": ["transit>stock"],
    "settle-difference": [
        *("transit>difference", "difference>transit"),
        *("process>difference", "difference>process"),
    ],
    "treat-in": ["stock>process"],
    "treat-out": [f"process>{kind}" for kind in ("stock", "used", "energy", "discharged", "landfilled")],
    "new-waste": ["process>stock"],
    "use": ["stock>used"],
    "reclassify": ["stock>process", "process>stock"],
    "loss": ["stock>discharged", "stock>lost", "transit>discharged", "transit>lost"],
    "export": ["stock>outside", "transit>outside"],
    "import": ["outside>stock", "outside>transit"],
    "find-dump": ["lost>dumped", "difference>dumped", "unattributed>dumped"],
    "clear-dump": ["dumped>transit"],
    "attribute-dump": ["origin>unattributed"],
    "stocktake": ["stock>stocktake", "stocktake>stock"],
    "open": ["opening>stock"],
}
STREAMS = ("SW03", "SW07")
KEPT = {"stock", "transit", "process", "dumped"}
MAKES_WASTE = {"generate": ("source", "target"), "new-waste": ("target",), "attribute-dump": ("source",)}


@dataclass
class Naive:
    """A book of lines: every balance is the sum over all of them, worked out anew each time."""

    tolerant_site: int
    home: int
    closed: bool = False
    lines: dict[UUID, Transfer] = field(default_factory=dict)
    postings: dict[UUID, Posting] = field(default_factory=dict)
    finished: set[AccountKey] = field(default_factory=set)

    def grams(self, key: AccountKey) -> int:
        return sum(line.grams * ((line.target == key) - (line.source == key)) for line in self.lines.values())

    def masses(self) -> dict[AccountKey, int]:
        keys = {key for line in self.lines.values() for key in (line.source, line.target)}
        return {key: self.grams(key) for key in keys}

    def post(self, posting: Posting) -> tuple[str, set[str]]:
        """Say what becomes of a posting and why, and write its lines down if it stands."""
        known = self.postings.get(posting.id)
        if known is not None:
            same = known == posting
            return ("repeated", set()) if same else ("refused", {"id-with-other-content"})
        why = self.against(posting) or self.against_closed(posting)
        if not why:
            after = deepcopy(self)
            after.lines |= {line.id: line for line in posting.transfers}
            why, warnings = self.shortage(posting, after)
        if why:
            return "refused", why
        if any(line.amends_period and not self.covers(line) for line in posting.transfers):
            warnings |= {"amends-open-period"}
        self.lines |= {line.id: line for line in posting.transfers}
        self.postings[posting.id] = posting
        self.finished |= set(posting.finishes)
        return "posted", warnings

    def against(self, posting: Posting) -> set[str]:
        """What speaks against it before any mass is looked at."""
        why: set[str] = set()
        touched = {key for line in posting.transfers for key in (line.source, line.target)}
        if (touched | set(posting.finishes)) & self.finished:
            why.add("account-finished")
        for line in posting.transfers:
            if line.id in self.lines:
                why.add("id-with-other-content")
            why |= against_line(line) if line.reverses is None else self.against_reversal(line)
        return why

    def against_closed(self, posting: Posting) -> set[str]:
        """What keeps it out of the closed February."""
        late = any(self.covers(line) and not line.amends_period for line in posting.transfers)
        return {"period-closed"} if late else set()

    def covers(self, line: Transfer) -> bool:
        left, entered = (line.target, line.source) if line.reverses else (line.source, line.target)
        made = entered if line.step == "new-waste" else left
        touched = {left.region_id, entered.region_id, made.origin_region_id}
        return self.closed and line.occurred_at == IN_FEBRUARY and self.home in touched

    def against_reversal(self, line: Transfer) -> set[str]:
        taken_back = self.lines.get(line.reverses) if line.reverses else None
        if taken_back is None:
            return {"reversal-unknown"}
        if taken_back.reverses:
            return {"reversal-of-reversal"}
        return {"reversal-twice"} if self.reversal_of(taken_back.id) else set()

    def reversal_of(self, number: UUID) -> UUID | None:
        return next((line.id for line in self.lines.values() if line.reverses == number), None)

    def shortage(self, posting: Posting, after: Naive) -> tuple[set[str], set[str]]:
        below = {
            line.source
            for line in posting.transfers
            if line.source.kind in KEPT and after.grams(line.source) < 0
        }
        late = {key for key in below if key.site_id == self.tolerant_site}
        why = {"stock-below-zero"} if below - late else set()
        if any(after.grams(key) for key in posting.finishes):
            why.add("finish-not-empty")
        return why, {"tolerant-stock-below-zero"} if late else set()


def against_line(line: Transfer) -> set[str]:
    source, target, why = line.source, line.target, set()
    if f"{source.kind}>{target.kind}" not in PAIRS[line.step]:
        why.add("kinds-not-allowed")
    if source == target:
        why.add("same-account")
    if source.stream != target.stream and "process" not in (source.kind, target.kind):
        why.add("stream-changes")
    born = (source.origin_region_id, source.origin_sector) == (target.origin_region_id, target.origin_sector)
    if not born and line.step not in {"new-waste", "attribute-dump"}:
        why.add("origin-changes")
    for side in MAKES_WASTE.get(line.step, ()):
        key = getattr(line, side)
        if key.region_id != key.origin_region_id:
            why.add("origin-elsewhere")
    return why


@dataclass(frozen=True)
class World:
    """Two regions, a holder in each, and two sites of the first: one on time, one that reports late."""

    home: int
    away: int
    holder: int
    plant: int
    strict_site: int
    tolerant_site: int

    def places(self) -> list[tuple[int, int, int | None]]:
        """Region, holder and site of the stocks."""
        return [
            (self.home, self.holder, None),
            (self.home, self.holder, self.strict_site),
            (self.home, self.holder, self.tolerant_site),
            (self.away, self.plant, None),
        ]


@dataclass(frozen=True)
class Move:
    """One line as hypothesis draws it: indices of places and legs rather than accounts."""

    step: str
    kinds: tuple[str, str]
    stream: str
    sectors: tuple[str, str]
    places: tuple[int, int]
    number: int
    grams: int
    everything: bool
    finish: bool


def moves() -> st.SearchStrategy[Move]:
    pairs = [(step, tuple(pair.split(">"))) for step, each in PAIRS.items() for pair in each]
    kinds = [str(kind) for kind in Kind]
    wrong = st.tuples(
        st.sampled_from(sorted(PAIRS)), st.tuples(st.sampled_from(kinds), st.sampled_from(kinds))
    )
    right = st.sampled_from(pairs)
    # Mass comes in by few steps only: they are drawn more often, and what is not allowed only now and then.
    coming_in = st.sampled_from(
        [pair for pair in pairs if pair[0] in {"generate", "open", "import", "dispatch"}]
    )
    sectors = st.sampled_from(["industry"] * 6 + ["household"])
    return st.builds(
        lambda drawn, *rest: Move(*drawn, *rest),
        st.one_of(coming_in, right, right, wrong),
        st.sampled_from(STREAMS),
        st.one_of(sectors.map(lambda one: (one, one)), st.tuples(sectors, sectors)),
        st.tuples(st.sampled_from([0, 0, 1, 2, 3]), st.sampled_from([0, 0, 1, 2, 3])),
        st.integers(1, 2),
        st.integers(1, 20),
        st.booleans(),
        st.booleans(),
    )


class LedgerMachine(RuleBasedStateMachine):
    """Calls the doors with postings of a book of its own and compares with the naive book."""

    world: World
    key: Ed25519PrivateKey
    settle: Callable[[], None]
    examples = 0
    steps = 0
    outcomes: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.book = f"scenario:state-{uuid.uuid4().hex[:12]}"
        self.naive = Naive(self.world.tolerant_site, self.world.home)
        self.written = False

    # What is drawn becomes accounts and postings.

    def account(self, kind: str, move: Move, side: int) -> AccountKey:
        region, holder, site = self.world.places()[move.places[side]]
        key = AccountKey(
            self.book, Kind(kind), self.world.home, move.stream, self.world.home, move.sectors[side]
        )
        if kind == "stock":
            return replace(key, region_id=region, holder_id=holder, site_id=site)
        if kind == "transit":
            return replace(key, holder_id=self.world.holder, ref=f"leg {move.number}")
        if kind == "process":
            plant = replace(key, region_id=self.world.away, holder_id=self.world.plant, stream="")
            return replace(plant, ref=f"run {move.number}")
        return replace(key, ref="dump") if kind == "dumped" and move.number == 2 else key

    def line(self, move: Move) -> Transfer:
        source, target = (self.account(kind, move, side) for side, kind in enumerate(move.kinds))
        if move.step == "new-waste":
            target = replace(target, origin_region_id=target.region_id)
        if move.everything and source.kind in KEPT:
            move = replace(move, grams=max(self.naive.grams(source), 1))
        known = (Precision.DAY, Decimal(move.grams), "g", Evidence.SCALE)
        method = "utilise" if move.step == "treat-in" else ""
        at = IN_FEBRUARY if move.number == 1 else NOW
        made = Transfer(new_id(NOW), source, target, move.grams, Step(move.step), at, *known, method=method)
        return replace(made, amends_period=self.amended(made))

    def amended(self, line: Transfer) -> str:
        """Half of what comes late into the closed month says so."""
        late = self.naive.closed and line.occurred_at == IN_FEBRUARY and line.grams % 2 == 0
        return str(FEBRUARY) if late else ""

    def posting(self, drawn: list[Move]) -> Posting:
        lines = tuple(self.line(move) for move in drawn)
        sources = (line.source for line, move in zip(lines, drawn, strict=True) if move.finish)
        finishes = dict.fromkeys(key for key in sources if key.kind in {"transit", "process"})
        return Posting(new_id(NOW), lines, tuple(finishes), reason="typed-wrong")

    def post_and_agree(self, posting: Posting) -> None:
        self.agree(post(OPERATOR, posting, now=NOW), self.naive.post(posting))

    def agree(self, receipt: Receipt, expected: tuple[str, set[str]]) -> None:
        outcome, codes = expected
        assert receipt.outcome == outcome, (receipt, expected)
        assert told(receipt.findings, outcome) == codes
        self.note(outcome)

    def note(self, outcome: str) -> None:
        type(self).outcomes[outcome] += 1
        self.written |= outcome == "posted"

    # The doors.

    @rule(drawn=st.lists(moves(), min_size=1, max_size=3))
    def post_one(self, drawn: list[Move]) -> None:
        self.post_and_agree(self.posting(drawn))

    @initialize(order=st.permutations(sorted(PAIRS)))
    def begin(self, order: list[str]) -> None:
        """Put some mass in every stock, on a leg, in a run and on a dump; then do every step once."""
        plain = Move("open", ("opening", "stock"), "SW03", ("industry",) * 2, (0, 0), 1, 60, False, False)
        stocks = [
            replace(plain, places=(place, place), stream=stream) for place in range(4) for stream in STREAMS
        ]
        onward = [
            replace(plain, step="dispatch", kinds=("stock", "transit"), grams=20),
            replace(plain, step="treat-in", kinds=("stock", "process"), places=(3, 3), grams=20),
            replace(plain, step="find-dump", kinds=("lost", "dumped"), grams=20),
        ]
        for move in (*stocks, *onward):
            self.post_and_agree(self.posting([move]))
        for number, step in enumerate(order):
            self.post_onward([(plain, number, step)])
        # What every run must have seen does not wait for chance.
        self.post_at_once([plain], [replace(plain, stream="SW07")])
        self.post_again(0, "nothing")
        self.post_again(0, "content")

    @rule(
        drawn=st.lists(
            st.tuples(moves(), st.integers(0, 1000), st.sampled_from(sorted(PAIRS))), min_size=1, max_size=5
        )
    )
    def post_onward(self, drawn: list[tuple[Move, int, str]]) -> None:
        """Move mass that is there, by a step that its account allows."""
        for move, index, step in drawn:
            kind, _, target = PAIRS[step][index % len(PAIRS[step])].partition(">")
            held = [key for key, grams in self.naive.masses().items() if key.kind == kind and grams > 0]
            line = self.line(replace(move, step=step, kinds=(kind, target)))
            if held:
                source = held[index % len(held)]
                stream = source.stream or move.stream
                sectors = (source.origin_sector, source.origin_sector)
                line = self.line(
                    replace(move, step=step, kinds=(kind, target), stream=stream, sectors=sectors)
                )
                grams = self.naive.grams(source) if move.everything else 1
                line = replace(line, source=source, grams=grams, quantity=Decimal(grams))
            finishes = (line.source,) if move.finish and kind in {"transit", "process"} else ()
            line = replace(line, amends_period=self.amended(line))
            self.post_and_agree(Posting(new_id(NOW), (line,), finishes, reason="typed-wrong"))

    @rule(drawn=st.lists(st.lists(moves(), min_size=1, max_size=2), min_size=2, max_size=6))
    def post_bulk(self, drawn: list[list[Move]]) -> None:
        postings = [self.posting(one) for one in drawn]
        report = post_many(OPERATOR, postings, now=NOW)
        expected = [self.naive.post(posting) for posting in postings]
        counts = Counter(outcome for outcome, _ in expected)
        assert (report.posted, report.refused, report.repeated) == (counts["posted"], counts["refused"], 0)
        for number, (outcome, codes) in enumerate(expected, 1):
            mine = [one for one in report.findings if one.where.startswith(f"posting {number}, ")]
            assert told(mine, outcome) == codes
        self.written = True

    @rule(first=st.lists(moves(), min_size=1, max_size=2), second=st.lists(moves(), min_size=1, max_size=2))
    def post_at_once(self, first: list[Move], second: list[Move]) -> None:
        """Two writers at the same time: the end is that of one order or of the other."""
        postings = [self.posting(first), self.posting(second)]
        with ThreadPoolExecutor(2) as pool:
            found = [receipt.outcome for receipt in pool.map(post_apart, postings)]
        orders = []
        for order in ((0, 1), (1, 0)):
            naive = deepcopy(self.naive)
            outcomes = {number: naive.post(postings[number])[0] for number in order}
            orders.append(([outcomes[0], outcomes[1]], naive))
        agreeing = [naive for outcomes, naive in orders if outcomes == found]
        assert agreeing, (found, [outcomes for outcomes, _ in orders])
        self.naive = agreeing[0]
        for outcome in found:
            self.note(f"{outcome} at once")
        self.written = True

    @rule(index=st.integers(0, 1000), change=st.sampled_from(["nothing", "order", "content", "line"]))
    def post_again(self, index: int, change: str) -> None:
        if not self.naive.postings:
            return
        known = list(self.naive.postings.values())[index % len(self.naive.postings)]
        first, *rest = known.transfers
        again = {
            "nothing": known,
            # The order of lines says nothing.
            "order": replace(known, transfers=known.transfers[::-1]),
            "content": replace(known, transfers=(replace(first, document="other"), *rest)),
            "line": Posting(new_id(NOW), (first,)),
        }[change]
        if change in {"nothing", "order"}:
            self.agree(post(OPERATOR, again, now=NOW), ("repeated", set()))
            return
        assert self.naive.post(again)[0] == "refused"
        with pytest.raises(ConflictError, match="id-with-other-content"):
            post(OPERATOR, again, now=NOW)
        self.note("conflict")

    @rule(index=st.integers(0, 1000))
    def take_back(self, index: int) -> None:
        if not self.naive.lines:
            return
        line = list(self.naive.lines.values())[index % len(self.naive.lines)]
        amends = self.amended(line)
        back = replace(
            line,
            id=new_id(NOW),
            source=line.target,
            target=line.source,
            reverses=line.id,
            amends_period=amends,
        )
        outcome, codes = self.naive.post(Posting(new_id(NOW), (back,), reason="withdrawn"))
        if codes & {"reversal-twice", "reversal-of-reversal"}:
            with pytest.raises(ConflictError, match="reversal-"):
                reverse(OPERATOR, line.id, reason="withdrawn", now=NOW, amends_period=amends)
            self.note("conflict")
            return
        done = reverse(OPERATOR, line.id, reason="withdrawn", now=NOW, amends_period=amends)
        self.agree(done, (outcome, codes))
        if outcome == "posted":
            # The door chose the identifiers itself.
            del self.naive.lines[back.id]
            with session(OPERATOR):
                number = queries.get_transfer(OPERATOR, line.id).reversed_by
            assert number is not None
            self.naive.lines[number] = replace(back, id=number)
            self.naive.postings.popitem()

    @rule()
    def seal(self) -> None:
        seal(self.key, now=NOW)

    @precondition(lambda self: not self.naive.closed)
    @rule()
    def close(self) -> None:
        """Close February for the first region."""
        self.settle()
        while seal(self.key, now=NOW).more:
            pass
        close_period(OPERATOR, book=self.book, period=FEBRUARY, region_id=self.world.home, now=NOW)
        self.naive.closed = True
        self.note("closed")

    # What always holds.

    @invariant()
    def balances_are_those_of_the_lines(self) -> None:
        type(self).steps += 1
        if not self.written:
            return
        self.written = False
        found: dict[AccountKey, int] = {}
        finished = set()
        with session(OPERATOR):
            for region in (self.world.home, self.world.away):
                rows = queries.accounts(OPERATOR, book=self.book, region_id=region, limit=500).rows
                masses = balances(OPERATOR, rows)
                found |= {row.key: masses.get(row.id, 0) for row in rows}
                finished |= {row.key for row in rows if row.finished}
        expected = self.naive.masses()
        assert {key: grams for key, grams in found.items() if grams or key in expected} == expected
        assert finished == self.naive.finished
        assert sum(found.values()) == 0
        assert queries.book_imbalance(OPERATOR, self.book) == 0

    def teardown(self) -> None:
        """Verify the whole database while it is small, and every tenth time when it has grown."""
        type(self).examples += 1
        if self.examples < 20 or self.examples % 10 == 0:
            assert queries.verify(OPERATOR) == []
            assert queries.verify_seals(OPERATOR) == []


def told(findings: Iterable[Finding], outcome: str) -> set[str]:
    """The errors of what was refused, the warnings of what was not."""
    severity = Severity.ERROR if outcome == "refused" else Severity.WARNING
    return {one.code.removeprefix("ledger.") for one in findings if one.severity is severity}


def post_apart(posting: Posting) -> Receipt:
    try:
        return post(OPERATOR, posting, now=NOW)
    finally:
        connections.close_all()


def examples() -> int:
    """Ten, or a tenth of what a longer profile asks for: an example is twenty calls of the database."""
    soaking = str(settings.get_current_profile_name()).startswith("soak")
    return settings.default.max_examples if soaking else 10


def test_whatever_is_posted_the_ledger_is_the_sum_of_its_lines(
    sealed_database: str,
    region_factory: Callable[..., int],
    party_factory: Callable[..., int],
    settle: Callable[[], None],
    record_property: Callable[[str, object], None],
) -> None:
    home, away = region_factory(), region_factory()
    holder, plant = party_factory(region_id=home), party_factory(region_id=away)
    strict, tolerant = (
        save_site(
            OPERATOR,
            key=f"test-{uuid.uuid4().hex[:12]}",
            name=Text("试验场所", "Test site"),
            party_id=holder,
            region_id=home,
            strict=is_strict,
        )
        for is_strict in (True, False)
    )

    class Machine(LedgerMachine):
        world = World(home, away, holder, plant, strict, tolerant)
        key = Ed25519PrivateKey.generate()
        outcomes: ClassVar[Counter[str]] = Counter()

    Machine.settle = staticmethod(settle)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            settings.default,
            max_examples=examples(),
            stateful_step_count=25,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    settle()
    seal(Machine.key, now=NOW)
    known = [Machine.key.public_key().public_bytes_raw()]
    assert queries.sealing_lag(OPERATOR).transfers == 0
    assert queries.verify(OPERATOR) == []
    assert queries.verify_seals(OPERATOR, keys=known) == []
    # Rules that never came to pass would prove nothing.
    assert {"posted", "refused", "repeated", "conflict", "posted at once", "closed"} <= set(Machine.outcomes)
    assert steps_seen() == set(PAIRS)
    record_property("state machine: examples", Machine.examples)
    record_property("state machine: steps", Machine.steps)
    for outcome, many in sorted(Machine.outcomes.items()):
        record_property(f"state machine: {outcome}", many)


def steps_seen() -> set[str]:
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT step FROM ledger_transfer WHERE reverses IS NULL")
        return {row[0] for row in cursor.fetchall()}
