"""`wufei indicators`: tables for people, JSON for machines, exit codes."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from typer.testing import CliRunner

from wufei.kernel.errors import NotFoundError
from wufei.measures.indicators.commands import app
from wufei.records.plans.core.files import load_plans
from wufei.records.plans.services import load_plan
from wufei.records.registry.services import load_regions
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session

RATE = "general-industrial-waste-utilisation-rate"


def run(*arguments: str):
    return CliRunner(env={"COLUMNS": "240"}).invoke(app, list(arguments), catch_exceptions=False)


def test_compute_prints_json_with_status_quantities_and_lineage(busy_city):
    result = run("compute", "--region", busy_city.a_key, "--year", "2025", "--book", busy_city.book, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["books"] == {busy_city.a_key: busy_city.book}
    figure = next(each for each in found["figures"] if each["indicator"] == RATE)
    assert figure["value"] == 60
    assert figure["status"] == "no-target"
    assert figure["quantities"][0]["grams"] == 60_000_000
    assert figure["quantities"][0]["lineage"]["steps"] == ["treat-in", "use"]
    assert figure["quality"]["estimated_share"] == 0.09375


def test_compute_prints_a_table_in_both_languages(busy_city):
    chinese = run("compute", "--region", busy_city.a_key, "--year", "2025", "--book", busy_city.book)
    assert "一般工业固体废物综合利用率" in chinese.stdout
    english = run(
        "compute", "--region", busy_city.a_key, "--year", "2025", "--book", busy_city.book, "--english"
    )
    assert "Indicator" in english.stdout


def test_only_planned_indicators_are_listed_on_request(busy_city):
    result = run(
        "compute", "--region", busy_city.a_key, "--year", "2025", "--book", busy_city.book, "--plan", "--json"
    )
    assert json.loads(result.stdout)["figures"] == []


def test_trace_prints_the_transfers(busy_city):
    figure_id = f"{RATE}@{busy_city.a_key}/2025/{busy_city.book}"
    printed = run("trace", figure_id).stdout
    for transfer_id in busy_city.ids[2:4]:
        assert str(transfer_id) in printed
    assert "75.000%" in printed
    paged = run("trace", figure_id, "--quantity", "used", "--limit", "1")
    assert "--after" in paged.stdout
    as_json = json.loads(run("trace", figure_id, "--json").stdout)
    assert sorted(each["share"] for each in as_json["quantities"][0]["transfers"]) == [0.25, 0.75]
    money = run("trace", f"general-industrial-waste-intensity@{busy_city.a_key}/2025/{busy_city.book}")
    assert "industrial-added-value" in money.stdout


def test_sheet_writes_a_workbook(busy_city, tmp_path):
    file = tmp_path / "sheet.xlsx"
    result = run("sheet", f"{RATE}@{busy_city.a_key}/2025/{busy_city.book}", str(file))
    assert result.exit_code == 0
    assert openpyxl.load_workbook(io.BytesIO(file.read_bytes())).sheetnames == [
        "测算底稿",
        "流水",
        "观测数据",
    ]


def test_check_ends_with_one_where_something_must_be_mended(db):
    with session(Scope.operator()):
        load_regions()
        for plan in load_plans():
            load_plan(Scope.operator(), plan)
    bad = run("check", "bda-2020")
    assert bad.exit_code == 1
    assert "bda-2020#13" in bad.stdout
    assert bad.stdout.index("必须修改") < bad.stdout.index("说明")
    good = run("check", "miyun-2022", "--json")
    assert good.exit_code == 0
    assert {each["severity"] for each in json.loads(good.stdout)["findings"]} <= {"explain", "note"}
    assert clock.today_on().year > 2025


def test_an_unknown_region_is_told(db):
    with pytest.raises(NotFoundError) as refused:
        run("compute", "--region", "ATLANTIS", "--year", "2025")
    assert "ATLANTIS" in refused.value.message.zh
