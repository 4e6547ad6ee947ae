"""Every table is locked by row in the database itself, or stands here with the reason why it is not."""

from __future__ import annotations

import uuid

import pytest
from django.db import connections

from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.services import save_party, save_region

TABLES = """
    SELECT c.relname, c.relrowsecurity,
        (SELECT array_agg(a.attname::text) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND left(c.relname, 5) <> 'test_' ORDER BY c.relname
"""

WITHOUT_LOCK = {
    "auth_group": "Django's; Wufei uses none",
    "auth_group_permissions": "Django's; Wufei uses none",
    "auth_permission": "Django's; Wufei uses none",
    "django_content_type": "Django's; the names of tables",
    "django_migrations": "Django's; which migrations ran",
    "django_session": "read before anybody is known; a key of 32 signs is the lock",
    "identity_department": "names of offices, shown wherever a plan names them",
    "identity_membership": "read before a scope exists: it is what the scope is made of",
    "identity_party": "who holds waste is named wherever a record may be read; lists ask the scope",
    "identity_region": "names and codes of places are public",
    "identity_signinfailure": "read before anybody is known",
    "identity_user": "read before anybody is known",
}
"""Tables without row-level security, each with its reason."""

READ_BY_ALL = {
    "ledger_check_run": "when the nightly checks ran, and nothing of any waste",
    "ledger_closing": "which period is closed for whom: every writer has to know it",
    "ledger_head": "signed heads are there to be handed out",
    "plans_plan": "a plan is read when it is published",
    "plans_planedition": "an earlier edition was read when it was published",
    "plans_planline": "a plan is read when it is published",
    "plans_planproject": "a plan is read when it is published",
    "plans_plantarget": "a plan is read when it is published",
    "plans_plantask": "a plan is read when it is published",
    "registry_partyprofile": "named wherever a record may be read; lists ask the scope",
    "registry_site": "named wherever a record may be read; lists ask the scope",
}
"""Tables whose rows everybody may read; writing is locked."""

OF_A_PLACE = ("region_id", "party_id", "holder_id", "source_region_id")


def tables() -> dict[str, tuple[bool, list[str]]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLES)
        return {name: (locked, columns) for name, locked, columns in cursor.fetchall()}


def rows_seen(table: str) -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


@pytest.fixture
def stranger(db: None) -> Scope:
    """Someone of a region and firm that have no row anywhere."""
    key = f"strange-{uuid.uuid4().hex[:8]}"
    region_id = save_region(key=key, name=Text(key), kind="synthetic", synthetic=True)
    party_id = save_party(key=key, name=Text(key), kind="enterprise", region_id=region_id, synthetic=True)
    return Scope(1, 1, Role.OFFICE, region_ids=frozenset({region_id}), party_ids=frozenset({party_id}))


@pytest.mark.usefixtures("db")
def test_every_table_is_locked_by_row_or_has_a_reason():
    locked = {name: is_locked for name, (is_locked, _) in tables().items()}
    open_ones = {name for name, is_locked in locked.items() if not is_locked}
    assert open_ones == WITHOUT_LOCK.keys() & locked.keys()
    assert READ_BY_ALL.keys() <= locked.keys() - open_ones


@pytest.mark.usefixtures("district")
def test_a_stranger_sees_no_row_of_any_place(stranger: Scope):
    of_a_place = [
        name
        for name, (locked, columns) in tables().items()
        if locked and name not in READ_BY_ALL and set(OF_A_PLACE) & set(columns)
    ]
    with session(Scope.operator()):
        filled = {name for name in of_a_place if _readable(name) and rows_seen(name)}
    assert {"ledger_transfer", "ledger_account", "observations_observation"} <= filled
    with session(stranger):
        assert {name: rows_seen(name) for name in filled} == dict.fromkeys(filled, 0)


@pytest.mark.usefixtures("district")
def test_a_stranger_changes_no_row_of_any_place(stranger: Scope):
    """What may be changed at all is changed in sight only: here nothing is."""
    changed = {}
    with session(stranger), connections["default"].cursor() as cursor:
        for name, (locked, columns) in tables().items():
            if not locked or "region_id" not in columns or not _readable(name, "UPDATE"):
                continue
            cursor.execute(f'UPDATE "{name}" SET region_id = region_id')
            changed[name] = cursor.rowcount
    assert {"registry_site", "plans_plan", "observations_observation"} & changed.keys()
    assert set(changed.values()) == {0}


def _readable(table: str, right: str = "SELECT") -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
        return cursor.fetchone()[0]
