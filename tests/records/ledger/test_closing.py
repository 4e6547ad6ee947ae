"""A closed period takes nothing more, unless it is amended by an officer, with a reason, and says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections
from django.db.utils import DatabaseError

from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.period import Period, Precision
from wufei.records.ledger import queries
from wufei.records.ledger.core.closing import Closing, closable_periods, closed_findings, within
from wufei.records.ledger.core.transfers import Posting, Step, single
from wufei.records.ledger.services import close_period, post, post_many, reverse, seal
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

Yard = Any
FEBRUARY = Period.month_of(2026, 2)
IN_FEBRUARY = datetime(2026, 2, 10, 4, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()


def office(yard: Yard, *regions: int) -> Scope:
    return Scope(5, 1, Role.OFFICE, region_ids=frozenset(regions or {yard.region_id}))


def clerk(yard: Yard) -> Scope:
    return replace(office(yard), role=Role.CLERK)


@pytest.fixture
def close(settle: Callable[[], None]) -> Callable[..., Closing]:
    """Seal everything and close February for somebody."""

    def run(scope: Scope, yard: Yard, **terms: Any) -> Closing:
        settle()
        while seal(KEY, now=yard.now).more:
            pass
        whom = {} if "party_id" in terms else {"region_id": yard.region_id}
        return close_period(
            scope, **({"book": yard.book, "period": FEBRUARY, "now": yard.now} | whom | terms)
        )

    return run


def codes(receipt: Any) -> list[str]:
    return [found.code.removeprefix("ledger.") for found in receipt.findings]


def in_february(yard: Yard, grams: int, **changes: Any) -> Posting:
    made = yard.generate(grams, occurred_at=IN_FEBRUARY, **changes)
    return single(made)


def test_a_closed_month_takes_nothing_more(
    sealed_database: str, operator: Scope, yard: Yard, close: Any
) -> None:
    assert post(operator, in_february(yard, 5), now=yard.now).outcome == "posted"
    closing = close(office(yard), yard)
    assert (closing.sequence, closing.closed_by, closing.region_ids) == (1, 5, {yard.region_id})
    late = post(clerk(yard), in_february(yard, 1), now=yard.now)
    assert (late.outcome, codes(late)) == ("refused", ["period-closed"])
    assert "2026-02" in late.findings[0].message.en
    march = single(yard.generate(1, occurred_at=datetime(2026, 2, 28, 16, tzinfo=UTC)))
    assert post(clerk(yard), march, now=yard.now).outcome == "posted"


@pytest.mark.parametrize(
    ("amends", "reason", "role", "expected"),
    [
        ("2026-02", "typed-wrong", Role.OFFICE, []),
        ("2026-02-10", "typed-wrong", Role.OFFICE, []),
        ("2026", "typed-wrong", Role.OFFICE, ["amends-other-period"]),
        ("2026-02-11", "typed-wrong", Role.OFFICE, ["amends-other-period"]),
        ("2026-03", "typed-wrong", Role.OFFICE, ["amends-other-period"]),
        ("2026-02", "", Role.OFFICE, ["amendment-without-reason"]),
        ("2026-02", "typed-wrong", Role.CLERK, ["amendment-not-allowed"]),
        ("", "typed-wrong", Role.OFFICE, ["period-closed"]),
    ],
)
def test_only_an_officer_amends_with_period_and_reason(  # noqa: PLR0917 - one case a line
    sealed_database: str,
    yard: Yard,
    close: Any,
    amends: str,
    reason: str,
    role: Role,
    expected: list[str],
) -> None:
    close(office(yard), yard)
    posting = replace(in_february(yard, 3, amends_period=amends), reason=reason)
    receipt = post(replace(office(yard), role=role), posting, now=yard.now)
    assert codes(receipt) == expected
    assert receipt.outcome == ("refused" if expected else "posted")


def test_published_and_revised_figures_stand_side_by_side(
    sealed_database: str, operator: Scope, yard: Yard, close: Any, settle: Any
) -> None:
    first = in_february(yard, 100)
    post(operator, first, now=yard.now)
    closing = close(operator, yard)
    with session(operator):
        assert queries.amending_transfers(operator, closing.id, limit=9).rows == ()
    wrong = reverse(operator, first.id, reason="typed-wrong", now=yard.now, amends_period="2026-02")
    right = replace(in_february(yard, 70, amends_period="2026-02"), reason="typed-wrong")
    assert (wrong.outcome, post(operator, right, now=yard.now).outcome) == ("posted", "posted")
    settle()
    seal(KEY, now=yard.now)
    with session(office(yard)):
        (flow,) = queries.closed_flows(office(yard), closing.id)
        amending = queries.amending_transfers(office(yard), closing.id, limit=9)
    assert (flow.published_g, flow.revised_g, flow.published_rows, flow.revised_rows) == (100, 70, 1, 3)
    assert sorted(row.signed_grams for row in amending.rows) == [-100, 70]


def test_a_reversal_in_a_closed_month_must_say_that_it_amends(
    sealed_database: str, operator: Scope, yard: Yard, close: Any
) -> None:
    first = in_february(yard, 4)
    post(operator, first, now=yard.now)
    close(operator, yard)
    receipt = reverse(operator, first.id, reason="typed-wrong", now=yard.now)
    assert (receipt.outcome, codes(receipt)) == ("refused", ["period-closed"])


def test_a_closing_of_a_party_closes_what_it_holds_and_nothing_else(
    sealed_database: str, operator: Scope, yard: Yard, close: Any
) -> None:
    producer = Scope(6, 2, Role.PRODUCER, party_ids=frozenset({yard.holder_id}))
    close(producer, yard, party_id=yard.holder_id)
    assert codes(post(operator, in_february(yard, 1), now=yard.now)) == ["period-closed"]
    other = yard.transfer(yard.origin, yard.other, 1, Step.GENERATE, occurred_at=IN_FEBRUARY)
    assert post(operator, single(other), now=yard.now).outcome == "posted"
    amended = replace(in_february(yard, 1, amends_period="2026-02"), reason="typed-wrong")
    assert codes(post(producer, amended, now=yard.now)) == ["amendment-not-allowed"]


def test_a_closing_of_a_grouping_leaves_other_waste_open(
    sealed_database: str, operator: Scope, yard: Yard, close: Any
) -> None:
    close(operator, yard, grouping="stat.medical")
    assert post(operator, in_february(yard, 1), now=yard.now).outcome == "posted"
    medical = replace(yard.origin, stream="HW01", origin_sector="medical")
    stock = replace(yard.stock, stream="HW01", origin_sector="medical")
    made = yard.transfer(medical, stock, 1, Step.GENERATE, occurred_at=IN_FEBRUARY)
    assert codes(post(operator, single(made), now=yard.now)) == ["period-closed"]


def test_waste_of_a_closed_origin_is_closed_wherever_it_is(
    sealed_database: str, operator: Scope, yard: Yard, close: Any, region_factory: Callable[..., int]
) -> None:
    elsewhere = region_factory()
    post(operator, in_february(yard, 9), now=yard.now)
    away = replace(yard.other, region_id=elsewhere)
    leg = yard.leg("m")
    moved = Posting(
        new_id(yard.now),
        (
            yard.transfer(yard.stock, leg, 9, Step.DISPATCH, occurred_at=IN_FEBRUARY),
            yard.transfer(leg, away, 9, Step.RECEIVE, occurred_at=IN_FEBRUARY),
        ),
    )
    post(operator, moved, now=yard.now)
    close(operator, yard)
    used = replace(yard.used, region_id=elsewhere)
    there = yard.transfer(away, used, 2, Step.USE, occurred_at=IN_FEBRUARY)
    assert codes(post(operator, single(there), now=yard.now)) == ["period-closed"]


def test_a_bulk_load_leaves_out_what_is_closed(
    sealed_database: str, operator: Scope, yard: Yard, close: Any
) -> None:
    close(operator, yard)
    march = single(yard.generate(2, occurred_at=yard.now))
    given = [in_february(yard, 1), march, in_february(yard, 3)]
    report = post_many(operator, given, now=yard.now)
    assert (report.posted, report.refused) == (1, 2)
    assert [found.where for found in report.findings] == [
        "posting 1, transfer 1, occurred_at",
        "posting 3, transfer 1, occurred_at",
    ]


def test_the_database_refuses_a_late_row_by_itself(
    sealed_database: str, operator: Scope, yard: Yard, close: Any
) -> None:
    """Raw SQL by the application's own role, past the service."""
    post(operator, in_february(yard, 1), now=yard.now)
    close(operator, yard)
    with connections["default"].cursor() as cursor, session(operator):
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'ledger_transfer' "
            "AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'posting_id', 'xid', 'amends_period')"
        )
        names = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
    copied = (
        f"INSERT INTO ledger_transfer (id, posting_id, amends_period, {names}) "
        f"SELECT %s, %s, %s, {names} FROM ledger_transfer"
    )

    def insert(amends: str) -> None:
        with session(operator), connections["default"].cursor() as cursor:
            cursor.execute(copied, [new_id(yard.now), new_id(yard.now), amends])

    for amends in ("", "2026-03", "2026", "2026-02-11", "nonsense"):
        with pytest.raises(DatabaseError, match="period-closed"):
            insert(amends)
    insert("2026-02")


def test_nothing_slips_in_while_a_period_is_closed(
    sealed_database: str, operator: Scope, yard: Yard, close: Any
) -> None:
    """A writer that has looked and not yet written makes the closing wait, and is then under it."""
    looked, go_on = threading.Event(), threading.Event()

    def write_slowly() -> str:
        def given() -> Any:
            yield in_february(yard, 7)
            looked.set()
            assert go_on.wait(20)

        try:
            return str(post_many(operator, given(), now=yard.now).posted)
        finally:
            connections.close_all()

    def close_it() -> Closing | str:
        try:
            return close(operator, yard)
        except ConflictError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write_slowly)
        assert looked.wait(20)
        closing = pool.submit(close_it)
        go_on.set()
        assert writing.result() == "1"
        found = closing.result()
    # Either it waited for the row to be sealed, or it says that something waits: never is a row left out.
    if isinstance(found, Closing):
        assert found.sequence == 1
    else:
        assert found == "ledger.not-sealed"


def test_a_period_is_closed_only_over_what_is_sealed(
    sealed_database: str, operator: Scope, yard: Yard
) -> None:
    post(operator, in_february(yard, 1), now=yard.now)
    with pytest.raises(ConflictError) as caught:
        close_period(operator, book=yard.book, period=FEBRUARY, region_id=yard.region_id, now=yard.now)
    assert caught.value.code == "ledger.not-sealed"


def test_a_period_is_closed_once(sealed_database: str, operator: Scope, yard: Yard, close: Any) -> None:
    close(operator, yard)
    with pytest.raises(ConflictError) as caught:
        close(operator, yard)
    assert caught.value.code == "ledger.closed-already"
    assert close(operator, yard, grouping="stat.medical").grouping == "stat.medical"
    with session(operator):
        assert len(queries.closings(operator, region_id=yard.region_id)) == 2


def test_bad_closings_are_refused_with_the_fix(operator: Scope, yard: Yard) -> None:
    here = {"book": yard.book, "region_id": yard.region_id, "now": yard.now}
    for terms, code in (
        ({"period": Period.month_of(2026, 3)}, "closing-not-over"),
        ({"period": Period.containing(IN_FEBRUARY.date(), Precision.DAY)}, "closing-period-kind"),
        ({"period": FEBRUARY, "region_id": None}, "closing-of-whom"),
        ({"period": FEBRUARY, "party_id": yard.holder_id}, "closing-of-whom"),
        ({"period": FEBRUARY, "grouping": "stat.gold"}, "closing-grouping"),
    ):
        with pytest.raises(InputError) as caught:
            close_period(operator, **(here | terms))
        assert caught.value.code == f"ledger.{code}"
    with pytest.raises(NotFoundError):
        close_period(operator, **(here | {"period": FEBRUARY, "region_id": 10**9}))


def test_nobody_closes_for_another(
    sealed_database: str, operator: Scope, yard: Yard, close: Any, region_factory: Callable[..., int]
) -> None:
    elsewhere = region_factory()
    with pytest.raises(AccessError):
        close(office(yard, elsewhere), yard)
    with pytest.raises(AccessError):
        close(clerk(yard), yard)
    with pytest.raises(AccessError):
        close(Scope(6, 2, Role.PRODUCER, party_ids=frozenset({yard.other_id})), yard, party_id=yard.holder_id)
    closing = close(operator, yard)
    with session(office(yard, elsewhere)), pytest.raises(AccessError):
        queries.closed_flows(office(yard, elsewhere), closing.id)
    insert = """
        INSERT INTO ledger_closing (book, period, start_on, end_on, region_id, region_ids, grouping, streams,
            sectors, sequence, recorded_at)
        VALUES (%s, '2026-01', '2026-01-01', '2026-02-01', %s, ARRAY[%s::bigint], '', '{}', '{}', 0, now())
    """
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        session(office(yard, elsewhere)),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(insert, [yard.book, yard.region_id, yard.region_id])


def test_a_closing_cannot_be_undone_by_the_application(
    sealed_database: str, operator: Scope, yard: Yard, close: Any
) -> None:
    close(operator, yard)
    for statement in ("DELETE FROM ledger_closing", "UPDATE ledger_closing SET book = 'x'"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            session(operator),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)


def test_an_amendment_of_an_open_period_is_only_remarked(operator: Scope, yard: Yard) -> None:
    receipt = post(operator, in_february(yard, 1, amends_period="2026-02"), now=yard.now)
    assert (receipt.outcome, codes(receipt)) == ("posted", ["amends-open-period"])


def test_of_overlapping_closings_the_finest_period_is_asked_for(yard: Yard) -> None:
    def closing(period: Period) -> Closing:
        regions = frozenset({yard.region_id})
        return Closing(
            1, yard.book, period, yard.region_id, None, regions, "", frozenset(), 0, yard.now, None
        )

    both = [closing(Period.year_of(2026)), closing(FEBRUARY)]
    (found,) = closed_findings(in_february(yard, 1), both, may_amend=True)
    assert "2026-02" in found.message.zh
    amended = replace(in_february(yard, 1, amends_period="2026-02"), reason="typed-wrong")
    assert list(closed_findings(amended, both, may_amend=True)) == []


def test_a_period_lies_within_itself_and_wider_ones() -> None:
    quarter, year = Period.parse("2026Q1"), Period.year_of(2026)
    assert within(FEBRUARY, quarter)
    assert within(quarter, year)
    assert within(year, year)
    assert not within(year, quarter)
    assert not within(FEBRUARY, Period.parse("2026Q2"))


def test_only_periods_that_are_over_are_offered_for_closing() -> None:
    offered = closable_periods(date(2025, 11, 20), date(2026, 3, 1))
    listed = {precision.value: [str(period) for period in periods] for precision, periods in offered.items()}
    assert listed == {
        "month": ["2026-02", "2026-01", "2025-12", "2025-11"],
        "quarter": ["2025Q4"],
        "year": ["2025"],
    }
    assert closable_periods(date(2026, 3, 1), date(2026, 3, 1)) == {}
    old = closable_periods(date(1990, 1, 1), date(2026, 3, 1))
    assert str(old[Precision.YEAR][-1]) == "2021"
