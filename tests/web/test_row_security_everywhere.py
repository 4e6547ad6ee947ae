"""Row-level security alone refuses every foreign row, in every table that the database itself knows of."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction

from wufei.kernel.errors import AccessError, NotFoundError
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.queries import reading
from wufei.runtime.access import core, queries
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import mandates, session
from wufei.runtime.clock import now, today_on

NOWHERE = Scope(1, 1, Role.OFFICE, region_ids=frozenset({2**62}), party_ids=frozenset({2**62}))

OPEN = {
    "identity_party": "names of the other side of every transfer; the scope itself is made from it",
    "identity_membership": "read at sign-in, before there is a scope",
    "identity_department": "offices of the government with their names, which are public; no personal data",
}
"""Tables with a region or party that have no row security, each with its reason."""

READ_BY_ALL = {
    "plans_plan": "plans are published",
    "ledger_closing": "whoever posts must know which periods are closed; the pages show one's own",
    "registry_site": "a site met in a record is named to whoever may read that record",
    "registry_partyprofile": "industry and class of a firm, shown beside its name",
}
"""Tables that everybody may read; nobody writes foreign rows."""

ADDED_BY_ALL = {"audit_event": "whoever is refused has no reach, and that is what the row says"}
"""Tables to which everybody adds; nobody sees foreign rows."""

GUARDED = {("ledger_closing", "55000")}
"""A trigger looks for what is not yet sealed, and refuses, before the policy is asked."""

_PLACED = """
    SELECT c.relname, c.relrowsecurity OR parent.relrowsecurity IS TRUE, c.relkind,
        array_agg(a.attname ORDER BY a.attname)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid LEFT JOIN pg_class AS parent ON parent.oid = i.inhparent
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND i.inhrelid IS NULL
        AND a.attname ~ '(^|_)(region|party|holder|owner)_id$'
    GROUP BY c.oid, parent.oid ORDER BY c.relname
"""


def _tables(database: str) -> list[tuple[str, bool, list[str]]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(_PLACED)
        return [(name, secured, columns) for name, secured, _, columns in cursor.fetchall()]


def test_every_table_with_a_place_is_secured_or_says_why_not(db: None, database: str) -> None:
    found = {name: secured for name, secured, _ in _tables(database)}
    assert len(found) > 10
    bare = sorted(name for name, secured in found.items() if not secured)
    assert bare == sorted(OPEN), (
        "ENABLE ROW LEVEL SECURITY, with policies like those in runtime/access/README.md"
    )
    assert set(READ_BY_ALL) | set(ADDED_BY_ALL) <= {name for name, secured in found.items() if secured}


def test_from_elsewhere_no_row_of_any_secured_table_is_seen(district: object, database: str) -> None:
    seen, filled = {}, 0
    for name, secured, _ in _tables(database):
        if secured and name not in READ_BY_ALL:
            seen[name] = _count(name, NOWHERE)
            filled += bool(_count(name, Scope.operator()))
    assert filled > 3, "a test that sees nothing of nothing proves nothing"
    assert {name: number for name, number in seen.items() if number} == {}
    assert len(seen) > 8


def test_from_elsewhere_no_row_of_any_secured_table_is_changed_or_removed(
    district: object, database: str
) -> None:
    changed = {}
    for name, secured, columns in _tables(database):
        if secured:
            for statement in (
                f'UPDATE "{name}" SET "{columns[0]}" = "{columns[0]}"',
                f'DELETE FROM "{name}"',
            ):
                number = _touch(statement)
                if number:
                    changed[statement] = number
    assert changed == {}


def test_to_elsewhere_no_row_of_any_secured_table_is_added(district: object, database: str) -> None:
    """The policy is asked before any constraint: an insertion fails by it, or by a missing grant."""
    added = {}
    for name, secured, columns in _tables(database):
        if secured and name not in ADDED_BY_ALL:
            added[name] = _refusal(*_insertion(name, columns))
    allowed = {name: why for name, why in added.items() if why != "42501" and (name, why) not in GUARDED}
    assert allowed == {}


@pytest.fixture
def two_firms(db: None, party_factory: Callable[..., int]) -> tuple[int, int, int]:
    owner, other, agent = party_factory(), party_factory(), party_factory()
    with session(Scope.operator()):
        for each in (owner, other):
            mandates.grant_mandate(
                Scope.operator(),
                owner_id=each,
                agent_id=agent,
                from_on=today_on(),
                last_on=today_on() + timedelta(days=3),
                at=now(),
            )
    return owner, other, agent


def test_with_the_scope_code_switched_off_the_mandates_of_another_firm_stay_hidden(
    two_firms: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, other, agent = two_firms
    for module in (queries, mandates):
        monkeypatch.setattr(module, "require", lambda *args, **kwargs: None)
    scope = Scope(None, None, Role.PRODUCER, party_ids=frozenset({owner}))
    with session(scope):
        assert {row.terms.owner_id for row in queries.mandates_of_owner(scope)} == {owner}
        assert queries.mandates_of_owner(scope, other) == []
    with session(Scope.operator()):
        (foreign,) = queries.mandates_of_owner(Scope.operator(), other)
    with pytest.raises(NotFoundError), session(scope):
        mandates.revoke_mandate(scope, foreign.terms.id, at=now())
    with pytest.raises(Exception, match="row-level security"), session(scope):
        mandates.grant_mandate(
            scope, owner_id=other, agent_id=agent, from_on=today_on(), last_on=today_on(), at=now()
        )


def test_the_wrong_firm_is_refused_in_words(two_firms: tuple[int, int, int]) -> None:
    owner, other, agent = two_firms
    scope = Scope(None, None, Role.PRODUCER, party_ids=frozenset({owner}))
    with pytest.raises(AccessError), session(scope):
        mandates.grant_mandate(
            scope, owner_id=other, agent_id=agent, from_on=today_on(), last_on=today_on(), at=now()
        )


def _insertion(table: str, columns: list[str]) -> tuple[str, list[object]]:
    """A row of nowhere; one of a partitioned table has an identifier that leads to a partition."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(one) ->> 'id' FROM \"{table}\" AS one LIMIT 1")
        known = cursor.fetchone()
    values: dict[str, object] = dict.fromkeys(columns, 7)
    if known and "-" in str(known[0]):
        values["id"] = known[0]
    listed, marks = ", ".join(f'"{name}"' for name in values), ", ".join("%s" for _ in values)
    return f'INSERT INTO "{table}" ({listed}) OVERRIDING USER VALUE VALUES ({marks})', list(values.values())


def _count(table: str, scope: Scope) -> int:
    try:
        with session(scope), connections["default"].cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            return int(cursor.fetchone()[0])
    except Exception as error:
        if _code(error) == "42501":
            return 0
        raise


def _touch(statement: str) -> int:
    """How many rows a statement would touch; it is taken back."""
    try:
        with session(NOWHERE), connections["default"].cursor() as cursor:
            cursor.execute(statement)
            number = int(cursor.rowcount)
            transaction.set_rollback(True)
            return number
    except Exception as error:
        if _code(error) == "42501":
            return 0
        raise


def _refusal(statement: str, values: list[object]) -> str:
    """The code of the error that a statement ends with."""
    try:
        with session(NOWHERE), connections["default"].cursor() as cursor:
            cursor.execute(statement, values)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return _code(error)
    return ""


def _code(error: BaseException) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
    return str(getattr(cause, "sqlstate", "") or error)


def test_with_require_and_filters_switched_off_no_page_shows_a_foreign_district(
    district_factory: Callable[..., object],
    signed_in: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pages of the ledger with every `require` let through and the filters of the reader opened wide."""
    own, foreign = district_factory(), district_factory()
    with session(Scope.operator()):
        page = reading.accounts(
            Scope.operator(), book=foreign.book, region_id=foreign.region_id, kind=Kind.STOCK, limit=1
        )
    stock = page.rows[0].id
    client = signed_in(own, "clerk")
    for module in [each for name, each in list(sys.modules.items()) if name.startswith("wufei.")]:
        if getattr(module, "require", None) is core.require:
            monkeypatch.setattr(module, "require", lambda *args, **kwargs: None)
    for name in ("_VISIBLE", "_VISIBLE_ACCOUNTS"):
        monkeypatch.setattr(reading, name, "true")
    addresses = [
        f"/ledger/accounts/{stock}",
        f"/ledger/transfers/{foreign.used_id}",
        f"/ledger/transfers/{foreign.used_id}/correction",
        f"/api/ledger/accounts/{stock}",
        f"/api/ledger/transfers/{foreign.used_id}",
    ]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 404
    )
    assert client.get(f"/ledger/transfers/{own.used_id}").status_code == 200
    listed = client.get("/api/ledger/accounts", {"book": foreign.book, "region": foreign.key})
    assert listed.json()["accounts"] == []
