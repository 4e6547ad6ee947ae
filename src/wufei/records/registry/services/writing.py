"""How rows of this room are written: compared, written in one statement, their changes kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL

from wufei.records.registry.models import Paper, PaperLine, Person, Place, Site, Tag, Vehicle
from wufei.runtime.access.core import Scope, require
from wufei.runtime.clock import now

WRITE = "registry.write"


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its name in the history, what tells its rows apart (``party_id`` first) and what they say."""

    model: type[Model]
    thing: str
    natural: tuple[str, ...]
    fields: tuple[str, ...]


SITES = Table(
    Site,
    "site",
    ("key",),
    (
        *("party_id", "region_id", "name_zh", "name_en", "functional_region_id"),
        *("longitude", "latitude", "strict"),
    ),
)
PAPERS = Table(
    Paper,
    "paper",
    ("party_id", "kind", "number"),
    (
        *("region_id", "other_party_id", "issuer", "valid_from", "valid_to"),
        *("state", "cycle", "amount_yuan", "plate"),
    ),
)
LINES = Table(
    PaperLine,
    "paper-line",
    ("paper_id", "code", "way"),
    ("party_id", "region_id", "other_party_id", "quota_g"),
)
PLACES = Table(
    Place,
    "place",
    ("party_id", "kind", "code"),
    (
        *("region_id", "site_id", "name", "capacity", "codes", "attributes"),
        *("longitude", "latitude", "closed_on"),
    ),
)
VEHICLES = Table(
    Vehicle, "vehicle", ("party_id", "plate"), ("region_id", "kind", "new_energy", "load_kg", "retired_on")
)
PEOPLE = Table(
    Person, "person", ("party_id", "code"), ("region_id", "duty", "certificate", "certificate_to", "left_on")
)
TAGS = Table(Tag, "tag", ("party_id", "name", "valid_from"), ("region_id", "valid_to"))


@dataclass(frozen=True, slots=True)
class Written:
    """What became of rows: how many were new, changed, and as they stood; ids by what tells them apart.

    ``touched`` are the ids of the new and changed ones.
    """

    made: int
    changed: int
    same: int
    ids: Mapping[tuple[Any, ...], int]
    touched: frozenset[int] = frozenset()


def write_rows(
    scope: Scope,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    fresh: Callable[[], Mapping[str, Any]] = dict,
) -> Written:
    """Write rows that were checked, in a transaction of the caller, and keep every change of them.

    The number of statements does not grow with the rows: what stands is read in one, what is new or differs
    is written in one, and the history in one. A row that stands as it is given is not touched.

    Parameters
    ----------
    rows : sequence of mapping
        Each with the natural fields and all others of the table.
    fresh : callable, optional
        Gives what only a new row gets (a token).

    Raises
    ------
    AccessError
        A row lies outside the scope.
    """
    for region_id in {row["region_id"] for row in rows}:
        require(scope, WRITE, region_id=region_id)
    if not rows:
        return Written(0, 0, 0, {})
    wanted = {_key(table, row): row for row in rows}
    standing = standing_of(table, wanted.values())
    for region_id in {row["region_id"] for key, row in standing.items() if key in wanted}:
        require(scope, WRITE, region_id=region_id)
    made = [key for key in wanted if key not in standing]
    changed = [key for key, row in standing.items() if key in wanted and _differs(table, row, wanted[key])]
    ids = {key: row["id"] for key, row in standing.items() if key in wanted}
    written = [{**wanted[key], **fresh()} for key in (*made, *changed)]
    if written:
        ids |= zip((*made, *changed), _upsert(table, written), strict=True)
    keep_changes(
        scope,
        table.thing,
        [
            (wanted[key], _label(key), _said(table, standing.get(key)), _said(table, wanted[key]) or {})
            for key in (*made, *changed)
        ],
    )
    touched = frozenset(ids[key] for key in (*made, *changed))
    return Written(len(made), len(changed), len(wanted) - len(written), ids, touched)


def one_of(values: Iterable[int] | Iterable[str]) -> RawSQL | list[Any]:
    """Give what a column may be (``field__in=one_of(ids)``) as one parameter, however many they are."""
    wanted = list(set(values))
    if not wanted:
        return []
    kind = "text" if isinstance(wanted[0], str) else "bigint"
    return RawSQL(f"SELECT unnest(%s::{kind}[])", (wanted,))  # noqa: S611 - the kind is one of two words


def keep_changes(
    scope: Scope,
    thing: str,
    changes: Iterable[tuple[Mapping[str, Any], str, Mapping[str, Any] | None, Mapping[str, Any]]],
) -> None:
    """Keep what was changed, by whom and when: party and region, key, before (None: new), after."""
    rows = [
        {
            "party_id": place["party_id"],
            "region_id": place["region_id"],
            "key": key[:200],
            "before": before,
            "after": after,
        }
        for place, key, before, after in changes
    ]
    if not rows:
        return
    # One parameter for all rows: ten thousand objects of the mapper would take longer than what they tell of.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_change "
            "(party_id, region_id, thing, key, before, after, user_id, changed_at) "
            "SELECT party_id, region_id, %s, key, before, after, %s, %s FROM jsonb_to_recordset(%s::jsonb) "
            "AS r(party_id bigint, region_id bigint, key text, before jsonb, after jsonb)",
            [thing, scope.user_id, now(), json.dumps(rows, ensure_ascii=False)],
        )


def _upsert(table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write rows in one statement with one parameter and give their ids in order.

    What only a new row gets stays as it is where the row stands.
    """
    meta = table.model._meta  # noqa: SLF001 - Django's own name for it
    fields = {field.attname: field for field in meta.concrete_fields}
    names = list(rows[0])
    columns = ", ".join(names)
    types = ", ".join(f"{name} {_type_of(fields[name])}" for name in names)
    kept = ", ".join(f"{name} = excluded.{name}" for name in table.fields)
    content = json.dumps([{name: _plain(row[name]) for name in names} for row in rows], ensure_ascii=False)
    with connection.cursor() as cursor:
        # Names of tables and columns are those of the models: nothing here was entered.
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({columns}) "  # noqa: S608
            f"SELECT {columns} FROM jsonb_to_recordset(%s::jsonb) "
            f"AS r({types}) ON CONFLICT ({', '.join(table.natural)}) DO UPDATE SET {kept} "
            f"RETURNING id, {', '.join(table.natural)}",
            [content],
        )
        found = {tuple(key): row_id for row_id, *key in cursor.fetchall()}
    return [found[_key(table, row)] for row in rows]


def _type_of(field: Any) -> str:
    """Give the type of a column; a key has the type of what it names."""
    return str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))


def standing_of(table: Table, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Give what stands of the owners of some rows, by what tells rows apart; in one statement."""
    owner = table.natural[0]
    found = table.model._default_manager.filter(  # noqa: SLF001 - Django's own name for it
        **{f"{owner}__in": one_of({row[owner] for row in rows})}
    ).values("id", *table.natural, *table.fields)
    return {_key(table, row): row for row in found}


def _key(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in table.natural)


def _label(key: tuple[Any, ...]) -> str:
    return "/".join(str(part) for part in (key[1:] or key))


def _differs(table: Table, standing: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return any(standing[name] != row[name] for name in table.fields)


def _said(table: Table, row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    hidden = {"party_id", "region_id", "paper_id"}
    return {name: _plain(row[name]) for name in (*table.natural, *table.fields) if name not in hidden}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value
