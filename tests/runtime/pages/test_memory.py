"""What is given from memory is what would be worked out anew."""

import uuid
from dataclasses import replace

import pytest
from django.db import connections, transaction
from django.test import RequestFactory

from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.identity.queries import all_regions
from wufei.runtime.identity.services import save_region
from wufei.runtime.pages import memory
from wufei.runtime.pages.memory import Table, remembered

REGIONS = (Table("identity_region"),)
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
    first = remembered(
        asking(),
        REGIONS,
        (
            "regions",
            2025,
        ),
        count,
    )
    assert (
        remembered(
            asking(),
            REGIONS,
            (
                "regions",
                2025,
            ),
            count,
        )
        == first
    )
    assert len(count.calls) == 1


@pytest.mark.parametrize(("name", "asked"), [("regions", (2024,)), ("others", (2025,))])
def test_another_question_is_worked_out_on_its_own(count, name, asked):
    remembered(
        asking(),
        REGIONS,
        (
            "regions",
            2025,
        ),
        count,
    )
    remembered(asking(), REGIONS, (name, *asked), count)
    assert len(count.calls) == 2


def test_after_a_write_it_is_worked_out_anew(count):
    before = remembered(asking(), REGIONS, ("regions",), count)
    write()
    assert remembered(asking(), REGIONS, ("regions",), count) == before + 1


def test_rows_of_other_tables_make_nobody_wait(count):
    remembered(asking(), (Table("plans_plan"),), (), count)
    write()
    remembered(asking(), (Table("plans_plan"),), (), count)
    assert len(count.calls) == 1


def test_a_changed_row_counts_as_much_as_a_new_one(count):
    key = f"memory-{uuid.uuid4().hex[:8]}"
    save_region(key=key, name=Text("旧名", "Old"), kind="synthetic", synthetic=True)
    remembered(asking(), REGIONS, (), count)
    save_region(key=key, name=Text("新名", "New"), kind="synthetic", synthetic=True)
    remembered(asking(), REGIONS, (), count)
    assert len(count.calls) == 2


@pytest.fixture
def log(db):
    """A table whose rows carry their transaction, and a second connection to write to it."""
    name = f"memory_log_{uuid.uuid4().hex[:8]}"
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (xid xid8 NOT NULL DEFAULT pg_current_xact_id())")
        cursor.execute(f"GRANT SELECT, INSERT ON {name} TO PUBLIC")
    yield name
    with owner.cursor() as cursor:
        cursor.execute(f"DROP TABLE {name}")


def test_a_transaction_that_ends_after_a_later_one_is_noticed(log, count):
    tables = (Table(log, logged=True),)
    insert = f"INSERT INTO {log} DEFAULT VALUES"
    remembered(asking(), tables, (), count)
    with transaction.atomic(using="owner"):
        connections["owner"].cursor().execute(insert)
        with connections["default"].cursor() as later:
            later.execute(insert)
        remembered(asking(), tables, (), count)
        # Any transaction of the server that was open and ends meanwhile asks for a new result, too.
        seen = 0
        while seen < len(count.calls) < 100:
            seen = len(count.calls)
            remembered(asking(), tables, (), count)
        assert 2 <= seen == len(count.calls)
    remembered(asking(), tables, (), count)
    assert len(count.calls) == seen + 1


def test_of_a_growing_table_only_the_newest_row_is_looked_at(log, count):
    tables = (Table(log, newest="number"),)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {log} ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY UNIQUE")
    for written, expected in ((True, 1), (False, 1), (True, 2)):
        if written:
            with connections["owner"].cursor() as cursor:
                cursor.execute(f"INSERT INTO {log} DEFAULT VALUES")
        remembered(asking(), tables, ("newest", log), count)
        assert len(count.calls) == expected


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
    remembered(asking(), REGIONS, ("regions",), count)
    remembered(asking(other), REGIONS, ("regions",), count)
    assert len(count.calls) == 2


def test_a_colleague_with_the_same_rights_is_given_what_is_there(count):
    remembered(asking(), REGIONS, ("regions",), count)
    remembered(
        asking(replace(OFFICE, user_id=2, membership_id=2, language="en")), REGIONS, ("regions",), count
    )
    assert len(count.calls) == 1


def test_rows_not_yet_committed_never_reach_the_memory(count):
    with transaction.atomic():
        write()
        inside = remembered(asking(), REGIONS, ("regions",), count)
        transaction.set_rollback(True)
    assert remembered(asking(), REGIONS, ("regions",), count) == inside - 1


def test_a_request_that_may_write_sees_what_it_wrote(count):
    remembered(asking(), REGIONS, ("regions",), count)
    remembered(asking(method="POST"), REGIONS, ("regions",), count)
    assert len(count.calls) == 2


def test_what_was_not_asked_for_longest_goes_first(count, monkeypatch):
    monkeypatch.setattr(memory, "KEPT", 2)
    for number in (1, 2, 1, 3, 1, 2):
        remembered(
            asking(),
            REGIONS,
            (
                "regions",
                number,
            ),
            count,
        )
    # 1, 2 and 3 are new, 1 stays because it was asked for again, 2 had to go.
    assert len(count.calls) == 4
