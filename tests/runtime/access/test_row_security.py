"""The database itself hides rows from whoever has no session, or another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

POLICY = """
CREATE TABLE invented_row (id bigint PRIMARY KEY, region_id bigint NOT NULL, party_id bigint);
ALTER TABLE invented_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE invented_row FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON invented_row TO wufei_app USING (
    (SELECT wufei_sees_all())
    OR region_id = ANY ((SELECT wufei_regions())::bigint[])
    OR party_id = ANY ((SELECT wufei_parties())::bigint[])
);
CREATE POLICY system ON invented_row TO wufei_system USING (true);
"""


@pytest.fixture
def table(db: None) -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(POLICY)
    with session(Scope.operator()), connections["default"].cursor() as cursor:
        cursor.execute("INSERT INTO invented_row VALUES (1, 10, 100), (2, 20, 200), (3, 20, 100)")
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE invented_row")


def _seen(alias: str = "default") -> list[int]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT id FROM invented_row ORDER BY id")
        return [number for (number,) in cursor.fetchall()]


def _scope(
    role: Role, *, regions: frozenset[int] = frozenset(), parties: frozenset[int] = frozenset()
) -> Scope:
    return Scope(1, 1, role, region_ids=regions, party_ids=parties)


@pytest.mark.usefixtures("table")
def test_without_a_session_the_application_sees_no_row() -> None:
    assert _seen() == []


@pytest.mark.usefixtures("table")
def test_the_system_role_sees_every_row_without_a_session() -> None:
    assert _seen("system") == [1, 2, 3]


@pytest.mark.usefixtures("table")
def test_the_operator_sees_every_row() -> None:
    with session(Scope.operator()):
        assert _seen() == [1, 2, 3]


@pytest.mark.usefixtures("table")
def test_an_office_sees_the_rows_of_its_regions() -> None:
    with session(_scope(Role.OFFICE, regions=frozenset({20}))):
        assert _seen() == [2, 3]


@pytest.mark.usefixtures("table")
def test_a_producer_sees_only_rows_of_its_party() -> None:
    with session(_scope(Role.PRODUCER, parties=frozenset({100}))):
        assert _seen() == [1, 3]


@pytest.mark.usefixtures("table")
def test_the_scope_ends_with_the_session() -> None:
    with session(Scope.operator()):
        pass
    assert _seen() == []


@pytest.mark.usefixtures("table")
def test_an_inner_session_gives_the_outer_scope_back() -> None:
    with session(_scope(Role.OFFICE, regions=frozenset({10}))):
        with session(Scope.operator()):
            assert _seen() == [1, 2, 3]
        assert _seen() == [1]


@pytest.mark.usefixtures("table")
def test_an_inner_session_that_fails_gives_the_outer_scope_back() -> None:
    with session(_scope(Role.OFFICE, regions=frozenset({10}))):
        with pytest.raises(ZeroDivisionError), session(Scope.operator()):
            raise ZeroDivisionError
        assert _seen() == [1]


@pytest.mark.usefixtures("table")
def test_a_row_of_another_region_cannot_be_written() -> None:
    with (
        pytest.raises(Exception, match="row-level security"),
        session(_scope(Role.OFFICE, regions=frozenset({10}))),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute("INSERT INTO invented_row VALUES (4, 20, NULL)")


def test_regions_of_a_session_reach_the_database_function(region_factory: Callable[..., int]) -> None:
    region_id = region_factory()
    with (
        session(_scope(Role.CLERK, regions=frozenset({region_id}))),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute("SELECT wufei_regions(), wufei_parties(), wufei_sees_all()")
        assert cursor.fetchone() == ([region_id], [], False)
