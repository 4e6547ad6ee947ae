"""Files of observations, read row by row."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from wufei.kernel.period import Period
from wufei.records.observations.core import files
from wufei.records.observations.core.files import read_observation_file
from wufei.records.observations.core.metric_rules import load_metric_rules
from wufei.records.observations.core.observation import ObservationKind
from wufei.records.observations.core.validation import check_observation, in_metric_unit

REGIONS = {"BDA": 7, "110118": 8}
BDA_2018 = Path(files.__file__).parents[1] / "data" / "bda-2018.yaml"

# The plan's own words: 常住人口16万左右, 就业人口约37万, 地区生产总值1509.5亿元 ...; in persons and 万元.
PUBLISHED = {
    "resident-population": 160_000,
    "employed-population": 370_000,
    "gdp": Decimal("1509.5") * 10_000,
    "secondary-industry-added-value": Decimal("1000.1") * 10_000,
    "tertiary-industry-added-value": Decimal("509.3") * 10_000,
    "industrial-output-value-above-scale": Decimal("3841.2") * 10_000,
    "solid-waste-generated-total": 1_500_000,
}

CSV_HEAD = (
    "book,region,kind,metric,period,value,source_title,department,confirmed_by,confirmed_on,provisional\n"
)


def test_the_published_context_of_the_development_area_is_read_without_a_finding():
    observations, findings = read_observation_file(BDA_2018, REGIONS)
    assert findings == ()
    rules = load_metric_rules()
    for observation in observations:
        assert check_observation(observation, rules, date(2025, 1, 1)) == []
        assert (observation.region_id, observation.period) == (7, Period.year_of(2018))
        assert (observation.book, observation.kind) == ("published:bda-2020", ObservationKind.PUBLISHED)
        assert "实施方案" in observation.source_title
    assert {o.metric: in_metric_unit(o, rules[o.metric]).value for o in observations} == PUBLISHED


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def test_a_csv_row_carries_everything_a_reported_value_needs(tmp_path):
    row = "actual,110118,reported,gdp,2024年,３６０亿元,年报,统计局,区统计局,2025-04-30,快报\n"
    observations, findings = read_observation_file(write(tmp_path, "a.csv", CSV_HEAD + row), REGIONS)
    assert findings == ()
    (read,) = observations
    assert (read.region_id, read.period, read.value, read.unit) == (8, Period.year_of(2024), 360, "亿元")
    assert (read.department, read.confirmed_by, read.confirmed_on) == (
        "统计局",
        "区统计局",
        date(2025, 4, 30),
    )
    assert read.provisional
    assert read.text == "３６０亿元"
    assert read.where == "a.csv:2 gdp"


GOOD_ROW = "actual,BDA,published,gdp,2024,1亿元,公报,,,,\n"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("actual,Nowhere,published,gdp,2024,1亿元,公报,,,,\n", "region"),
        ("actual,BDA,rumoured,gdp,2024,1亿元,公报,,,,\n", "unknown-choice"),
        ("actual,BDA,published,gdp,last year,1亿元,公报,,,,\n", "period"),
        ("actual,BDA,published,gdp,2024,,公报,,,,\n", "missing-field"),
        ("actual,BDA,published,gdp,2024,1亿元,,,,,\n", "missing-field"),
        ("actual,BDA,published,gdp,2024,1亿圆圆,公报,,,,\n", "unit"),
        ("actual,BDA,published,gdp,2024,1亿元,公报,,,30.4.2025,\n", "bad-date"),
        (",BDA,published,gdp,2024,1亿元,公报,,,,\n", "missing-field"),
        ("actual,BDA,published,gdp,,1亿元,公报,,,,\n", "missing-field"),
    ],
)
def test_a_row_that_cannot_be_read_is_reported_and_the_others_are_read(tmp_path, row, code):
    path = write(tmp_path, "rows.csv", CSV_HEAD + GOOD_ROW + row + GOOD_ROW.replace("2024", "2023"))
    observations, findings = read_observation_file(path, REGIONS)
    assert [observation.period.start.year for observation in observations] == [2024, 2023]
    assert [finding.code for finding in findings] == [f"observations.{code}"]
    assert findings[0].where == "rows.csv:3 gdp"


def test_a_yaml_row_overrides_what_the_file_shares(tmp_path):
    path = write(
        tmp_path,
        "a.yaml",
        "book: actual\nregion: BDA\nkind: published\nperiod: 2018\nsource: {title: 公报, clause: 第二节}\n"
        "observations:\n- {metric: gdp, value: 1亿元}\n"
        "- {metric: gdp, value: 较好, period: 2019Q1, region: 110118}\n",
    )
    (first, second), findings = read_observation_file(path, REGIONS)
    assert findings == ()
    assert (first.region_id, str(first.period), first.source_clause) == (7, "2018", "第二节")
    assert (second.region_id, str(second.period), second.value, second.text) == (8, "2019Q1", None, "较好")


@pytest.mark.parametrize("content", ["book: actual\n", "observations: 5\n", "- {metric: gdp}\n", "a: [\n"])
def test_a_yaml_file_without_a_list_of_observations_is_one_finding(tmp_path, content):
    observations, findings = read_observation_file(write(tmp_path, "a.yaml", content), REGIONS)
    assert observations == ()
    assert [finding.code for finding in findings] == ["observations.unreadable"]
