"""Identifiers carry the writer's clock and sort by it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wufei.kernel.ids import id_instant, id_of, id_within, new_id

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(INSTANTS)
@example(datetime(2038, 2, 1, 0, 0, 0, 3000, tzinfo=UTC))
def test_the_clock_comes_back_to_the_millisecond(at):
    identifier = new_id(at)
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"
    assert timedelta(0) <= at - id_instant(identifier) < timedelta(milliseconds=1)


@given(INSTANTS, st.integers(1, 10**9))
def test_a_later_millisecond_sorts_later(at, later_ms):
    assert new_id(at) < new_id(at + timedelta(milliseconds=later_ms))


def test_ids_of_one_instant_differ():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert len({new_id(at) for _ in range(1000)}) == 1000


@given(INSTANTS, st.integers(0, 2**80))
def test_an_instant_and_its_chance_give_one_identifier(at, random):
    identifier = id_of(at, random)
    assert (identifier.version, identifier.variant) == (7, "specified in RFC 4122")
    assert identifier == id_of(at, random % 2**74)
    assert identifier != id_of(at, random ^ 1)


def test_a_clock_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        new_id(datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_random_uuid_carries_no_clock():
    with pytest.raises(ValueError, match="version 4"):
        id_instant(UUID("7f3f1e44-7d55-4a0c-9d6e-111111111111"))


@given(INSTANTS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_parts_of_a_whole_carry_its_clock_and_are_always_the_same(at, one, other):
    whole = new_id(at)
    part = id_within(whole, one)
    assert (part.version, part.variant) == (7, "specified in RFC 4122")
    assert id_instant(part) == id_instant(whole)
    assert part == id_within(whole, one)
    assert part != whole
    assert (part == id_within(whole, other)) == (one == other)
    assert part != id_within(new_id(at), one)
