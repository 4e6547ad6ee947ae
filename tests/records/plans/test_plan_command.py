"""`wufei plan read|eia FILE [--json]` prints what a file holds, needs no database, and fails in words."""

import json
import os
import subprocess
import sys

from benchmarks.plans.content import content_of
from benchmarks.plans.expected import expected
from benchmarks.plans.files import as_text, as_word
from benchmarks.plans.layouts import elements
from benchmarks.plans.scores import score
from benchmarks.plans.ways import WAYS

RUN = [sys.executable, "-c", "from wufei.cli import main; main()", "plan"]


def run(*arguments, command="read", env=None):
    return subprocess.run(
        [*RUN, command, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=env,
    )


def test_json_holds_the_plan_as_the_issue_writes_it(tmp_path):
    file = tmp_path / "方案.docx"
    plan = content_of(4)
    file.write_bytes(as_word(elements(WAYS[0], plan)))
    done = run(file, "--json")
    read = json.loads(done.stdout)
    assert done.returncode == 0
    assert score(expected(WAYS[0], plan), read).wrong == 0
    assert list(read) == ["plan", "indicators", "tasks", "projects", "targets_in_text", "findings"]
    assert {"text", "op", "value", "unit"} == set(read["indicators"][0]["baseline"])
    assert read["tasks"][0]["source"].startswith("表2第")


def test_people_see_a_table_and_a_count_in_two_languages(tmp_path):
    file = tmp_path / "plan.txt"
    file.write_bytes(as_text(elements(WAYS[2], content_of(4, target_years=2))))
    done = run(file)
    assert done.returncode == 0
    assert "indicators" in done.stdout
    assert "指标 30" in done.stdout


def test_a_plan_with_an_error_ends_with_1_and_says_how_to_mend_it(tmp_path):
    file = tmp_path / "plan.txt"
    file.write_text("一些别的话。\n", "utf8")
    done = run(file, "--json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert done.returncode == 1
    assert finding["code"] == "plan.nothing-read"
    assert {"code", "severity", "where", "message"} <= set(finding)


def test_a_file_that_is_no_plan_is_refused_without_a_traceback(tmp_path):
    file = tmp_path / "plan.doc"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    done = run(file)
    assert done.returncode == 1
    assert "docx" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_assessment_is_checked_without_a_database_and_an_error_ends_with_1(tmp_path):
    file = tmp_path / "环评.txt"
    file.write_text(
        "项目环境影响报告表\n废物名称\t类别\t代码\t产生量（t/a）\t处置方式\n"
        "废机油\tHW08\t900-214-08\t3.2\t由环卫部门清运\n",
        "utf8",
    )
    nowhere = os.environ | {"WUFEI_DATA_DIR": str(tmp_path / "none"), "WUFEI_DATABASE_URL": ""}
    done = run(file, "--json", command="eia", env=nowhere)
    read = json.loads(done.stdout)
    assert done.returncode == 1
    assert "packaged lists" in done.stderr
    assert [(each["name"], each["amount"]["tonnes"]) for each in read["wastes"]] == [("废机油", "3.2")]
    assert "eia.outlet-forbidden" in {each["code"] for each in read["findings"]}


def test_people_see_the_wastes_of_an_assessment_with_their_amounts(tmp_path, database_environment):
    file = tmp_path / "环评.txt"
    file.write_text(
        "项目环境影响报告表\n废物名称\t属性\t产生工序\t产生量\t处置方式\n"
        "边角料\t一般固废\t机加工\t12t/a\t外售综合利用\n产生强度为0.1t/件。\n",
        "utf8",
    )
    done = run(file, command="eia", env=database_environment)
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    assert "12t/a" in done.stdout
    assert "1 wastes" in done.stdout
