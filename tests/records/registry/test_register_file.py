"""The register in Excel: good rows are written, bad ones told with their cell, a repeat changes nothing."""

import io
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from wufei.kernel.errors import AccessError, InputError
from wufei.records.registry.core.papers import Line
from wufei.records.registry.core.sheets import read_workbook, workbook_of
from wufei.records.registry.queries import register_rows
from wufei.records.registry.services import load_regions, load_register
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import regions_by_id


@pytest.fixture
def region(region_factory):
    region_id = region_factory()
    return regions_by_id([region_id])[region_id]


def rows_of(region, stem, count=1):
    """A register of some firms with one row of each kind."""
    firms = [f"{stem}-{number}" for number in range(count)]
    own = {
        "sites": site_of(region),
        "places": PLACE,
        "papers": LICENCE,
        "contracts": CONTRACT | {"other_party": firms[0]},
        "vehicles": {"plate": "京AD12345", "kind": "厢式", "new_energy": True},
        "people": DRIVER,
        "tags": {"name": "绿色工厂", "valid_from": date(2025, 6, 1)},
    }
    parties = [
        {"key": firm, "name": f"合成厂{firm}", "kind": "enterprise", "region": region.key} for firm in firms
    ]
    rows = {
        sheet: [{"party": firm} | row | named(sheet, firm) for firm in firms] for sheet, row in own.items()
    }
    return {"parties": parties} | rows


def site_of(region):
    place = {"longitude": Decimal("119.5"), "latitude": Decimal("38.7")}
    return {"name": "院", "region": region.key, "strict": True} | place


def named(sheet, firm):
    """What must differ from firm to firm."""
    return {
        "sites": {"key": f"{firm}-yard"},
        "places": {"site": f"{firm}-yard"},
        "papers": {"number": f"L-{firm}"},
        "contracts": {"number": f"C-{firm}"},
    }.get(sheet, {})


PLACE = {
    "kind": "store",
    "code": "TS001",
    "name": "一号库",
    "capacity": Decimal(20),
    "codes": ["900-249-08"],
    "attributes": {"strict_grade": "库"},
}
LICENCE = {
    "kind": "hazardous-licence",
    "valid_from": date(2025, 1, 1),
    "valid_to": date(2027, 12, 31),
    "state": "active",
    "lines": [Line("900-249-08", "R9", 500_000_000), Line("HW08", "", None)],
}
CONTRACT = {
    "valid_from": date(2025, 1, 1),
    "valid_to": date(2025, 12, 31),
    "cycle": "month",
    "amount_yuan": Decimal("1200.50"),
}
DRIVER = {
    "code": "D1",
    "name": "张三",
    "duty": "驾驶员",
    "phone": "13800001234",
    "id_number": "110101199001010000",
}


def test_every_sheet_is_written_and_the_same_file_changes_nothing(region, operator):
    content = workbook_of(rows_of(region, uuid.uuid4().hex[:8], 3), "zh-hans")
    first = load_register(operator, content=content, name="r.xlsx")
    assert first.findings == ()
    assert [(each.rows, each.made) for each in first.tallies] == [(3, 3)] * 8
    again = load_register(operator, content=content, name="r.xlsx")
    assert (again.changes, again.findings) == (0, ())


def test_an_export_loaded_again_changes_nothing_even_with_masked_people(region, operator):
    content = workbook_of(rows_of(region, uuid.uuid4().hex[:8], 2), "zh-hans")
    load_register(operator, content=content, name="r.xlsx")
    clerk = Scope(None, None, Role.CLERK, frozenset({region.id}))
    for scope in (operator, clerk):
        for language in ("zh-hans", "en"):
            with session(scope):
                exported = workbook_of(register_rows(scope, region.id), language)
            report = load_register(scope, content=exported, name="again.xlsx")
            assert (report.changes, report.findings) == (0, ())
            assert sum(each.same for each in report.tallies) == 16
    people = read_workbook(exported, "again.xlsx").entries["people"]
    assert {entry.values["phone"] for entry in people} == {"138****1234"}


def test_a_bad_cell_is_named_and_stops_no_other_row(region, operator):
    stem = uuid.uuid4().hex[:8]
    rows = rows_of(region, stem, 2)
    rows["papers"][1]["valid_to"] = "2025-02-30"
    rows["vehicles"][0]["plate"] = "京AI2345"
    rows["tags"].append({"party": "无此单位", "name": "x", "valid_from": date(2025, 1, 1)})
    report = load_register(operator, content=workbook_of(rows, "zh-hans"), name="r.xlsx")
    assert [(each.code, each.where) for each in report.findings] == [
        ("registry.cell", "证照!F3"),
        ("registry.plate", "车辆!B2"),
        ("registry.party", "标签!A4"),
    ]
    tallies = {each.sheet.zh: (each.rows, each.made, each.refused) for each in report.tallies}
    assert tallies["证照"] == (2, 1, 1)
    assert tallies["车辆"] == (2, 1, 1)
    assert tallies["标签"] == (3, 2, 1)


def test_a_look_beforehand_tells_the_same_and_writes_nothing(region, operator):
    content = workbook_of(rows_of(region, uuid.uuid4().hex[:8]), "zh-hans")
    before = load_register(operator, content=content, name="r.xlsx", apply=False)
    after = load_register(operator, content=content, name="r.xlsx")
    assert before.tallies == after.tallies
    assert (before.applied, after.applied) == (False, True)


def test_rows_of_another_region_are_told_and_one_s_own_are_written(region, region_factory):
    stem = uuid.uuid4().hex[:8]
    foreign = regions_by_id([region_factory()])
    rows = rows_of(region, stem)
    rows["parties"].append(
        {"key": f"{stem}-far", "name": "外", "kind": "enterprise", "region": next(iter(foreign.values())).key}
    )
    clerk = Scope(None, None, Role.CLERK, frozenset({region.id}))
    report = load_register(clerk, content=workbook_of(rows, "zh-hans"), name="r.xlsx")
    assert [(each.code, each.where) for each in report.findings] == [("registry.access", "单位!F3")]
    assert report.tallies[0].made == 1


def test_who_may_only_read_loads_nothing(region):
    observer = Scope(None, None, Role.OBSERVER, frozenset({region.id}))
    with pytest.raises(AccessError):
        load_register(observer, content=workbook_of({}, "zh-hans"), name="r.xlsx")


def test_an_abolished_region_is_refused_with_its_successor(operator, db):
    load_regions()
    rows = {"parties": [{"key": uuid.uuid4().hex, "name": "旧", "kind": "enterprise", "region": "宣武区"}]}
    report = load_register(operator, content=workbook_of(rows, "zh-hans"), name="r.xlsx")
    assert "西城区" in report.findings[0].message.zh
    assert "110102" in report.findings[0].message.en


def test_two_firms_of_one_name_are_not_guessed(region, operator):
    stem = uuid.uuid4().hex[:8]
    rows = {
        "parties": [
            {"key": f"{stem}{n}", "name": stem, "kind": "enterprise", "region": region.key} for n in (1, 2)
        ],
        "tags": [{"party": stem, "name": "x", "valid_from": date(2025, 1, 1)}],
    }
    report = load_register(operator, content=workbook_of(rows, "zh-hans"), name="r.xlsx")
    assert f"{stem}1" in report.findings[0].message.zh


def test_a_workbook_without_known_sheets_is_refused(operator, db):
    out = io.BytesIO()
    Workbook().save(out)
    with pytest.raises(InputError, match=r"registry\.no-sheet"):
        load_register(operator, content=out.getvalue(), name="other.xlsx")


def test_the_number_of_statements_does_not_grow_with_the_rows(region, operator):
    counts = []
    for firms in (1, 40):
        content = workbook_of(rows_of(region, uuid.uuid4().hex[:8], firms), "zh-hans")
        with CaptureQueriesContext(connection) as captured:
            load_register(operator, content=content, name="r.xlsx")
        counts.append(len(captured))
    assert counts[0] == counts[1]
