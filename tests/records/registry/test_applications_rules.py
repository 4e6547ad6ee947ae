"""What an application may say, and which act leads where."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.findings import Severity
from wufei.records.registry.core.applications import (
    FIELDS,
    OPEN,
    TRANSITIONS,
    WORDS_MAX,
    ApplicationAct,
    ApplicationDraft,
    ApplicationState,
    after,
    check_application,
    read_reason,
    read_remarks,
)
from wufei.records.registry.core.uscc import ALPHABET, check_character

BODY = "91110000600037341"
GOOD = ApplicationDraft(
    name="试验制造有限公司",
    uscc=BODY + check_character(BODY),
    region="大兴区",
    address="试验路 1 号",
    contact_name="李四光",
    phone="138 0000 5678",
    email="li@example.cn",
)


def test_a_complete_application_has_no_finding():
    assert check_application(GOOD) == []
    assert check_application(replace(GOOD, email="")) == []


def test_every_field_that_is_wrong_is_named_at_once_in_the_order_of_the_form():
    found = check_application(ApplicationDraft("", "123", "", "", "", "none", "nobody"))
    assert [each.where for each in found] == list(FIELDS)
    assert {each.severity for each in found} == {Severity.ERROR}


@given(body=st.text(ALPHABET, min_size=17, max_size=17), last=st.sampled_from(ALPHABET))
def test_a_failed_check_character_warns_and_nothing_more(body, last):
    found = check_application(replace(GOOD, uscc=body + last))
    right = check_character(body) == last
    assert [each.severity for each in found] == ([] if right else [Severity.WARNING])


@pytest.mark.parametrize("field", ["phone", "email"])
def test_a_message_does_not_repeat_what_is_personal(field):
    (finding,) = check_application(replace(GOOD, **{field: "secret words"}))
    assert "secret" not in finding.message.zh + finding.message.en + finding.value


@given(act=st.sampled_from(ApplicationAct), state=st.sampled_from(ApplicationState))
def test_what_has_ended_never_moves_again_and_only_a_waiting_one_is_decided(act, state):
    sources, target = TRANSITIONS.get(act, ((), None))
    if state in sources:
        assert after(act, state) is target
        assert state in OPEN
    else:
        with pytest.raises(ConflictError) as refused:
            after(act, state)
        assert refused.value.code == "registry.application-state"


def test_a_return_needs_words_at_a_field_that_exists():
    kept = read_remarks({"/name": "  ", "/uscc": " 与执照不符 "})
    assert [(each.where, each.words) for each in kept] == [("/uscc", "与执照不符")]
    for wrong in ({}, {"/name": ""}, {"/password": "x"}, {"/name": "x" * (WORDS_MAX + 1)}):
        with pytest.raises(InputError):
            read_remarks(wrong)


@pytest.mark.parametrize("text", ["", "  ", "x" * (WORDS_MAX + 1)])
def test_a_refusal_needs_a_reason(text):
    with pytest.raises(InputError) as refused:
        read_reason(text)
    assert refused.value.code == "registry.reason"
