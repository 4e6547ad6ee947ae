"""Writes of regions, parties, departments, people and memberships; all are idempotent by key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.identity.core.kinds import GRANTED_ROLES, PARTY_ROLES, PartyKind, RegionKind, Role
from wufei.runtime.identity.models import Department, Membership, Party, Region, User


def save_region(
    *,
    key: str,
    name: Text,
    kind: str,
    code: str | None = None,
    parent_key: str | None = None,
    synthetic: bool = False,
    aliases: Sequence[str] = (),
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> int:
    """Create or update a region by its key and give its id.

    Raises
    ------
    InputError
        ``identity.kind``: no such kind of region; ``identity.functional-parent``: a functional area never
        enters an administrative sum and so has no parent.
    NotFoundError
        The parent does not exist.
    """
    _known("kind", kind, RegionKind)
    if kind == RegionKind.FUNCTIONAL and parent_key:
        raise InputError(
            "identity.functional-parent",
            "parent_key",
            parent_key,
            Text(
                f"功能区 {key} 不属于行政区划，不能有上级行政区。请去掉 parent_key。",
                f"The functional area {key} lies outside the administrative tree and has no parent "
                "there. Leave parent_key out.",
            ),
        )
    values = {
        "name_zh": name.zh,
        "name_en": name.en,
        "kind": kind,
        "code": code,
        "parent_id": _region_id(parent_key) if parent_key else None,
        "synthetic": synthetic,
        "aliases": list(aliases),
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    return Region.objects.update_or_create(key=key, defaults=values)[0].id


def save_party(
    *,
    key: str,
    name: Text,
    kind: str,
    region_id: int,
    uscc: str | None = None,
    synthetic: bool = False,
) -> int:
    """Create or update a party by its key and give its id.

    Raises
    ------
    InputError
        ``identity.kind``: no such kind of party.
    """
    _known("kind", kind, PartyKind)
    values = {
        "name_zh": name.zh,
        "name_en": name.en,
        "kind": kind,
        "region_id": region_id,
        "uscc": uscc,
        "synthetic": synthetic,
    }
    return Party.objects.update_or_create(key=key, defaults=values)[0].id


def save_parties(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Create or update any number of parties by their keys in one statement, and give their ids by key.

    Each row has ``key``, ``uscc``, ``name_zh``, ``name_en``, ``kind``, ``region_id`` and ``synthetic``; the
    caller has checked them as `save_party` does.
    """
    if not rows:
        return {}
    # One parameter for all rows: the mapper would take longer than the database.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_party AS p (key, uscc, name_zh, name_en, kind, region_id, synthetic) "
            "SELECT key, uscc, name_zh, name_en, kind, region_id, synthetic "
            "FROM jsonb_to_recordset(%s::jsonb) AS r(key text, uscc text, name_zh text, name_en text, "
            "kind text, region_id bigint, synthetic bool) "
            "ON CONFLICT (key) DO UPDATE SET uscc = excluded.uscc, name_zh = excluded.name_zh, "
            "name_en = excluded.name_en, kind = excluded.kind, region_id = excluded.region_id, "
            "synthetic = excluded.synthetic RETURNING p.key, p.id",
            [json.dumps(list(rows), ensure_ascii=False)],
        )
        return dict(cursor.fetchall())


def save_department(*, key: str, name: Text, region_id: int, aliases: Sequence[str] = ()) -> int:
    """Create or update a department by its key and give its id."""
    values = {"name_zh": name.zh, "name_en": name.en, "region_id": region_id, "aliases": list(aliases)}
    return Department.objects.update_or_create(key=key, defaults=values)[0].id


@transaction.atomic
def add_alias(*, department_id: int, alias: str) -> None:
    """Remember another name under which documents speak of a department."""
    row = Department.objects.select_for_update().get(id=department_id)
    if alias not in (row.name_zh, *row.aliases):
        row.aliases = [*row.aliases, alias]
        row.save(update_fields=["aliases"])


@transaction.atomic
def create_user(*, username: str, password: str, display_name: str = "", language: str = "zh-hans") -> int:
    """Create a person who signs in, or update the one of this name, and give the id.

    Hashing is slow by design: a password that is already right is not hashed again.
    """
    user = User.objects.select_for_update().filter(username=username).first() or User(username=username)
    user.display_name = display_name or user.display_name or username
    user.language = language
    if not user.password or not check_password(password, user.password):
        user.password = make_password(password)
    user.save()
    return user.id


def set_language(*, user_id: int, language: str) -> None:
    """Keep the language a person reads."""
    User.objects.filter(id=user_id).update(language=language)


def add_membership(
    *,
    user_id: int,
    role: str,
    region_id: int,
    party_id: int | None = None,
    department_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> int:
    """Give a person a role in a region, or change its dates, and give the membership's id.

    Raises
    ------
    InputError
        ``identity.role``: no such role; ``identity.role-party``: a role that acts for a party names none.
    """
    _known("role", role, GRANTED_ROLES)
    if role in PARTY_ROLES and party_id is None:
        label = Role(role).label
        raise InputError(
            "identity.role-party",
            "party_id",
            None,
            Text(
                f"“{label.zh}”身份必须指明所属单位（party_id）。",
                f"A membership as “{label.en}” must name the party it acts for (party_id).",
            ),
        )
    key: dict[str, Any] = {
        "user_id": user_id,
        "role": str(role),
        "region_id": region_id,
        "party_id": party_id,
        "department_id": department_id,
    }
    dates = {"valid_from": valid_from, "valid_to": valid_to}
    return Membership.objects.update_or_create(**key, defaults=dates)[0].id


def end_membership(*, membership_id: int, last_on: date) -> None:
    """Let a membership end: it is in force no more from the day after ``last_on``."""
    Membership.objects.filter(id=membership_id).update(valid_to=last_on + timedelta(days=1))


def _region_id(key: str) -> int:
    found = Region.objects.filter(key=key).values_list("id", flat=True).first()
    if found is None:
        raise NotFoundError("region", key)
    return found


def _known(field: str, value: str, kinds: Iterable[str]) -> None:
    allowed = [str(kind) for kind in kinds]
    if value not in allowed:
        listed = ", ".join(allowed)
        raise InputError(
            f"identity.{field}",
            field,
            value,
            Text(f"“{value}”不是可用的取值；可用：{listed}。", f"“{value}” is none of: {listed}."),
        )
