"""Regions, parties, sites and profiles in the database."""

import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, connections, transaction

from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.registry.core.producers import ManagementClass
from wufei.records.registry.models import Site
from wufei.records.registry.queries import find_site, parties_of, profile_of, sites_by_id, sites_of
from wufei.records.registry.services import load_regions, register_party, save_profile, save_site
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import find_party, find_region, regions_under

NAME = Text("试验场所", "Test site")


def fresh(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def clerk(*region_ids: int) -> Scope:
    return Scope(None, None, Role.CLERK, frozenset(region_ids))


@pytest.fixture
def regions(db):
    return load_regions()


def test_loading_twice_gives_the_same_regions(regions):
    assert load_regions() == regions


@pytest.mark.parametrize("name", ["BDA", "北京经济技术开发区", "经开区", "亦庄", "北京经开区"])
def test_the_development_area_is_found_by_each_of_its_names(regions, name):
    found = find_region(name)
    assert (found.key, found.code, found.parent_id) == ("BDA", None, None)


def test_the_development_area_is_in_no_administrative_sum(regions):
    beijing = regions_under(regions["110000"])
    assert regions["BDA"] not in beijing
    assert regions["110118"] in beijing
    assert regions_under(regions["BDA"]) == {regions["BDA"]}


def test_a_district_name_finds_the_district_in_force_and_the_old_name_the_withdrawn_one(regions):
    assert find_region("密云").key == "110118"
    assert find_region("密云县").key == "110228"


def test_a_party_is_registered_with_its_code_in_normal_form(regions, operator):
    key = fresh("firm")
    body = str(uuid.uuid4().int % 10**17).zfill(17)
    report = register_party(
        operator,
        key=key,
        name=Text("甲厂"),
        kind="enterprise",
        region_id=regions["110118"],
        uscc=f" {body}0 ",
    )
    assert find_party(key).uscc == f"{body}0"
    assert {finding.code for finding in report.findings} <= {"registry.uscc-check"}


def test_a_malformed_code_registers_nobody(regions, operator):
    key = fresh("firm")
    with pytest.raises(InputError):
        register_party(
            operator, key=key, name=Text("甲厂"), kind="enterprise", region_id=regions["110118"], uscc="123"
        )
    with pytest.raises(NotFoundError):
        find_party(key)


def test_saving_a_site_twice_keeps_one_and_the_later_values(operator, party_factory, region_factory):
    region = region_factory()
    party, key = party_factory(region_id=region), fresh("site")
    first = save_site(operator, key=key, name=NAME, party_id=party, region_id=region)
    second = save_site(
        operator, key=key, name=Text("新名"), party_id=party, region_id=region, strict=False,
        longitude=Decimal("116.843177"), latitude=Decimal("40.376834"),
    )  # fmt: skip
    assert first == second
    site = find_site(key)
    assert (site.name.zh, site.strict) == ("新名", False)
    assert (site.longitude, site.latitude) == (Decimal("116.843177"), Decimal("40.376834"))
    assert sites_by_id([first, -1]) == {first: site}


@pytest.mark.parametrize(
    ("longitude", "latitude"), [("116.8", None), (None, "40.3"), ("181", "40"), ("40", "116")]
)
def test_half_a_position_or_one_off_the_globe_is_refused(
    operator, party_factory, region_factory, longitude, latitude
):
    region = region_factory()
    with pytest.raises(InputError, match="WGS-84"):
        save_site(
            operator,
            key=fresh("site"), name=NAME, party_id=party_factory(region_id=region), region_id=region,
            longitude=longitude and Decimal(longitude), latitude=latitude and Decimal(latitude),
        )  # fmt: skip


def test_only_a_functional_area_is_a_second_membership(operator, party_factory, region_factory, regions):
    region = region_factory()
    party, key = party_factory(region_id=region), fresh("site")
    for wrong, error in ((regions["110115"], InputError), (10**12, NotFoundError)):
        with pytest.raises(error):
            save_site(
                operator, key=key, name=NAME, party_id=party, region_id=region, functional_region_id=wrong
            )
    save_site(
        operator, key=key, name=NAME, party_id=party, region_id=region, functional_region_id=regions["BDA"]
    )
    assert find_site(key).functional_region_id == regions["BDA"]


def test_a_site_counts_in_its_district_and_in_its_functional_area(operator, party_factory, region_factory):
    district, area = region_factory(), region_factory(kind="functional")
    party, key = party_factory(region_id=district), fresh("site")
    save_site(operator, key=key, name=NAME, party_id=party, region_id=district, functional_region_id=area)
    for region in (district, area):
        assert [site.key for site in sites_of(operator, region)] == [key]
        assert [row.id for row in parties_of(operator, region)] == [party]


def test_a_clerk_writes_and_lists_only_in_the_own_region(party_factory, region_factory):
    own, other = region_factory(), region_factory()
    party, key = party_factory(region_id=own), fresh("site")
    save_site(clerk(own), key=key, name=NAME, party_id=party, region_id=own)
    for attempt in (
        lambda: save_site(clerk(other), key=key, name=NAME, party_id=party, region_id=own),
        lambda: save_site(clerk(other), key=key, name=NAME, party_id=party, region_id=other),
        lambda: save_profile(clerk(other), party_id=party),
        lambda: sites_of(clerk(other), own),
        lambda: parties_of(clerk(other), own),
        lambda: profile_of(clerk(other), party),
    ):
        with pytest.raises(AccessError):
            attempt()
    assert find_site(key).region_id == own


def test_a_clerk_takes_no_party_of_another_region_over(region_factory):
    own, other = region_factory(), region_factory()
    key = fresh("party")
    register_party(clerk(own), key=key, name=NAME, kind="farm", region_id=own)
    with pytest.raises(AccessError):
        register_party(clerk(other), key=key, name=Text("改名"), kind="farm", region_id=other)
    assert (find_party(key).region_id, find_party(key).name) == (own, NAME)


def test_a_credit_code_belongs_to_one_party(operator, region_factory):
    region, code = region_factory(), "91110000802100433B"
    first = {"name": NAME, "kind": "enterprise", "region_id": region, "uscc": code}
    try:
        bearer = find_party(code).key
    except NotFoundError:
        bearer = fresh("party")
        register_party(operator, key=bearer, **first)
    with pytest.raises(ConflictError, match=code):
        register_party(operator, key=fresh("party"), **first)
    assert find_party(code).key == bearer


def test_a_site_of_nobody_is_not_saved(operator, region_factory):
    key = fresh("site")
    with pytest.raises(NotFoundError):
        save_site(operator, key=key, name=NAME, party_id=10**9, region_id=region_factory())
    with pytest.raises(NotFoundError):
        find_site(key)


def test_the_database_refuses_a_foreign_site_even_without_the_service(party_factory, region_factory):
    own, other = region_factory(), region_factory()
    party = party_factory(region_id=own)
    with pytest.raises(DatabaseError, match="row-level security"), session(clerk(other)):
        Site.objects.create(key=fresh("site"), name_zh="x", party_id=party, region_id=own)


def test_a_producer_sees_only_itself_among_the_parties(party_factory, region_factory):
    region = region_factory()
    mine, other = party_factory(region_id=region), party_factory(region_id=region)
    producer = Scope(None, None, Role.PRODUCER, party_ids=frozenset({mine}))
    assert [row.id for row in parties_of(producer, region)] == [mine]
    with pytest.raises(AccessError):
        profile_of(producer, other)
    assert profile_of(producer, mine) is None


def test_a_profile_proposes_the_class_and_is_kept_once(operator, party_factory):
    party = party_factory()
    assert profile_of(operator, party) is None
    assert save_profile(operator, party_id=party) is None
    proposed = save_profile(operator, party_id=party, industry_code="c3612", hazardous_t_per_year=Decimal(12))
    assert proposed is ManagementClass.SIMPLIFIED
    profile = profile_of(operator, party)
    assert (profile.party_id, profile.industry_code, profile.management_class_proposed) == (
        party,
        "C3612",
        ManagementClass.SIMPLIFIED,
    )


@pytest.mark.parametrize("tonnes", ["-1", "NaN"])
def test_a_mass_that_cannot_be_is_refused(operator, party_factory, tonnes):
    with pytest.raises(InputError, match="0"):
        save_profile(operator, party_id=party_factory(), hazardous_t_per_year=Decimal(tonnes))


def test_what_does_not_exist_is_not_found(operator, db):
    with pytest.raises(NotFoundError):
        find_site(fresh("site"))
    with pytest.raises(NotFoundError):
        save_profile(operator, party_id=10**12)
    with pytest.raises(NotFoundError):
        profile_of(operator, 10**12)


def test_the_system_role_reads_sites_and_writes_none(operator, party_factory, region_factory):
    region = region_factory()
    key = fresh("site")
    save_site(operator, key=key, name=NAME, party_id=party_factory(region_id=region), region_id=region)
    assert Site.objects.using("system").filter(key=key).exists()
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(using="system"),
        connections["system"].cursor() as c,
    ):
        c.execute("UPDATE registry_site SET strict = false WHERE key = %s", [key])
