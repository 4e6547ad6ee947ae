"""`wufei observations`: a file is recorded row by row, and what is wrong is said with its place and fix."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from wufei.records.observations.commands import app
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import regions_by_id

GOOD = "{metric: gdp, value: 1509.5亿元}"
WRONG_UNIT = "{metric: resident-population, value: 16万吨}"
FILE = """
book: {book}
region: {region}
kind: published
period: 2018
evidence: statistical
{source}
observations:
  - {rows}
"""
SOURCE = "source: {title: 统计公报, clause: 表1, effective_on: 2019-03-01}"


def written(tmp_path, region, book, rows, source=SOURCE):
    path = tmp_path / "values.yaml"
    text = FILE.replace("{book}", book).replace("{region}", region).replace("{source}", source)
    path.write_text(text.replace("{rows}", "\n  - ".join(rows)), "utf8")
    return str(path)


def run(*arguments):
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, list(arguments), catch_exceptions=False)


def key_of(region_id):
    with session(Scope.operator()):
        return regions_by_id([region_id])[region_id].key


def test_a_good_row_is_recorded_beside_a_bad_one_that_is_explained(tmp_path, region_factory, book):
    path = written(tmp_path, key_of(region_factory()), book, [GOOD, WRONG_UNIT])
    result = run("record", path, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert len(told["recorded"]) == 1
    (found,) = told["findings"]
    assert found["where"].startswith("values.yaml")
    assert "16万吨" in found["value"] + found["message"]
    assert found["fix"]
    again = run("record", path)
    assert "0 recorded, 1 already there" in again.stdout


def test_a_file_without_a_source_records_nothing(tmp_path, region_factory, book):
    path = written(tmp_path, key_of(region_factory()), book, [GOOD], source="")
    result = run("record", path)
    assert result.exit_code == 1
    assert "必须修改" in result.stdout
    assert "0 recorded" in result.stdout


def test_what_can_be_entered_is_listed_with_its_unit():
    result = run("metrics")
    assert result.exit_code == 0
    assert "resident-population" in result.stdout
    assert "人" in result.stdout
