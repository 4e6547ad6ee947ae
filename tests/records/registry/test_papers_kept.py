"""Papers, vehicles, people and events of parties in the database: written, refused, secured, remembered."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.registry.core.drafts import PaperDraft, PersonDraft, PlaceDraft, TagDraft, VehicleDraft
from wufei.records.registry.core.papers import Line
from wufei.records.registry.core.producers import ManagementClass
from wufei.records.registry.models import (
    Change,
    ClassDecision,
    Paper,
    PaperLine,
    PartyEvent,
    Person,
    PersonalDetail,
    Place,
    Tag,
    Vehicle,
)
from wufei.records.registry.queries import (
    class_differences,
    enterprise_file,
    insurance_coverage,
    new_energy_share,
    quota_of,
    unregistered_producers,
)
from wufei.records.registry.services import (
    close_party,
    confirm_class,
    erase_personal,
    load_regions,
    merge_party,
    move_party,
    register_party,
    rename_party,
    save_one,
    save_papers,
    save_people,
    save_profile,
    save_vehicles,
)
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import parties_by_id

DAY = date(2026, 3, 1)
TABLES = (
    Paper,
    PaperLine,
    Place,
    Vehicle,
    Person,
    PersonalDetail,
    Tag,
    PartyEvent,
    ClassDecision,
    Change,
)


@pytest.fixture
def party(party_factory):
    return parties_by_id([party_id := party_factory()])[party_id]


def clerk(*region_ids, role=Role.CLERK):
    return Scope(None, None, role, frozenset(region_ids))


def paper(party_id, number="A", start=date(2025, 1, 1), end=date(2027, 12, 31), **more):
    return PaperDraft(party_id, more.pop("kind", "hazardous-licence"), number, start, end, **more)


def fill(operator, party):
    """One row in every table."""
    save_one(
        operator, paper(party.id, "A", date(2020, 1, 1), date(2026, 2, 1), lines=(Line("HW08", "R9", 7),))
    )
    save_one(operator, PlaceDraft(party.id, "store", "TS1", "库"))
    save_one(operator, VehicleDraft(party.id, "京A12345"))
    save_one(operator, PersonDraft(party.id, "D1", "张三丰", "驾驶员", "13800001234"))
    save_one(operator, TagDraft(party.id, "绿色工厂", DAY))
    close_party(operator, party_id=party.id, on=DAY)
    confirm_class(operator, party_id=party.id, management_class=ManagementClass.KEY, reason="x", on=DAY)


def test_the_database_alone_hides_every_row_from_another_region_and_firm(operator, party, party_factory):
    fill(operator, party)
    stranger = parties_by_id([other := party_factory()])[other]
    producer = Scope(None, None, Role.PRODUCER, frozenset(), frozenset({stranger.id}))
    for scope, seen in (
        (operator, True),
        (clerk(party.region_id), True),
        (clerk(stranger.region_id), False),
        (producer, False),
    ):
        with session(scope):
            for table in TABLES:
                assert table.objects.filter(party_id=party.id).exists() is seen, (table, scope.role)
    own = Scope(None, None, Role.PRODUCER, frozenset(), frozenset({party.id}))
    with session(own):
        assert all(table.objects.filter(party_id=party.id).exists() for table in TABLES)


def test_without_a_scope_there_are_no_rows(operator, party):
    fill(operator, party)
    with transaction.atomic():
        assert not any(table.objects.filter(party_id=party.id).exists() for table in TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_the_database_alone_refuses_writes_of_another_region(operator, party, party_factory, table):
    fill(operator, party)
    stranger = parties_by_id([other := party_factory()])[other]
    with session(operator):
        row = table.objects.filter(party_id=party.id).values().first()
    row.pop("id")
    fresh = {
        "number": "Z",
        "code": "Z",
        "plate": "京A99999",
        "name": "Z",
        "key": uuid.uuid4().hex,
        "token": uuid.uuid4().hex,
        "happened_on": date(2020, 1, 1),
    }
    copied = {**row, **{name: value for name, value in fresh.items() if name in row}}
    with pytest.raises(DatabaseError, match="row-level security"), session(clerk(stranger.region_id)):
        table.objects.create(**copied)
    # A firm of another district is not drawn into one's own by writing another number beside it.
    with pytest.raises(DatabaseError, match="row-level security"), session(clerk(stranger.region_id)):
        table.objects.create(**{**copied, "region_id": stranger.region_id})


@pytest.mark.parametrize(
    "verb",
    ["UPDATE registry_change SET thing = 'x'", "DELETE FROM registry_change", "DELETE FROM registry_paper"],
)
def test_history_and_papers_cannot_be_taken_away(operator, party, verb):
    fill(operator, party)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        session(operator),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb)


def test_services_refuse_whoever_may_not_write_or_not_here(party, party_factory):
    foreign = clerk(parties_by_id([other := party_factory()])[other].region_id)
    reader = clerk(party.region_id, role=Role.OBSERVER)
    for scope in (foreign, reader):
        for draft in (
            paper(party.id),
            PlaceDraft(party.id, "store", "T", "库"),
            VehicleDraft(party.id, "京A12345"),
            PersonDraft(party.id, "D", "张", "驾驶员"),
            TagDraft(party.id, "x", DAY),
        ):
            with pytest.raises(AccessError):
                save_one(scope, draft)
        with pytest.raises(AccessError):
            close_party(scope, party_id=party.id, on=DAY)
        with pytest.raises(AccessError):
            confirm_class(scope, party_id=party.id, management_class=ManagementClass.KEY, reason="x", on=DAY)
        with pytest.raises(AccessError):
            enterprise_file(foreign, party.key, on=DAY)


def test_overlapping_licences_are_saved_and_told_once_with_both(operator, party):
    assert save_one(operator, paper(party.id, "甲")).findings == ()
    saved = save_one(operator, paper(party.id, "乙", date(2027, 1, 1), None))
    assert [(each.code, each.where) for each in saved.findings] == [
        ("registry.papers-overlap", "/valid_from")
    ]
    assert "甲" in saved.findings[0].message.zh
    with session(operator):
        assert len(enterprise_file(operator, party.key, on=DAY).papers) == 2


def test_a_good_paper_is_kept_beside_a_bad_one(operator, party):
    saved = save_papers(
        operator, [paper(party.id, "甲"), paper(party.id, "乙", DAY, DAY - timedelta(days=1))]
    )
    assert (saved.made, saved.ids[1]) == (1, None)
    assert [(each.code, each.where) for each in saved.findings] == [("registry.dates", "/1/valid_to")]
    with pytest.raises(InputError, match=r"registry\.dates"):
        save_one(operator, paper(party.id, "乙", DAY, DAY - timedelta(days=1)))
    with pytest.raises(NotFoundError):
        save_one(operator, paper(0))


def test_lines_left_out_are_taken_away_and_the_history_says_so(operator, party):
    lines = (Line("900-249-08", "R9", 5), Line("HW12", "", 9))
    assert save_one(operator, paper(party.id, lines=lines)).made == 1
    assert save_one(operator, paper(party.id, lines=lines)).same == 1
    assert save_one(operator, paper(party.id, lines=lines[:1])).changed == 1
    with session(operator):
        (line,) = PaperLine.objects.filter(party_id=party.id)
        gone = Change.objects.filter(party_id=party.id, thing="paper-line", after={}).get()
    assert (line.code, gone.before) == ("900-249-08", {"quota_g": 9})


def test_quotas_add_up_by_code_else_by_category(operator, party, operator_session):
    save_one(
        operator,
        paper(
            party.id,
            "甲",
            lines=(Line("900-249-08", "R9", 5), Line("900-249-08", "D10", 6), Line("HW12", "", 9)),
        ),
    )
    save_one(
        operator,
        paper(
            party.id, "丙", kind="reuse-permit", other_party_id=party.id, lines=(Line("900-249-08", "", 100),)
        ),
    )
    assert quota_of(operator, party.id, "900-249-08", 2026) == 111
    assert quota_of(operator, party.id, "900-252-12", 2026) == 9
    assert quota_of(operator, party.id, "900-047-49", 2026) is None
    assert quota_of(operator, party.id, "900-249-08", 2028) is None
    with pytest.raises(AccessError):
        quota_of(clerk(0), party.id, "900-249-08", 2026)


def test_personal_data_stay_out_of_the_history_and_can_be_erased(operator, party):
    draft = PersonDraft(party.id, "D1", "张三丰", "驾驶员", "13800001234", "110101199001010000")
    save_people(operator, [draft])
    save_people(operator, [PersonDraft(party.id, "D1", "张三丰", "驾驶员", "13900009999", None)])
    with session(operator):
        person = Person.objects.get(party_id=party.id)
        detail = PersonalDetail.objects.get(person_id=person.id)
        kept = str(list(Change.objects.filter(party_id=party.id).values("key", "before", "after")))
    assert (detail.phone, detail.id_number) == ("13900009999", "110101199001010000")
    assert "changed" in kept
    assert not any(word in kept for word in ("张三丰", "138", "139", "110101"))
    erase_personal(operator, person_id=person.id)
    with session(operator):
        (row,) = enterprise_file(operator, party.key, on=DAY).people
    assert (row.code, row.name, row.phone) == ("D1", "", "")
    with pytest.raises(NotFoundError):
        erase_personal(operator, person_id=person.id)


def test_a_party_renamed_and_moved_keeps_its_rows_and_its_past(operator, party, region_factory):
    save_one(operator, paper(party.id))
    there = region_factory()
    rename_party(operator, party_id=party.id, name=Text("新名", "New"), on=DAY)
    move_party(operator, party_id=party.id, region_id=there, on=DAY + timedelta(days=1))
    with session(clerk(there)):
        found = enterprise_file(clerk(there), party.key, on=DAY)
    assert (found.party.name.zh, len(found.papers)) == ("新名", 1)
    assert [(each.kind, each.before) for each in found.events][1] == ("renamed", party.name.zh)
    with pytest.raises(AccessError):
        move_party(clerk(there), party_id=party.id, region_id=party.region_id, on=DAY)
    with pytest.raises(NotFoundError):
        move_party(operator, party_id=party.id, region_id=0, on=DAY)


def test_a_duplicate_becomes_an_alias_and_never_a_ring(operator, party, party_factory):
    other = party_factory()
    merge_party(operator, party_id=party.id, into_id=other, on=DAY)
    with session(operator):
        assert enterprise_file(operator, party.key, on=DAY).merged_into.id == other
    with pytest.raises(ConflictError, match=r"registry\.merge-ring"):
        merge_party(operator, party_id=other, into_id=party.id, on=DAY)


def test_an_abolished_region_is_refused_for_a_party_with_its_successor(operator, db):
    regions = load_regions()
    with pytest.raises(InputError, match=r"registry\.region-withdrawn.*110101"):
        register_party(
            operator, key=uuid.uuid4().hex, name=Text("旧"), kind="enterprise", region_id=regions["110103"]
        )


def test_shares_of_a_region_count_what_is_in_force(operator, party, party_factory):
    second = party_factory(region_id=party.region_id)
    save_papers(operator, [paper(party.id), paper(second)])
    save_one(operator, paper(party.id, "险", kind="insurance"))
    save_one(operator, paper(second, "旧险", date(2020, 1, 1), date(2020, 12, 31), kind="insurance"))
    save_vehicles(
        operator,
        [
            VehicleDraft(second, "京AD12345"),
            VehicleDraft(second, "京A12345"),
            VehicleDraft(second, "京A12346", retired_on=date(2025, 1, 1)),
        ],
    )
    save_one(operator, paper(second, "登", kind="discharge-registration"))
    with session(operator):
        covered = insurance_coverage(operator, party.region_id, on=DAY)
        fleet = new_energy_share(operator, party.region_id, on=DAY)
        missing = unregistered_producers(operator, party.region_id, on=DAY)
    assert (covered.part, covered.whole, fleet.part, fleet.whole) == (1, 2, 1, 2)
    assert [each.id for each in missing] == [party.id]


def test_a_class_decided_otherwise_than_proposed_stays_listed(operator, party):
    save_profile(operator, party_id=party.id, hazardous_t_per_year=Decimal(150))
    for decided, listed in ((None, True), (ManagementClass.SIMPLIFIED, True), (ManagementClass.KEY, False)):
        if decided:
            confirm_class(operator, party_id=party.id, management_class=decided, reason="核实", on=DAY)
        with session(operator):
            assert bool(class_differences(operator, party.region_id)) is listed
    with pytest.raises(InputError, match=r"registry\.reason"):
        confirm_class(operator, party_id=party.id, management_class=ManagementClass.KEY, reason=" ", on=DAY)
