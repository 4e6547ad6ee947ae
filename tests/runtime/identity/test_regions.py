"""Regions and parties are saved by key and found by any of their names."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.identity.models import Region
from wufei.runtime.identity.queries import (
    all_regions,
    find_party,
    find_region,
    parties_by_id,
    parties_in,
    regions_by_id,
    regions_under,
)
from wufei.runtime.identity.services import save_department, save_party, save_region

pytestmark = pytest.mark.usefixtures("db")


def _key() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def test_saving_twice_updates_the_same_region() -> None:
    key = _key()
    first = save_region(key=key, name=Text("旧名", "Old"), kind="district")
    second = save_region(key=key, name=Text("新名", "New"), kind="district")
    assert first == second
    assert find_region(key).name == Text("新名", "New")


@pytest.mark.parametrize("form", ["key", "code", "name_zh", "name_en", "alias"])
def test_a_region_is_found_by_any_of_its_names(form: str) -> None:
    key, code = _key(), str(uuid.uuid4().int)[:12]
    names = {
        "key": key,
        "code": code,
        "name_zh": f"区{key}",
        "name_en": f"District {key}",
        "alias": f"别名{key}",
    }
    made = save_region(
        key=key,
        name=Text(names["name_zh"], names["name_en"]),
        kind="district",
        code=code,
        aliases=[names["alias"]],
    )
    assert find_region(f" {names[form]} ").id == made


def test_an_unknown_region_is_refused_with_near_names() -> None:
    key = _key()
    save_region(key=key, name=Text(f"区{key}"), kind="district")
    with pytest.raises(NotFoundError) as caught:
        find_region(key[:-1])
    assert key in caught.value.message.zh
    assert key in caught.value.message.en


def test_regions_under_a_province_are_all_levels_but_no_functional_area(
    region_factory: Callable[..., int],
) -> None:
    province, district, township = _key(), _key(), _key()
    ids = [
        region_factory(key=province, kind="province"),
        region_factory(key=district, kind="district", parent_key=province),
        region_factory(key=township, kind="township", parent_key=district),
    ]
    area = region_factory(kind="functional")
    assert regions_under(ids[0]) == frozenset(ids)
    assert regions_under(ids[1]) == frozenset(ids[1:])
    assert regions_under(area) == frozenset({area})


def test_a_functional_area_has_no_administrative_parent(region_factory: Callable[..., int]) -> None:
    parent = _key()
    region_factory(key=parent, kind="province")
    with pytest.raises(InputError) as caught:
        save_region(key=_key(), name=Text("开发区"), kind="functional", parent_key=parent)
    assert caught.value.code == "identity.functional-parent"


def test_an_unknown_parent_is_refused() -> None:
    with pytest.raises(NotFoundError):
        save_region(key=_key(), name=Text("区"), kind="district", parent_key="nowhere")


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        save_region(key=_key(), name=Text("区"), kind="county")
    assert "district" in caught.value.message.zh


def test_the_database_itself_marks_a_synthetic_region() -> None:
    with pytest.raises(IntegrityError, match="region_synthetic_is_marked"), transaction.atomic():
        Region.objects.create(key=_key(), name_zh="示例区", kind="synthetic", synthetic=False)


def test_parties_are_saved_by_key_and_found_by_code(region_factory: Callable[..., int]) -> None:
    region_id, key, uscc = region_factory(), _key(), uuid.uuid4().hex[:18].upper()
    made = save_party(key=key, name=Text("厂", "Plant"), kind="facility", region_id=region_id, uscc=uscc)
    assert (
        save_party(key=key, name=Text("厂", "Plant"), kind="facility", region_id=region_id, uscc=uscc) == made
    )
    assert find_party(uscc) == find_party(key) == parties_by_id([made])[made]
    assert [row.id for row in parties_in([region_id])] == [made]


def test_an_unknown_party_is_refused() -> None:
    with pytest.raises(NotFoundError):
        find_party("nobody")


def test_unknown_ids_are_left_out(region_factory: Callable[..., int]) -> None:
    region_id = region_factory()
    assert set(regions_by_id([region_id, -1])) == {region_id}
    assert parties_by_id([-1]) == {}


def test_a_department_is_saved_by_key(region_factory: Callable[..., int]) -> None:
    region_id, key = region_factory(), _key()
    first = save_department(key=key, name=Text("生态环境局"), region_id=region_id, aliases=["区生态环境局"])
    assert save_department(key=key, name=Text("生态环境局"), region_id=region_id) == first


def test_all_regions_take_one_statement(
    region_factory: Callable[..., int], django_assert_num_queries: Callable[..., object]
) -> None:
    made = {region_factory(), region_factory()}
    with connection.cursor():
        pass
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        found = {row.id for row in all_regions()}
    assert made <= found
