"""Row-level security alone keeps the credentials of one person from the session of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError, connections, transaction

from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now
from wufei.runtime.identity.core.tokens import token_hash
from wufei.runtime.identity.models.visibility import as_person, presenting
from wufei.runtime.identity.services import (
    create_api_key,
    link_oidc,
    make_reset_link,
    renew_recovery_codes,
    save_contact,
)

TABLES = (*("contact", "secondfactor", "recoverycode", "oidclink", "apikey", "session", "invitation"),)


@pytest.fixture
def person(person_factory: Any, factor_of: Callable[[int], bytes], sign_in: Any) -> Any:
    """Somebody with a row in each table."""
    made = person_factory()
    with session(Scope.operator()):
        make_reset_link(
            membership_id=made.membership_id, drops_second_factor=False, invited_by=None, at=now()
        )
    renewed = person_factory(region_id=None)
    factor_of(renewed.id)
    renew_recovery_codes(user_id=renewed.id)
    sign_in_before = renewed
    create_api_key(
        user_id=renewed.id, membership_id=renewed.membership_id, name="k", days=1, only_reading=True, at=now()
    )
    link_oidc(user_id=renewed.id, issuer="https://i.example", hashed=token_hash(renewed.username), at=now())
    save_contact(user_id=renewed.id, phone="13800005678", email="")
    with session(Scope.operator()), connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE identity_invitation SET user_id = %s WHERE user_id = %s", [renewed.id, made.id]
        )
        cursor.execute(
            "INSERT INTO identity_session (session_key, session_data, expire_date, user_id, device,"
            " started_at, seen_at) VALUES (%s, '', now() + interval '1 day', %s, '', now(), now())",
            [token_hash(f"key of {renewed.username}"), renewed.id],
        )
    return sign_in_before


def _seen(table: str, user_id: int) -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM identity_{table} WHERE user_id = %s", [user_id])
        return int(cursor.fetchone()[0])


def _scope(user_id: int | None) -> Scope:
    return Scope(user_id, None, Role.CLERK)


@pytest.mark.parametrize("table", TABLES)
def test_a_person_sees_own_rows_and_another_person_none(person: Any, person_factory: Any, table: str) -> None:
    with session(_scope(person.id)):
        assert _seen(table, person.id) > 0
    with session(_scope(person_factory().id)):
        assert _seen(table, person.id) == 0
    with session(_scope(None)):
        assert _seen(table, person.id) == 0
    with transaction.atomic():
        assert _seen(table, person.id) == 0


@pytest.mark.parametrize("table", TABLES)
def test_another_person_changes_and_adds_nothing(person: Any, person_factory: Any, table: str) -> None:
    with session(_scope(person_factory().id)), connections["default"].cursor() as cursor:
        cursor.execute(f"DELETE FROM identity_{table} WHERE user_id = %s", [person.id])
        assert cursor.rowcount == 0
    with session(_scope(person.id)):
        assert _seen(table, person.id) > 0


def test_a_row_for_another_person_is_refused(person: Any, person_factory: Any) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        session(_scope(person_factory().id)),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute("INSERT INTO identity_recoverycode (user_id, code_hash) VALUES (%s, 'x')", [person.id])


@pytest.mark.parametrize("table", [table for table in TABLES if table != "contact"])
def test_the_role_that_reads_all_records_reads_none_of_these(person: Any, table: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic("system"),
        connections["system"].cursor() as cursor,
    ):
        cursor.execute(f"SELECT count(*) FROM identity_{table}")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT phone FROM identity_contact",
        "SELECT * FROM identity_contact",
        "SELECT user_id FROM identity_contact WHERE phone <> ''",
        "UPDATE identity_contact SET email = 'thief@example.cn'",
        "UPDATE identity_contact SET phone = ''",
        "INSERT INTO identity_contact (user_id, phone, email, refused) VALUES (1, '', 'a@b.cn', '')",
        "DELETE FROM identity_contact",
        "SELECT email FROM identity_invitation",
    ],
)
def test_who_sends_mail_reads_no_phone_and_changes_no_address(db: None, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic("system"),
        connections["system"].cursor() as cursor,
    ):
        cursor.execute(statement)


def test_who_sends_mail_sees_contacts_with_an_address_only(person: Any, person_factory: Any) -> None:
    reached = person_factory()
    save_contact(user_id=reached.id, phone="13800005678", email="zhang@example.cn")
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT user_id, email FROM identity_contact WHERE user_id = ANY(%s)", [[person.id, reached.id]]
        )
        assert cursor.fetchall() == [(reached.id, "zhang@example.cn")]


def test_who_presents_a_secret_sees_its_row_and_no_other(person: Any) -> None:
    with presenting(token_hash(f"key of {person.username}")):
        assert _seen("session", person.id) == 1
        assert _seen("apikey", person.id) == 0
    with presenting(token_hash("another")):
        assert _seen("session", person.id) == 0


def test_the_outer_person_is_given_back(person: Any, person_factory: Any) -> None:
    other = person_factory()
    with session(_scope(other.id)):
        with as_person(person.id):
            assert _seen("secondfactor", person.id) == 1
        assert _seen("secondfactor", person.id) == 0


def test_an_office_reads_how_to_reach_its_people_and_cannot_change_it(
    person: Any, region_factory: Any
) -> None:
    with session(Scope.operator()), connections["default"].cursor() as cursor:
        cursor.execute("SELECT region_id FROM identity_membership WHERE id = %s", [person.membership_id])
        region_id = cursor.fetchone()[0]
    here = Scope(None, None, Role.OFFICE, region_ids=frozenset({region_id}))
    elsewhere = Scope(None, None, Role.OFFICE, region_ids=frozenset({region_factory()}))
    with session(here), connections["default"].cursor() as cursor:
        assert _seen("contact", person.id) == 1
        cursor.execute("UPDATE identity_contact SET phone = '1' WHERE user_id = %s", [person.id])
        assert cursor.rowcount == 0
    with session(elsewhere):
        assert _seen("contact", person.id) == 0
