"""The list of regions, and defects in such a list."""

import shutil
from datetime import date

import pytest

from wufei.kernel.errors import InputError
from wufei.kernel.region_code import RegionCode
from wufei.records.catalogue.core.rows import refuse_broken
from wufei.records.catalogue.core.sources import Status
from wufei.records.registry.core.regions import DATA_DIRECTORY, load_region_records, parse_regions

# GB/T 2260: the sixteen districts of Beijing.
DISTRICTS = {
    "110101": "东城区", "110102": "西城区", "110105": "朝阳区", "110106": "丰台区", "110107": "石景山区",
    "110108": "海淀区", "110109": "门头沟区", "110111": "房山区", "110112": "通州区", "110113": "顺义区",
    "110114": "昌平区", "110115": "大兴区", "110116": "怀柔区", "110117": "平谷区", "110118": "密云区",
    "110119": "延庆区",
}  # fmt: skip


def records():
    return {record.key: record for record in load_region_records()}


def test_beijing_has_its_sixteen_districts_in_force():
    in_force = {key: r.name.zh for key, r in records().items() if r.parent == "110000" and r.valid_to is None}
    assert in_force == DISTRICTS
    assert records()["110000"].name.zh == "北京市"


def test_withdrawn_codes_have_an_end_and_say_that_the_day_is_to_be_confirmed():
    withdrawn = {key: r for key, r in records().items() if r.valid_to is not None}
    assert {key: r.name.zh for key, r in withdrawn.items()} == {
        "110103": "崇文区", "110104": "宣武区", "110228": "密云县", "110229": "延庆县",
    }  # fmt: skip
    assert {r.status for r in withdrawn.values()} == {Status.TO_BE_CONFIRMED}
    assert all(r.valid_to <= date(2016, 1, 1) for r in withdrawn.values())


def test_the_development_area_is_functional_has_no_code_and_no_parent_and_many_names():
    area = records()["BDA"]
    assert (area.kind, area.code, area.parent) == ("functional", None, "")
    assert {area.name.zh, *area.aliases} >= {"北京经济技术开发区", "经开区", "亦庄", "北京经开区"}


def test_every_code_is_well_formed_and_every_region_is_named_in_both_languages():
    for record in records().values():
        assert record.name.zh
        assert record.name.en
        assert record.source
        if record.code:
            assert str(RegionCode.parse(record.code)) == record.key


@pytest.fixture
def folder(tmp_path):
    shutil.copy(DATA_DIRECTORY / "regions.csv", tmp_path)
    return tmp_path


MIYUN = "110118,110118,密云区,Miyun District,district,110000,密云,,,"


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("110118,11011,密云区,Miyun District,district,110000,密云,,,", "region-code"),
        ("110118,,密云区,Miyun District,district,110000,密云,,,", "missing-field"),
        ("110118,110118,密云区,Miyun District,functional,110000,密云,,,", "region-code"),
        ("110118,110118,密云区,Miyun District,county,110000,密云,,,", "unknown-choice"),
        ("110118,110118,密云区,Miyun District,district,110001,密云,,,", "region-parent"),
        ("110118,110118,密云区,Miyun District,district,110000,怀柔,,,", "region-alias"),
        ("110118,110118,密云区,Miyun District,district,110000,密云,2015-12-01,2015-11-30,", "region-dates"),
        ("110118,110118,密云区,Miyun District,district,110000,密云,2015,,", "bad-date"),
        ("110117,110118,密云区,Miyun District,district,110000,密云,,,", "repeated"),
    ],
)
def test_a_defect_is_a_finding_about_its_line_and_stops_loading(folder, broken, code):
    path = folder / "regions.csv"
    content = path.read_text(encoding="utf-8")
    assert content.count(MIYUN) == 1
    path.write_text(content.replace(MIYUN, broken), encoding="utf-8")
    _, findings = parse_regions(folder)
    assert [finding.code for finding in findings] == [f"registry.{code}"]
    assert findings[0].where.startswith("regions.csv:17 " if code != "repeated" else "regions.csv:")
    with pytest.raises(InputError) as caught:
        refuse_broken(findings)
    assert caught.value.code == "registry.broken"
