"""What is given from memory is what would be worked out anew."""

import uuid
from dataclasses import replace

import pytest
from django.db import transaction
from django.test import RequestFactory

from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.identity.queries import all_regions
from wufei.runtime.identity.services import save_region
from wufei.runtime.pages import memory
from wufei.runtime.pages.memory import remembered

OFFICE = Scope(1, 1, Role.OFFICE, frozenset({1}))


@pytest.fixture
def count(db):
    """Count how often something was worked out; each result is new."""
    memory.forget_all()
    calls = []

    def work_out():
        calls.append(len(all_regions()))
        return calls[-1]

    work_out.calls = calls
    return work_out


def asking(scope=OFFICE, method="GET"):
    request = RequestFactory().generic(method, "/")
    request.scope = scope
    return request


def write():
    save_region(
        key=f"memory-{uuid.uuid4().hex[:8]}", name=Text("区", "Area"), kind="synthetic", synthetic=True
    )


def test_the_same_question_is_worked_out_once(count):
    first = remembered(asking(), "regions", (2025,), count)
    assert remembered(asking(), "regions", (2025,), count) == first
    assert len(count.calls) == 1


@pytest.mark.parametrize(("name", "asked"), [("regions", (2024,)), ("others", (2025,))])
def test_another_question_is_worked_out_on_its_own(count, name, asked):
    remembered(asking(), "regions", (2025,), count)
    remembered(asking(), name, asked, count)
    assert len(count.calls) == 2


def test_after_any_write_it_is_worked_out_anew(count):
    before = remembered(asking(), "regions", (), count)
    write()
    assert remembered(asking(), "regions", (), count) == before + 1


@pytest.mark.parametrize(
    "other",
    [
        replace(OFFICE, role=Role.CLERK),
        replace(OFFICE, region_ids=frozenset({1, 2})),
        replace(OFFICE, party_ids=frozenset({7})),
        replace(OFFICE, everything=True),
    ],
)
def test_nobody_is_given_what_was_worked_out_for_other_rights(count, other):
    remembered(asking(), "regions", (), count)
    remembered(asking(other), "regions", (), count)
    assert len(count.calls) == 2


def test_a_colleague_with_the_same_rights_is_given_what_is_there(count):
    remembered(asking(), "regions", (), count)
    remembered(asking(replace(OFFICE, user_id=2, membership_id=2, language="en")), "regions", (), count)
    assert len(count.calls) == 1


def test_rows_not_yet_committed_never_reach_the_memory(count):
    with transaction.atomic():
        write()
        inside = remembered(asking(), "regions", (), count)
        transaction.set_rollback(True)
    assert remembered(asking(), "regions", (), count) == inside - 1


def test_a_request_that_may_write_sees_what_it_wrote(count):
    remembered(asking(), "regions", (), count)
    remembered(asking(method="POST"), "regions", (), count)
    assert len(count.calls) == 2


def test_what_was_not_asked_for_longest_goes_first(count, monkeypatch):
    monkeypatch.setattr(memory, "KEPT", 2)
    for number in (1, 2, 1, 3, 1, 2):
        remembered(asking(), "regions", (number,), count)
    # 1, 2 and 3 are new, 1 stays because it was asked for again, 2 had to go.
    assert len(count.calls) == 4
