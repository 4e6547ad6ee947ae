"""Many postings at once give the result of posting them one by one."""

from __future__ import annotations

import tracemalloc
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import BALANCED, AccountKey, Kind
from wufei.records.ledger.core.arrow import SCHEMA
from wufei.records.ledger.core.model import reversal_of
from wufei.records.ledger.core.transfers import Posting, Step, Transfer, single
from wufei.records.ledger.services import bulk as posting_module
from wufei.records.ledger.services import post, post_many
from wufei.records.ledger.services.knowledge import read_transfers
from wufei.records.ledger.services.posting import driver_cursor
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

Yard = Any

# One letter is one posting; small masses and one stock make shortages, repetitions and clashes common.
PLANS = st.lists(
    st.tuples(st.sampled_from("gggudrtfxaRcn"), st.integers(1, 9), st.integers(0, 30)),
    min_size=1,
    max_size=40,
)


def built(yard: Yard, plan: list[tuple[str, int, int]]) -> list[Posting]:
    """Turn a plan into postings; `pick` chooses an earlier posting to repeat, change or take back."""
    made: list[Posting] = []
    for letter, grams, pick in plan:
        made.append(_built_one(yard, letter, grams, made[pick % len(made)] if made else None))
    return made


def _built_one(yard: Yard, letter: str, grams: int, earlier: Posting | None) -> Posting:
    leg, ident = yard.leg("m"), new_id(yard.now)
    moves = {
        "g": (yard.generate(grams),),
        "u": (yard.use(grams),),
        "d": (yard.transfer(yard.stock, leg, grams, Step.DISPATCH),),
        "r": (yard.transfer(leg, yard.other, grams, Step.RECEIVE),),
        "t": (yard.use(grams), yard.generate(1), yard.generate(grams)),
        "f": (
            yard.transfer(yard.stock, leg, 1, Step.DISPATCH),
            yard.transfer(leg, yard.other, 1, Step.RECEIVE),
        ),
        "x": (yard.generate(grams, unit="stone"),),
        "n": (yard.generate(-grams, quantity=Decimal(grams)),),
    }
    if letter in moves:
        return Posting(ident, moves[letter], (leg,) if letter == "f" and grams > 7 else ())
    if earlier is None:
        return Posting(ident, (yard.generate(1),))
    if letter == "a":
        return earlier
    if letter == "c":
        return replace(earlier, transfers=(replace(earlier.transfers[0], document="changed"),))
    return Posting(ident, (reversal_of(earlier.transfers[0], yard.generate(1)),))


def outcome_by_hand(postings: list[Posting]) -> tuple[list[str], dict[AccountKey, int]]:
    """The naive ledger: a dictionary of grams, and the rules written down once more."""
    grams: dict[AccountKey, int] = defaultdict(int)
    seen: dict[Any, Posting] = {}
    transfers: dict[Any, Any] = {}
    undone: set[Any] = set()
    closed: set[AccountKey] = set()
    outcomes = []
    for posting in postings:
        if posting.id in seen:
            outcomes.append("repeated" if seen[posting.id] == posting else "refused")
            continue
        after, good = dict(grams), True
        for one in posting.transfers:
            good &= one.unit == "g" and one.grams > 0 and one.id not in transfers
            good &= not {one.source, one.target} & closed
            if one.reverses:
                good &= one.reverses in transfers and one.reverses not in undone
                good = good and transfers[one.reverses].reverses is None
                good = good and transfers[one.reverses].document == one.document
            after[one.source] = after.get(one.source, 0) - one.grams
            after[one.target] = after.get(one.target, 0) + one.grams
        good &= all(mass >= 0 for key, mass in after.items() if key.kind in BALANCED)
        good &= all(after.get(key, 0) == 0 and key not in closed for key in posting.finishes)
        outcomes.append("posted" if good else "refused")
        if good:
            grams = defaultdict(int, after)
            seen[posting.id] = posting
            transfers |= {one.id: one for one in posting.transfers}
            undone |= {one.reverses for one in posting.transfers if one.reverses}
            closed |= set(posting.finishes)
    return outcomes, {key: mass for key, mass in grams.items() if mass and key.kind in BALANCED}


def fresh(yard: Yard) -> Yard:
    return replace(yard, book=f"scenario:test-{uuid.uuid4().hex[:12]}")


def held(scope: Scope, yard: Yard) -> dict[AccountKey, int]:
    with session(scope):
        page = queries.accounts(scope, book=yard.book, region_id=yard.region_id, limit=1000)
    return {row.key: row.balance_g for row in page.rows if row.balance_g}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLANS, chunk=st.sampled_from([1, 3, 20_000]))
def test_a_bulk_load_equals_the_naive_model(
    operator: Scope, yard: Yard, plan: list[tuple[str, int, int]], chunk: int
) -> None:
    here = fresh(yard)
    postings = built(here, plan)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting_module, "CHUNK", chunk)
        report = post_many(operator, postings, now=here.now)
    outcomes, grams = outcome_by_hand(postings)
    assert [report.posted, report.repeated, report.refused] == [
        outcomes.count(name) for name in ("posted", "repeated", "refused")
    ]
    refused = {int(found.where.split(",")[0].removeprefix("posting ")) for found in report.findings}
    assert refused == {place for place, outcome in enumerate(outcomes, 1) if outcome == "refused"}
    assert held(operator, here) == grams


def test_an_id_that_comes_again_twice_is_repeated_once_and_refused_once(operator: Scope, yard: Yard) -> None:
    here = fresh(yard)
    (first,) = built(here, [("g", 1, 0)])
    changed = replace(first, transfers=(replace(first.transfers[0], document="changed"),))
    assert post_many(operator, [first], now=here.now).posted == 1
    for order in ([first, changed], [changed, first]):
        report = post_many(operator, order, now=here.now)
        assert (report.posted, report.repeated, report.refused) == (0, 1, 1)
        assert [found.code for found in report.findings] == ["ledger.id-with-other-content"]


@pytest.mark.parametrize("chunk", [1, 20_000])
def test_an_id_of_a_posting_and_of_a_transfer_of_another_is_refused_in_one_load_too(
    operator: Scope, yard: Yard, chunk: int
) -> None:
    for turned in (False, True):
        here = fresh(yard)
        whole = Posting(new_id(yard.now), (here.generate(1), here.generate(2)))
        as_transfer = Posting(new_id(yard.now), (here.generate(3, id=whole.id),))
        order = [as_transfer, whole] if turned else [whole, as_transfer]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(posting_module, "CHUNK", chunk)
            report = post_many(operator, order, now=here.now)
        assert (report.posted, report.refused) == (1, 1)
        assert [found.code for found in report.findings] == ["ledger.id-with-other-content"]
        with pytest.raises(ConflictError, match="id-with-other-content"):
            post(operator, order[1], now=here.now)


def test_a_bulk_load_through_the_staging_table_equals_one_by_one(operator: Scope, yard: Yard) -> None:
    one_by_one, at_once = fresh(yard), fresh(yard)
    plan = [("gud"[n % 3], 1 + n % 5, 0) for n in range(300)]
    for posting in built(one_by_one, plan):
        post(operator, posting, now=yard.now)
    report = post_many(operator, built(at_once, plan), now=yard.now)
    assert report.posted + report.refused == 300
    assert report.refused > 0
    assert sorted(held(operator, one_by_one).values()) == sorted(held(operator, at_once).values())


def test_a_second_load_of_the_same_file_changes_nothing(operator: Scope, yard: Yard) -> None:
    postings = [single(yard.generate(n)) for n in range(1, 101)]
    assert post_many(operator, postings, now=yard.now).posted == 100
    again = post_many(operator, [*postings, single(yard.generate(1))], now=yard.now)
    assert (again.posted, again.repeated, again.refused, again.findings) == (1, 100, 0, ())
    assert held(operator, yard) == {yard.stock: 5051}


def test_postings_outside_the_scope_are_left_out_and_named(
    operator: Scope, yard: Yard, region_factory: Callable[..., int]
) -> None:
    producer = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({yard.holder_id}))
    stranger = yard.transfer(yard.origin, yard.other, 5, Step.GENERATE)
    report = post_many(producer, [single(yard.generate(4)), single(stranger)], now=yard.now)
    assert (report.posted, report.refused) == (1, 1)
    assert [(found.code, found.where) for found in report.findings] == [
        ("ledger.outside-scope", "posting 2, transfer 1")
    ]
    assert held(operator, yard) == {yard.stock: 4}


def test_a_file_that_breaks_off_leaves_nothing(operator: Scope, yard: Yard) -> None:
    def broken() -> Iterator[Posting]:
        yield from (single(yard.generate(1)) for _ in range(30))
        raise OSError("the file ended early")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting_module, "CHUNK", 10)
        with pytest.raises(OSError, match="ended early"):
            post_many(operator, broken(), now=yard.now)
    assert held(operator, yard) == {}


def test_memory_stays_flat_however_long_the_load(operator: Scope, yard: Yard) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        post_many(operator, (single(yard.generate(1)) for _ in range(count)), now=yard.now)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting_module, "CHUNK", 200)
        peak(200)
        assert peak(2000) < 1.5 * peak(400)


def test_kinds_of_account_stay_apart_in_one_load(operator: Scope, yard: Yard) -> None:
    run = yard.run("r-1")
    postings = [
        single(yard.generate(10)),
        single(yard.transfer(yard.stock, yard.leg("m"), 10, Step.DISPATCH)),
        single(yard.transfer(yard.leg("m"), yard.other, 10, Step.RECEIVE)),
        single(yard.transfer(yard.other, run, 10, Step.TREAT_IN)),
        Posting(new_id(yard.now), (yard.transfer(run, yard.used, 10, Step.TREAT_OUT),), (run,)),
    ]
    report = post_many(operator, postings, now=yard.now)
    assert (report.posted, report.transfers, report.findings) == (5, 5, ())
    assert held(operator, yard) == {}
    with session(operator):
        rows = queries.accounts(
            operator, book=yard.book, region_id=yard.region_id, kind=Kind.PROCESS, limit=5
        ).rows
    assert [(row.key, row.finished) for row in rows] == [(run, True)]


def test_all_or_nothing_writes_nothing_and_says_what_was_wrong(operator: Scope, yard: Yard) -> None:
    bad = single(yard.generate(2, unit="stone"))
    told: list[tuple[int, str]] = []
    report = post_many(
        operator,
        [single(yard.generate(1)), bad],
        now=yard.now,
        keep_good=False,
        found=lambda ordinal, findings: told.extend((ordinal, one.code) for one in findings),
    )
    assert (report.written, report.posted, report.refused) == (False, 1, 1)
    assert told == [(2, "ledger.unknown-unit")]
    assert held(operator, yard) == {}
    again = post_many(operator, [single(yard.generate(1))], now=yard.now, keep_good=False)
    assert (again.written, again.posted) == (True, 1)


def test_every_finding_is_told_but_the_report_stays_short(operator: Scope, yard: Yard) -> None:
    told: list[int] = []
    bad = (single(yard.generate(1, unit="stone")) for _ in range(1200))
    report = post_many(operator, bad, now=yard.now, found=lambda ordinal, _: told.append(ordinal))
    assert told == list(range(1, 1201))
    assert (report.refused, report.findings_total, len(report.findings)) == (1200, 1200, 1000)


@pytest.mark.parametrize("kept", [0, 40_000])
def test_what_is_known_of_an_account_holds_from_chunk_to_chunk(
    operator: Scope, yard: Yard, kept: int
) -> None:
    moves = [single(yard.generate(5)), *(single(yard.use(2)) for _ in range(3))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting_module, "CHUNK", 1)
        patch.setattr(posting_module, "ACCOUNTS_KEPT", kept)
        report = post_many(operator, moves, now=yard.now)
    assert (report.posted, report.refused) == (3, 1)
    assert [found.where for found in report.findings] == ["posting 4, transfer 1, source"]
    assert held(operator, yard) == {yard.stock: 1}


def test_arrow_columns_are_posted_like_postings(operator: Scope, yard: Yard) -> None:
    moves = [single(yard.generate(5)), single(yard.use(2)), single(yard.use(9))]
    rows = [row(posting.transfers[0]) for posting in moves]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting_module, "CHUNK", 1)
        report = post_many(operator, pa.Table.from_pylist(rows, SCHEMA), now=yard.now)
    assert (report.posted, report.refused) == (2, 1)
    assert held(operator, yard) == {yard.stock: 3}
    assert post_many(operator, moves[:2], now=yard.now).repeated == 2


def test_arrow_columns_that_break_off_leave_nothing(operator: Scope, yard: Yard) -> None:
    """The bad row is drawn while an earlier chunk is being written."""
    rows = [row(yard.generate(grams)) for grams in range(1, 9)]
    broken = pa.Table.from_pylist(rows[:6], SCHEMA), pa.Table.from_pylist([rows[7] | {"step": "?"}], SCHEMA)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting_module, "CHUNK", 2)
        with pytest.raises(InputError, match="row 7"):
            post_many(operator, pa.concat_tables(broken), now=yard.now)
    assert held(operator, yard) == {}
    assert post_many(operator, pa.Table.from_pylist(rows, SCHEMA), now=yard.now).posted == 8


@pytest.mark.parametrize(("grams", "posted"), [(7, 3), (2, 2)])
def test_an_account_that_a_rival_opens_meanwhile_is_learnt_again(
    operator: Scope, yard: Yard, grams: int, posted: int
) -> None:
    """The first chunk finds it missing; a rival opens it before the third, which needs it."""
    theirs = single(yard.transfer(yard.origin, yard.other, grams, Step.GENERATE))

    def chunks() -> Iterator[Posting]:
        yield single(yard.transfer(yard.other, yard.used, 1, Step.USE))
        yield single(yard.generate(1))
        with ThreadPoolExecutor(1) as rival:
            rival.submit(_post_and_leave, operator, theirs, yard.now).result()
        yield single(yard.transfer(yard.other, yard.used, 3, Step.USE))
        yield single(yard.transfer(yard.origin, yard.other, 5, Step.GENERATE))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting_module, "CHUNK", 1)
        report = post_many(operator, chunks(), now=yard.now)
    assert (report.posted, report.refused) == (posted, 4 - posted)
    assert held(operator, yard) == {yard.stock: 1, yard.other: grams + 5 - (3 if posted == 3 else 0)}


def _post_and_leave(scope: Scope, posting: Posting, now: datetime) -> None:
    try:
        post(scope, posting, now=now)
    finally:
        connections.close_all()


def row(one: Transfer) -> dict[str, Any]:
    parts = {name: getattr(one, name) for name in SCHEMA.names if hasattr(one, name)}
    for side, key in (("source", one.source), ("target", one.target)):
        parts |= {f"{side}_{name}": getattr(key, name) for name in AccountKey.__slots__}
    return parts | {"id": one.id.bytes, "book": one.source.book}


def test_every_field_of_a_bulk_load_arrives_as_it_was_said(operator: Scope, yard: Yard) -> None:
    """Backslashes, codes, instants, decimals and holes, through COPY and back."""
    plant = replace(yard.stock, origin_sector=Sector.MUNICIPAL)
    origin = replace(yard.origin, origin_sector=Sector.MUNICIPAL)
    said = yard.transfer(
        origin,
        plant,
        1_500_000,
        Step.GENERATE,
        quantity=Decimal("1.500"),
        unit="t",
        document="磅单\\N\\x41\\",
        dry_share_ppm=123_456,
        uncertainty_ppm=7,
        container=new_id(yard.now),
        occurred_at=datetime(2026, 2, 27, 23, 59, 59, 999_999, tzinfo=UTC),
        precision=Precision.INSTANT,
    )
    assert post_many(operator, [single(said)], now=yard.now).posted == 1
    with session(operator), driver_cursor() as cursor:
        assert read_transfers(cursor, [said.id]) == {said.id: said}
    assert post(operator, single(said), now=yard.now).outcome == "repeated"
