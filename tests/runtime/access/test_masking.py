"""Phones and identity numbers are shown in full only to who needs them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.core.masking import (
    mask_email,
    mask_id_number,
    mask_name,
    mask_phone,
    shown_id_number,
    shown_phone,
)

PHONE = "13812345678"
ID_NUMBER = "110101199003071234"


def _scope(role: Role) -> Scope:
    return Scope(1, 1, role, region_ids=frozenset({1}), party_ids=frozenset({5}))


def test_a_phone_and_an_id_number_keep_their_ends() -> None:
    assert mask_phone(PHONE) == "138****5678"
    assert mask_id_number(ID_NUMBER) == "110101**********34"
    assert (mask_name("张三丰"), mask_name("")) == ("张**", "")
    assert (mask_email("zhang@example.cn"), mask_email("nowhere")) == ("z***@example.cn", "")


@given(st.text(st.characters(categories=("Nd", "Lu")), min_size=3, max_size=30))
def test_a_masked_value_is_as_long_and_hides_at_least_a_character(value: str) -> None:
    for masked in (mask_phone(value), mask_id_number(value)):
        assert len(masked) == len(value)
        assert "*" in masked


@pytest.mark.parametrize(
    ("role", "region_id", "party_id", "full"),
    [
        (Role.INSPECTOR, 1, None, True),
        (Role.INSPECTOR, 2, None, False),
        (Role.INSPECTOR, None, None, False),
        (Role.CLERK, 1, None, False),
        (Role.LEADER, 1, 5, False),
        (Role.PRODUCER, 1, 5, True),
        (Role.PRODUCER, 1, 6, False),
        (Role.AGENT, 1, 5, False),
    ],
)
def test_who_sees_a_number_in_full(
    role: Role, region_id: int | None, party_id: int | None, full: bool
) -> None:
    place = {"region_id": region_id, "party_id": party_id}
    assert (shown_phone(_scope(role), PHONE, **place) == PHONE) is full
    assert (shown_id_number(_scope(role), ID_NUMBER, **place) == ID_NUMBER) is full
