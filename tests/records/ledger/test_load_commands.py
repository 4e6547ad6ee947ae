"""`wufei ledger template` and `post`: what a person at the command line sees, and what a machine reads."""

from __future__ import annotations

import json
import uuid

import pytest
from typer.testing import CliRunner

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.records.ledger.commands import app
from wufei.records.ledger.commands.loading import PRINTED
from wufei.runtime.identity.services import save_party

HEAD = "日期,环节,废物类别,数量（吨）,单位名称,账簿"


def run(*arguments):
    return CliRunner(env={"COLUMNS": "300"}).invoke(app, list(map(str, arguments)), catch_exceptions=False)


@pytest.fixture
def file(tmp_path, region_factory, book):
    """Write rows, each a date, a step and a quantity, into a file of a firm of its own."""
    key = f"firm-{uuid.uuid4().hex[:10]}"
    save_party(key=key, name=Text(f"厂{key}"), kind="enterprise", region_id=region_factory(), synthetic=True)

    def write(*rows, encoding="gbk"):
        path = tmp_path / "台账.csv"
        lines = [f"{on},{step},SW03,{quantity},{key},{book}" for on, step, quantity in rows]
        path.write_bytes("\n".join([HEAD, *lines]).encode(encoding))
        return path

    return write


GOOD, BAD = ("2025-03-09", "产生", "5"), ("2025-03-10", "产生", "-5")


def test_a_good_file_is_posted_and_posted_again_without_change(file):
    first = run("post", file(GOOD, ("2025-03-10", "直接利用", "2")))
    assert first.exit_code == 0
    assert (
        "全部入账：新入账 2 行，已有 0 行，有误 0 行 / All posted: 2 posted, 0 repeated, 0 refused"
        in first.stdout
    )
    again = run("post", file(GOOD, ("2025-03-10", "直接利用", "2"), encoding="utf-8"))
    assert again.exit_code == 0
    assert "0 posted, 2 repeated" in again.stdout


def test_a_bad_row_is_printed_with_place_column_value_rule_and_fix_and_nothing_is_posted(file):
    result = run("post", file(GOOD, BAD))
    assert result.exit_code == 1
    for part in ("D3", "数量（吨）", "“-5”", "必须修改 Must be mended", "不大于零", "规则 / rule:", "→ "):
        assert part in result.stdout
    assert "1 refused, 1 right ones left out" in result.stdout
    assert "0 posted, 0 repeated" in run("post", file(BAD)).stdout
    kept = run("post", file(GOOD, BAD), "--keep-good")
    assert kept.exit_code == 1
    assert "Partly posted: 1 posted, 0 repeated, 1 refused" in kept.stdout


def test_a_machine_reads_counts_and_findings(file):
    result = run("post", file(GOOD, BAD), "--keep-good", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    counts = {
        key: told[key] for key in ("posted", "repeated", "refused", "rows", "findings_total", "outcome")
    }
    assert counts == {
        "posted": 1,
        "repeated": 0,
        "refused": 1,
        "rows": 2,
        "findings_total": 1,
        "outcome": "partly",
    }
    (found,) = told["findings"]
    assert (found["row"], found["column"], found["where"], found["value"]) == (3, "数量（吨）", "D3", "-5")
    assert found["rule"]
    assert found["fix"]


def test_a_trial_posts_nothing(file):
    assert "Tried, not posted: 1 posted" in run("post", file(GOOD), "--dry-run").stdout
    assert "1 posted, 0 repeated" in run("post", file(GOOD)).stdout


def test_of_many_findings_the_first_are_printed_and_the_rest_counted(file):
    result = run("post", file(*[BAD] * (PRINTED + 21)))
    assert result.stdout.count("不大于零") == PRINTED
    assert "另有 21 条" in result.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["模板.xlsx", "模板.csv"])
def test_the_template_is_written_and_its_header_is_understood(tmp_path, lang, name, db):
    path = tmp_path / name
    assert run("template", "--out", path, "--lang", lang).exit_code == 0
    posted = run("post", path, "--json", "--dry-run")
    told = json.loads(posted.stdout)
    assert told["posted"] == 0
    # The sheet to fill in is empty; the examples of the CSV name parties that nobody has.
    assert told["rows"] == (0 if name.endswith("xlsx") else 19)


def test_a_template_of_another_kind_is_refused(tmp_path):
    with pytest.raises(InputError) as refused:
        run("template", "--out", tmp_path / "模板.pdf")
    assert refused.value.code == "ledger.template-kind"


def test_a_sheet_can_be_named_and_a_wrong_name_lists_those_that_are_there(tmp_path, db):
    path = tmp_path / "模板.xlsx"
    run("template", "--out", path)
    with pytest.raises(InputError) as refused:
        run("post", path, "--sheet", "五月")
    assert "台账、示例、填写说明" in refused.value.message.zh
