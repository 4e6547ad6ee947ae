"""The nightly checks find what cannot be right, and tell it to those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections
from django.db.utils import DatabaseError

from wufei.kernel.errors import AccessError
from wufei.kernel.period import Precision
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.transfers import Posting, Step, single
from wufei.records.ledger.queries.nightly import CheckRun, Found
from wufei.records.ledger.services import check_nightly, post, post_many, reverse, seal
from wufei.records.ledger.services.nightly import nightly_is_due
from wufei.records.registry.services import save_site
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.database.services import Holder

Yard = Any
Settle = Callable[[], None]
Night = Callable[..., tuple[CheckRun, list[Found]]]


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def night(
    sealed_database: str, key: Ed25519PrivateKey, settle: Settle, operator: Scope, now: datetime
) -> Night:
    """Seal what there is and run the checks."""

    def run(*, at: datetime = now, sealing: bool = True) -> tuple[CheckRun, list[Found]]:
        settle()
        if sealing:
            seal(key, now=at)
        return check_nightly(operator, now=at, keys=(key.public_key().public_bytes_raw(),))

    return run


def codes(found: list[Found]) -> list[str]:
    return sorted(one.finding.code.removeprefix("ledger.") for one in found)


def on(day: int, hour: int = 4) -> datetime:
    return datetime(2026, 2, day, hour, tzinfo=UTC)


def test_a_sound_ledger_has_no_findings_and_says_that_nothing_was_changed(
    night: Night, yard: Yard, operator: Scope
) -> None:
    post(operator, single(yard.generate(5)), now=yard.now)
    post(operator, single(yard.use(5)), now=yard.now)
    run, found = night()
    assert found == []
    assert (run.intact, run.findings, run.sequence) == (True, 0, 1)
    with session(operator):
        last = queries.last_checks(operator)
    assert last is not None
    assert (last.run, last.found) == (run, ())


def test_a_stock_below_zero_in_the_past_is_found_though_it_is_right_today(
    night: Night, yard: Yard, operator: Scope
) -> None:
    post(operator, single(yard.generate(9, occurred_at=on(10), precision=Precision.INSTANT)), now=yard.now)
    used = yard.use(4, occurred_at=on(9), precision=Precision.INSTANT)
    post(operator, single(used), now=yard.now)
    post(operator, single(yard.use(5, occurred_at=on(11))), now=yard.now)
    _, (one,) = night()
    assert one.finding.code == "ledger.past-below-zero"
    assert (one.finding.value, one.transfer_id, one.region_id, one.holder_id) == (
        "-4",
        used.id,
        yard.region_id,
        yard.holder_id,
    )
    assert "2026-02-09 12:00" in one.finding.message.zh
    reverse(operator, used.id, reason="wrong-date", now=yard.now)
    assert night()[1] == []


@pytest.mark.parametrize(
    ("precision", "came", "left", "wrong"),
    [
        (Precision.DAY, on(10), on(10, 1), False),
        (Precision.DAY, on(11), on(10), True),
        (Precision.MONTH, on(20), on(10), False),
        (Precision.MONTH, datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC), True),
        (Precision.YEAR, on(20), datetime(2026, 1, 3, tzinfo=UTC), False),
        (Precision.INSTANT, on(10, 5), on(10, 4), True),
    ],
)
def test_only_what_cannot_have_been_otherwise_is_found(  # noqa: PLR0917
    night: Night,
    yard: Yard,
    operator: Scope,
    precision: Precision,
    came: datetime,
    left: datetime,
    wrong: bool,
) -> None:
    """A day's record may have come in the morning and left in the evening, whatever its instant says."""
    post(operator, single(yard.generate(5, occurred_at=came, precision=precision)), now=yard.now)
    post(operator, single(yard.use(5, occurred_at=left, precision=precision)), now=yard.now)
    assert codes(night()[1]) == (["past-below-zero"] if wrong else [])


def test_legs_and_runs_that_stay_open_are_found_until_they_are_finished(
    night: Night, yard: Yard, operator: Scope
) -> None:
    old = yard.now - timedelta(days=31)
    leg, run = yard.leg("l"), yard.run("r")
    post_many(
        operator,
        [
            single(yard.generate(50, occurred_at=old)),
            single(yard.transfer(yard.origin, yard.other, 50, Step.GENERATE, occurred_at=old)),
            single(yard.transfer(yard.stock, leg, 5, Step.DISPATCH, occurred_at=old)),
            single(yard.transfer(yard.stock, yard.leg("young"), 5, Step.DISPATCH)),
            single(yard.transfer(yard.other, run, 7, Step.TREAT_IN, occurred_at=old)),
        ],
        now=yard.now,
    )
    _, (one,) = night()
    assert (one.finding.code, one.finding.value) == ("ledger.leg-open-too-long", "5")
    later = yard.now + timedelta(days=60)
    assert codes(night(at=later)[1]) == ["leg-open-too-long", "leg-open-too-long", "run-open-too-long"]
    arrived = yard.transfer(leg, yard.other, 5, Step.RECEIVE)
    post(operator, Posting(arrived.id, (arrived,), (leg,)), now=yard.now)
    done = yard.transfer(run, replace(yard.used, stream="SW03"), 7, Step.TREAT_OUT)
    post(operator, Posting(done.id, (done,), (run,)), now=yard.now)
    assert codes(night(at=later)[1]) == ["leg-open-too-long"]


def test_a_late_reporter_below_zero_is_found(night: Night, yard: Yard, operator: Scope) -> None:
    site_id = save_site(
        operator,
        key=f"late-{yard.holder_id}",
        name=Text("迟报场", "Late yard"),
        party_id=yard.holder_id,
        region_id=yard.region_id,
        strict=False,
    )
    late = replace(yard.stock, site_id=site_id)
    post(operator, single(yard.transfer(yard.origin, late, 5, Step.GENERATE)), now=yard.now)
    post(operator, single(yard.transfer(late, yard.used, 8, Step.USE)), now=yard.now)
    _, found = night()
    assert codes(found) == ["tolerant-stock-below-zero"]
    assert found[0].finding.value == "-3"


def test_sealing_that_lags_and_a_changed_row_are_found_and_the_row_is_placed(
    night: Night, yard: Yard, operator: Scope, server: Holder, sealed_database: str
) -> None:
    made = yard.generate(5)
    post(operator, single(made), now=yard.now)
    run, found = night(at=yard.now + timedelta(seconds=31), sealing=False)
    assert codes(found) == ["sealing-lags"]
    assert run.intact
    night()
    with server.connect(sealed_database) as superuser:
        superuser.execute("UPDATE ledger_transfer SET document = 'forged'")
    run, found = night(at=yard.now + timedelta(hours=1))
    assert not run.intact
    assert "sealed-row-changed" in codes(found)
    row = next(one for one in found if one.finding.code == "ledger.sealed-row-changed")
    assert (row.transfer_id, row.region_id) == (made.id, yard.region_id)


def test_each_region_sees_what_was_found_there_and_the_last_run_replaces_the_one_before(
    night: Night, yard: Yard, operator: Scope
) -> None:
    post(operator, single(yard.generate(9, occurred_at=on(10))), now=yard.now)
    post(operator, single(yard.use(9, occurred_at=on(8))), now=yard.now)
    night()
    run, found = night(at=yard.now + timedelta(days=1))
    here = Scope(1, 1, Role.OFFICE, region_ids=frozenset({yard.region_id}))
    holder = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({yard.holder_id}))
    rival = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({yard.other_id}))
    elsewhere = Scope(1, 1, Role.OFFICE, region_ids=frozenset({yard.region_id + 1_000_000}))
    for scope, seen in ((here, 1), (holder, 1), (rival, 0), (elsewhere, 0), (operator, 1)):
        with session(scope):
            last = queries.last_checks(scope)
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT count(*) FROM ledger_check")
                assert cursor.fetchone() == (seen,)
        assert last is not None
        assert last.run == run
        assert [one.finding.message for one in last.found] == [one.finding.message for one in found][:seen]
    with session(Scope.public()), pytest.raises(AccessError):
        queries.last_checks(Scope.public())
    for table in ("ledger_check", "ledger_check_run"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            session(operator),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")


def test_the_checks_are_due_once_a_day_after_two_in_the_morning(
    night: Night, yard: Yard, operator: Scope
) -> None:
    """Two in the morning of Asia/Shanghai is 18:00 UTC of the day before."""
    evening = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert nightly_is_due(now=evening)
    night(at=evening)
    assert not nightly_is_due(now=evening + timedelta(hours=5, minutes=59))
    assert nightly_is_due(now=evening + timedelta(hours=6))
    night(at=evening + timedelta(hours=6))
    assert not nightly_is_due(now=evening + timedelta(hours=29))


def test_only_auditors_may_run_the_checks(db: None, now: datetime) -> None:
    with pytest.raises(AccessError):
        check_nightly(Scope(1, 1, Role.CLERK), now=now, keys=())
