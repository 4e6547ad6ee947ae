"""Defective data files give Findings that name file, item, rule and fix."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Severity
from wufei.records.catalogue.core.check import check_catalogue
from wufei.records.catalogue.core.rows import DATA_DIRECTORY, refuse_broken

FILES = (
    "sources.yaml", "streams.csv", "groupings.yaml", "methods.csv", "conversions.csv", "industries.csv",
    "items-hazardous.csv", "items-general.csv", "items-withdrawn.csv", "exemptions.yaml", "standards.yaml",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    for name in FILES:
        shutil.copy(DATA_DIRECTORY / name, tmp_path / name)
    return tmp_path


def rewrite(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times in {path.name}"
    path.write_text(content.replace(old, new), encoding="utf-8")


def only(findings, code):
    found = [finding for finding in findings if finding.code == code]
    assert len(found) == 1, findings
    return found[0]


def test_the_files_of_the_project_have_no_defect(folder):
    assert check_catalogue(folder) == []
    assert check_catalogue(DATA_DIRECTORY) == []


BROKEN_LINES = [
    (
        "streams.csv",
        "SW09,赤泥,Red mud,general-industrial,,2024-01-22,solid-waste-codes-2024",
        "SW09,赤泥,Red mud,general-industrial,,2024-01-22,",
        "missing-field",
        "SW09",
    ),
    (
        "streams.csv",
        "SW09,赤泥,Red mud,general-industrial,,2024-01-22,solid-waste-codes-2024",
        "SW09,赤泥,Red mud,general-industrial,,2024-01-22,a-blog",
        "unknown-source",
        "SW09",
    ),
    ("streams.csv", "SW09,赤泥,Red mud,general", "SW09,赤泥,Red mud,radioactive", "unknown-choice", "SW09"),
    (
        "streams.csv",
        "SW09,赤泥,Red mud,general-industrial,,2024-01-22",
        "SW09,赤泥,Red mud,general-industrial,,22/01/2024",
        "bad-date",
        "SW09",
    ),
    ("streams.csv", "AGRI-STRAW,农作物秸秆,Crop straw,agricultural,SW80",
     "AGRI-STRAW,农作物秸秆,Crop straw,agricultural,SW79", "unknown-stream", "AGRI-STRAW"),
    ("conversions.csv", "SW73,m3,1600000", "SW73,m3,1600", "wrong-unit", "demolition-waste-m3"),
    ("conversions.csv", "SW73,m3,1600000", "SW73,bucket,1600000", "unknown-choice", "demolition-waste-m3"),
    ("conversions.csv", "SW73,m3,1600000", "SW73,m3,-1600000", "out-of-range", "demolition-waste-m3"),
    ("conversions.csv", "SW73,m3,1600000", "SW73,m3,1.6t", "bad-number", "demolition-waste-m3"),
    ("conversions.csv", "SW73,m3,1600000", "SW75,m3,1600000", "unknown-stream", "demolition-waste-m3"),
    ("conversions.csv", "HW08,L,900,2016-01-01,30000", "HW08,L,900,2016-01-01,3000000", "out-of-range",
     "waste-oil-litre"),
    ("conversions.csv", "waste-oil-litre,HW08,L", "waste-oil-litre,SW61,m3", "repeated", "waste-oil-litre"),
    ("streams.csv", "SW09,赤泥", "sw09,赤泥", "bad-code", "sw09"),
    ("streams.csv", "SW92,实验室固体废物", "SW92,", "missing-field", "SW92"),
    ("streams.csv", "GREEN,园林绿化垃圾,Garden and park waste,other,,2016-01-01",
     "GREEN,园林绿化垃圾,Garden and park waste,other,,", "missing-field", "GREEN"),
    ("streams.csv", "GREEN,园林绿化垃圾,Garden and park waste,other",
     "GREEN,园林绿化垃圾,Garden and park waste,", "missing-field", "GREEN"),
    ("conversions.csv", "SW73,m3,1600000", "SW73,m3,", "missing-field", "demolition-waste-m3"),
    ("sources.yaml", "  clause: 无公开出处，待核实\n  effective_on: 2016-01-01\n",
     "  clause: 无公开出处，待核实\n  effective_on: soon\n", "bad-date", "engineering-practice"),
    ("methods.csv", "compost,biological", "compost,dispose", "unknown-choice", "compost"),
    ("methods.csv", "digest,biological", "compost,biological", "repeated", "compost"),
    ("items-hazardous.csv", "900-026-32,", "900-026-43,", "bad-item-code", "900-026-43"),
    ("items-hazardous.csv", "900-026-32,", "999-026-32,", "bad-item-code", "999-026-32"),
    ("items-hazardous.csv", "900-026-32,", "900-026-S17,", "bad-item-code", "900-026-S17"),
    ("items-hazardous.csv", "900-048-50,废液体催化剂,Spent liquid catalysts,T",
     "900-048-50,废液体催化剂,Spent liquid catalysts,X", "bad-hazards", "900-048-50"),
    ("items-hazardous.csv", "900-048-50,废液体催化剂,Spent liquid catalysts,T",
     "900-048-50,废液体催化剂,Spent liquid catalysts,", "bad-hazards", "900-048-50"),
    ("items-general.csv", "废钢铁,Scrap iron and steel,solid", "废钢铁,Scrap iron and steel,gaseous",
     "unknown-choice", "900-001-S17"),
    ("items-general.csv", "废钢铁,Scrap iron and steel,solid,recyclables",
     "废钢铁,Scrap iron and steel,solid,gems", "unknown-choice", "900-001-S17"),
    ("items-withdrawn.csv", "900-403-06,易燃易爆废有机溶剂,Flammable spent solvents,900-402-06",
     "900-403-06,易燃易爆废有机溶剂,Flammable spent solvents,900-403-07", "bad-successor", "900-403-06"),
    ("exemptions.yaml", "    conditions: [battery-unbroken, sheltered-vehicle]",
     "    conditions: [battery-whole, sheltered-vehicle]", "unknown-name", "lead-battery-transport"),
    ("exemptions.yaml", "    codes: [900-052-31]", "    codes: [900-052-30]", "unknown-name",
     "lead-battery-transport"),
    ("standards.yaml", '  replaced_by: "HJ 212-2025"', '  replaced_by: "HJ 212-2026"', "unknown-standard",
     "HJ 212-2017"),
    ("standards.yaml", "  in_force_to: 2023-07-01", "  in_force_to: 2002-07-01", "bad-span", "GB 18597-2001"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "item"), BROKEN_LINES)
def test_a_broken_line_is_named_with_file_item_rule_and_fix(folder, file, old, new, code, item):
    rewrite(folder / file, old, new)
    finding = only(check_catalogue(folder), f"catalogue.{code}")
    assert finding.severity is Severity.ERROR
    assert finding.where.startswith(f"{file}:")
    assert finding.where.endswith(f" {item}")
    for text in (finding.message, finding.rule, finding.fix):
        assert text.zh
        assert text.en


def test_one_broken_line_does_not_hide_another(folder):
    rewrite(folder / "conversions.csv", "SW73,m3,1600000", "SW73,m3,1600")
    rewrite(folder / "methods.csv", "compost,biological", "compost,dispose")
    assert {finding.where.partition(":")[0] for finding in check_catalogue(folder)} == {
        "conversions.csv",
        "methods.csv",
    }


def change_grouping(folder: Path, grouping_id: str, **changes: object) -> None:
    path = folder / "groupings.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry = next(entry for entry in document["groupings"] if entry["id"] == grouping_id)
    entry.update(changes)
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")


def test_an_overlap_within_a_partition_is_found(folder):
    members = [{"streams": ["HW01"], "sectors": "all"}, {"streams": ["HW08"], "sectors": ["industry"]}]
    change_grouping(folder, "stat.medical", members=members)
    finding = only(check_catalogue(folder), "catalogue.overlap")
    assert finding.where.endswith(" stat.medical")
    assert finding.value == "HW08/industry"
    assert "stat.industrial-hazardous" in finding.message.zh


def test_a_gap_in_a_complete_partition_is_found(folder):
    change_grouping(folder, "stat.green", members=[{"streams": ["GREEN"], "sectors": ["municipal"]}])
    finding = only(check_catalogue(folder), "catalogue.gap")
    assert "5 项" in finding.message.zh
    assert "GREEN/agriculture" in finding.value


def test_a_part_outside_its_whole_is_found(folder):
    change_grouping(folder, "stat.straw", within="stat.household")
    finding = only(check_catalogue(folder), "catalogue.not-within")
    assert finding.where.endswith(" stat.straw")


def test_a_part_of_an_unknown_whole_is_found(folder):
    change_grouping(folder, "stat.straw", within="stat.nothing")
    assert only(check_catalogue(folder), "catalogue.not-within").where.endswith(" stat.straw")


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"streams": ["HW41..HW44"], "sectors": "all"}, "unknown-stream"),
        ({"streams": ["GREENS"], "sectors": "all"}, "unknown-stream"),
        ({"streams": ["GREEN"], "sectors": ["mining"]}, "unknown-sector"),
        ({"streams": "GREEN", "sectors": "all"}, "missing-field"),
        ({"streams": ["GREEN"], "sectors": []}, "missing-field"),
    ],
)
def test_a_rule_that_names_what_does_not_exist_is_found(folder, rule, code):
    change_grouping(folder, "stat.green", members=[rule])
    findings = check_catalogue(folder)
    assert f"catalogue.{code}" in {f.code for f in findings if f.where.endswith(" stat.green")}


def test_a_grouping_without_members_or_of_no_partition_is_found(folder):
    change_grouping(folder, "stat.green", members="GREEN")
    change_grouping(folder, "plan.domestic", id="field.domestic")
    findings = check_catalogue(folder)
    assert only(findings, "catalogue.missing-field").where.endswith(" stat.green")
    assert only(findings, "catalogue.unknown-partition").value == "field"


def test_a_name_may_be_plain_chinese(folder):
    change_grouping(folder, "stat.green", name="园林绿化垃圾")
    assert check_catalogue(folder) == []


def test_a_later_version_is_tested_from_its_own_day_on(folder):
    path = folder / "groupings.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry = next(entry for entry in document["groupings"] if entry["id"] == "stat.medical")
    later = {
        **entry,
        "effective_on": date(2030, 1, 1),
        "members": [{"streams": ["HW01"], "sectors": ["medical"]}],
    }
    document["groupings"].append(later)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    finding = only(check_catalogue(folder), "catalogue.gap")
    assert "2030-01-01" in finding.message.zh


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("streams.csv", b"\xff\xfe\x00"),
        ("streams.csv", b'code,name_zh\nSW01,"open'),
        ("groupings.yaml", b"groupings: {a: b"),
        ("methods.csv", None),
        ("sources.yaml", b"just words"),
    ],
)
def test_an_unreadable_file_is_one_finding_about_that_file(folder, file, content):
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    unreadable = {f.where for f in check_catalogue(folder) if f.code == "catalogue.unreadable"}
    assert unreadable == {file}


def test_a_source_without_title_is_found(folder):
    rewrite(folder / "sources.yaml", "  title: {zh: 工程经验值, en: engineering practice}\n", "")
    finding = [f for f in check_catalogue(folder) if f.where.startswith("sources.yaml")]
    assert [f.code for f in finding] == ["catalogue.missing-field"]
    assert finding[0].where.endswith("engineering-practice")


def test_loading_a_defective_folder_raises_with_every_defect(folder):
    rewrite(folder / "conversions.csv", "SW73,m3,1600000", "SW73,m3,1600")
    rewrite(folder / "methods.csv", "compost,biological", "compost,dispose")
    with pytest.raises(InputError) as caught:
        refuse_broken(check_catalogue(folder))
    assert "demolition-waste-m3" in caught.value.message.zh
    assert "compost" in caught.value.message.en
