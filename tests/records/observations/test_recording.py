"""Recording, repeating, replacing and reading observations in the database."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction

from wufei.kernel.errors import AccessError, ConflictError, NotFoundError
from wufei.kernel.period import Period
from wufei.records.observations import services
from wufei.records.observations.core.observation import NewObservation, ObservationKind
from wufei.records.observations.models import Observation
from wufei.records.observations.queries import get_observation, read_observations, versions_of
from wufei.records.observations.services import record, record_file
from wufei.records.registry.services import load_regions
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

NOW = datetime(2025, 6, 30, 8, tzinfo=UTC)
YEAR = Period.year_of(2024)


def clerk(*region_ids: int) -> Scope:
    return Scope(None, None, Role.CLERK, frozenset(region_ids))


@pytest.fixture
def told(book, region_factory):
    return NewObservation(
        book=book,
        metric="gdp",
        region_id=region_factory(),
        period=YEAR,
        value=Decimal("1509.5"),
        unit="亿元",
        kind=ObservationKind.PUBLISHED,
        source_title="统计公报",
        text="1509.5亿元",
    )


def standing(scope, told, **choice):
    with session(scope):
        return read_observations(scope, region_ids=[told.region_id], **({"period": YEAR} | choice))


def test_an_observation_is_read_back_in_the_unit_of_its_metric(operator, told):
    report = record(operator, observations=[told], now=NOW)
    assert report.findings == ()
    (row,) = standing(operator, told)
    assert (row.uuid,) == report.recorded
    assert (row.value, row.unit, row.text) == (Decimal(15_095_000), "万元", "1509.5亿元")
    assert (row.book, row.metric, row.period, row.kind) == (told.book, "gdp", YEAR, ObservationKind.PUBLISHED)
    assert (row.recorded_at, row.recorder_id, row.replaces) == (NOW, None, None)


def test_the_same_again_writes_no_row_and_names_the_one_that_stands(operator, told):
    first = record(operator, observations=[told], now=NOW)
    again = record(
        operator, observations=[told, replace(told, value=Decimal(15_095_000), unit="万元")], now=NOW
    )
    assert again.recorded == ()
    assert again.repeated == (first.recorded[0],) * 2
    assert len(standing(operator, told)) == 1


def test_other_content_is_refused_until_it_replaces_with_a_reason(operator, told):
    first = record(operator, observations=[told], now=NOW).recorded[0]
    other = replace(told, value=Decimal(1510), text="1510亿元")
    refused = record(operator, observations=[other], now=NOW)
    assert [finding.code for finding in refused.findings] == ["observations.conflict"]
    assert str(first) in refused.findings[0].fix.zh
    assert [row.uuid for row in standing(operator, told)] == [first]

    later = NOW + timedelta(days=1)
    corrected = record(operator, observations=[replace(other, replaces=first, reason="年报更正")], now=later)
    (row,) = standing(operator, told)
    assert (row.uuid, row.value, row.replaces, row.reason) == (
        corrected.recorded[0], Decimal(15_100_000), first, "年报更正",
    )  # fmt: skip
    with session(operator):
        assert [version.uuid for version in versions_of(operator, first)] == [first, row.uuid]
        assert get_observation(operator, first).value == Decimal(15_095_000)


def test_as_of_shows_what_stood_then(operator, told):
    first = record(operator, observations=[told], now=NOW).recorded[0]
    other = replace(told, value=Decimal(1510), replaces=first, reason="更正")
    record(operator, observations=[other], now=NOW + timedelta(hours=2))
    before = standing(operator, told, as_of=NOW + timedelta(hours=1))
    assert [row.uuid for row in before] == [first]
    assert standing(operator, told, as_of=NOW - timedelta(seconds=1)) == []


def test_a_replaced_one_cannot_be_replaced_again(operator, told):
    first = record(operator, observations=[told], now=NOW).recorded[0]
    for value, expected in ((1510, []), (1511, ["observations.replaces"])):
        change = replace(told, value=Decimal(value), replaces=first, reason="更正")
        assert [f.code for f in record(operator, observations=[change], now=NOW).findings] == expected


def test_one_bad_row_never_stops_the_others_and_none_is_hidden(operator, told):
    batch = [
        replace(told, metric="unheard-of"),
        told,
        replace(told, metric="resident-population", value=Decimal(-5), unit="人"),
        replace(told, metric="resident-population", value=Decimal("1.5"), unit="t"),
        replace(told, metric="resident-population", value=Decimal(16), unit="万人", source_title=""),
        replace(told, period=Period.year_of(2026)),
        replace(told, region_id=10**12),
        replace(told, party_id=10**12),
        replace(told, metric="resident-population", value=Decimal(16), unit="万人"),
    ]
    report = record(operator, observations=batch, now=NOW)
    assert [(finding.where.split(":")[1].split()[0], finding.code) for finding in report.findings] == [
        ("1", "observations.metric"),
        ("3", "observations.negative"),
        ("4", "observations.unit"),
        ("5", "observations.source"),
        ("6", "observations.future"),
        ("7", "observations.region"),
        ("8", "observations.party"),
    ]
    assert len(report.recorded) == 2
    assert {row.metric: row.value for row in standing(operator, told)} == {
        "gdp": Decimal(15_095_000),
        "resident-population": Decimal(160_000),
    }


def test_a_warning_is_reported_and_the_value_recorded(operator, told):
    report = record(operator, observations=[replace(told, kind=ObservationKind.REPORTED)], now=NOW)
    assert {finding.code for finding in report.findings} == {"observations.unconfirmed"}
    assert len(report.recorded) == 1


def test_within_a_batch_a_later_row_may_replace_an_earlier_one(operator, told):
    ids = [uuid.uuid4(), uuid.uuid4()]
    batch = [
        replace(told, uuid=ids[0]),
        replace(told, value=Decimal(1), uuid=ids[1], replaces=ids[0], reason="同批更正"),
        replace(told, value=Decimal(2)),
    ]
    report = record(operator, observations=batch, now=NOW)
    assert report.recorded == tuple(ids)
    assert [finding.code for finding in report.findings] == ["observations.conflict"]
    assert [row.uuid for row in standing(operator, told)] == [ids[1]]


def test_an_id_told_twice_is_a_repetition_or_a_refusal(operator, told):
    given = replace(told, uuid=uuid.uuid4())
    record(operator, observations=[given], now=NOW)
    again = record(
        operator, observations=[given, replace(given, metric="employed-population", unit="人")], now=NOW
    )
    assert again.repeated == (given.uuid,)
    assert [finding.code for finding in again.findings] == ["observations.id-taken"]


def test_an_id_of_an_invisible_row_is_a_conflict_without_its_content(operator, told, region_factory):
    given = replace(told, uuid=uuid.uuid4())
    record(operator, observations=[given], now=NOW)
    elsewhere = region_factory()
    with pytest.raises(ConflictError) as caught:
        record(clerk(elsewhere), observations=[replace(given, region_id=elsewhere)], now=NOW)
    assert "1509" not in str(caught.value)


def test_values_of_parties_kinds_books_and_periods_stand_side_by_side(operator, told, party_factory):
    party = party_factory(region_id=told.region_id)
    batch = [
        told,
        replace(told, party_id=party),
        replace(told, kind=ObservationKind.COMPUTED),
        replace(told, period=Period.parse("2024Q1")),
        replace(told, period=Period.parse("2024-01")),
        replace(told, period=Period.parse("2024-01-01")),
        replace(told, book=told.book + ".b"),
    ]
    report = record(operator, observations=batch, now=NOW)
    assert (len(report.recorded), report.findings) == (7, ())
    assert len(standing(operator, told)) == 7
    assert len(standing(operator, told, book=told.book)) == 6
    assert len(standing(operator, told, metrics=["employed-population"])) == 0
    with session(operator):
        assert len(versions_of(operator, report.recorded[1])) == 1


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2024", {"2024", "2024H1", "2024Q1", "2024-01", "2024-01-01", "2024-12-31"}),
        ("2024H1", {"2024H1", "2024Q1", "2024-01", "2024-01-01"}),
        ("2024Q1", {"2024Q1", "2024-01", "2024-01-01"}),
        ("2024-01", {"2024-01", "2024-01-01"}),
        ("2024-01-01", {"2024-01-01"}),
        ("2024-12-31", {"2024-12-31"}),
        ("2023", {"2023"}),
        ("2022", set()),
    ],
)
def test_a_value_lies_in_its_own_period_and_in_coarser_ones(operator, told, asked, expected):
    periods = ["2023", "2024", "2024H1", "2024Q1", "2024-01", "2024-01-01", "2024-12-31"]
    record(operator, observations=[replace(told, period=Period.parse(p)) for p in periods], now=NOW)
    rows = standing(operator, told, period=Period.parse(asked))
    assert {str(row.period) for row in rows} == expected


def test_only_the_own_region_is_written_and_read(told, region_factory):
    other = region_factory()
    report = record(clerk(told.region_id), observations=[told, replace(told, region_id=other)], now=NOW)
    assert len(report.recorded) == 1
    assert [finding.code for finding in report.findings] == ["observations.region-refused"]
    with session(clerk(other)), pytest.raises(AccessError):
        read_observations(clerk(other), region_ids=[told.region_id], period=YEAR)
    with session(clerk(other)), pytest.raises(NotFoundError):
        get_observation(clerk(other), report.recorded[0])


def test_a_role_that_may_not_record_is_refused_at_once(told):
    leader = Scope(None, None, Role.LEADER, frozenset({told.region_id}))
    with pytest.raises(AccessError):
        record(leader, observations=[told], now=NOW)


def test_without_a_session_no_row_is_seen_and_the_system_role_sees_all(operator, told):
    record(operator, observations=[told], now=NOW)
    assert not Observation.objects.filter(book=told.book).exists()
    assert Observation.objects.using("system").filter(book=told.book).count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observations_observation SET value = 0",
        "DELETE FROM observations_observation",
        "TRUNCATE observations_observation",
    ],
)
@pytest.mark.parametrize("alias", ["default", "system"])
def test_no_role_of_the_application_can_change_or_delete(db, statement, alias):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(using=alias):
        connections[alias].cursor().execute(statement)


def test_the_database_refuses_a_foreign_row_even_without_the_service(operator, told, region_factory):
    record(operator, observations=[told], now=NOW)
    other = region_factory()
    with session(operator):
        row = Observation.objects.get(book=told.book)
    row.pk, row.uuid, row.metric = None, uuid.uuid4(), "employed-population"
    with pytest.raises(DatabaseError, match="row-level security"), session(clerk(other)):
        row.save(force_insert=True)


def test_the_database_lets_no_region_replace_the_value_of_another(operator, told, region_factory):
    (theirs,) = record(operator, observations=[told], now=NOW).recorded
    own = region_factory()
    (mine,) = record(clerk(own), observations=[replace(told, region_id=own)], now=NOW).recorded
    with session(clerk(own)):
        row = Observation.objects.get(uuid=mine)
    row.pk, row.uuid, row.replaces_id, row.reason = None, uuid.uuid4(), theirs, "x"
    with pytest.raises(DatabaseError, match="replaces_the_same_value"), session(clerk(own)):
        row.save(force_insert=True)
    assert [row.uuid for row in standing(operator, told)] == [theirs]


def test_invented_values_never_enter_a_real_region(operator, told):
    real = load_regions()["110118"]
    report = record(operator, observations=[replace(told, region_id=real, book="synthetic")], now=NOW)
    assert report.recorded == ()
    assert [finding.code for finding in report.findings] == ["observations.synthetic"]
    allowed = record(operator, observations=[replace(told, book="synthetic")], now=NOW)
    assert len(allowed.recorded) == 1


def test_two_writers_of_the_same_value_leave_one_row(operator, told, monkeypatch, django_db_blocker):
    # The slower writer has looked before the faster one commits, and must find out at its insert.
    looked, real_look = [], services._standing

    def slow_look(given):
        found = real_look(given)
        looked.append(len(found))
        if len(looked) == 1:
            with ThreadPoolExecutor(1) as other:
                other.submit(_record_elsewhere, operator, told).result()
        return found

    monkeypatch.setattr(services, "_standing", slow_look)
    report = record(operator, observations=[told], now=NOW)
    assert looked == [0, 0, 1]
    assert (report.recorded, len(report.repeated)) == ((), 1)
    assert len(standing(operator, told)) == 1


def _record_elsewhere(scope, told):
    try:
        return record(scope, observations=[told], now=NOW)
    finally:
        connection.close()


def test_a_file_is_recorded_by_region_key_code_or_name(operator, region_factory, book, tmp_path):
    key = f"test-{uuid.uuid4().hex[:12]}"
    region = region_factory(key=key)
    path = tmp_path / "rows.csv"
    path.write_text(
        "book,region,kind,metric,period,value,source_title\n"
        f"{book},{key},published,gdp,2024,1亿元,公报\n"
        f"{book},试验区{key},published,resident-population,2024,16万人,公报\n"
        f"{book},{key},published,gdp,2023,1 t,公报\n"
        f"{book},Atlantis,published,gdp,2022,1亿元,公报\n",
        encoding="utf-8",
    )
    report = record_file(operator, path, now=NOW)
    assert len(report.recorded) == 2
    assert [(f.where, f.code) for f in report.findings] == [
        ("rows.csv:5 gdp", "observations.region"),
        ("rows.csv:4 gdp", "observations.unit"),
    ]
    with session(operator):
        rows = read_observations(operator, region_ids=[region], period=YEAR)
    assert {row.metric: row.value for row in rows} == {"gdp": 10_000, "resident-population": 160_000}


def test_the_published_context_of_the_development_area_is_recorded_once(operator, db):
    area = load_regions()["BDA"]
    path = Path(services.__file__).parent / "data" / "bda-2018.yaml"
    first = record_file(operator, path, now=NOW)
    second = record_file(operator, path, now=NOW)
    assert (first.findings, second.findings, second.recorded) == ((), (), ())
    assert len(second.repeated) == 7
    with session(operator):
        rows = read_observations(operator, region_ids=[area], period=Period.year_of(2018), metrics=["gdp"])
    assert [(row.value, row.book) for row in rows] == [(Decimal(15_095_000), "published:bda-2020")]


def test_a_reported_value_keeps_who_stands_behind_it(operator, told):
    given = replace(
        told,
        kind=ObservationKind.REPORTED, department="区统计局", confirmed_by="区政府", source_clause="第三节",
        confirmed_on=date(2025, 5, 1), evidence="declared", relative_ppm=5000,
    )  # fmt: skip
    assert record(operator, observations=[given], now=NOW).findings == ()
    (row,) = standing(operator, told)
    assert (row.department, row.confirmed_by, row.confirmed_on) == ("区统计局", "区政府", date(2025, 5, 1))
    assert (row.evidence, row.relative_ppm, row.provisional) == ("declared", 5000, False)
    assert (row.source_title, row.source_clause) == ("统计公报", "第三节")


def test_nothing_to_record_is_no_error(operator, db):
    report = record(operator, observations=[], now=NOW)
    assert (report.recorded, report.repeated, report.findings) == ((), (), ())
