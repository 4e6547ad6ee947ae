"""How well everyday names find their codes: measured, bounded, and told in the documents as measured."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
NAMES = Path(__file__).parent / "names.csv"
TABLE = ROOT / "docs" / "methods" / "name-to-code.md"


def run(*flags):
    command = [sys.executable, "-m", "tools.name_table", "--all", *flags]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def figures():
    return json.loads(run("--json"))


def test_the_names_kept_out_of_tuning_find_their_codes(figures):
    own = figures["held-out"]
    assert own["top_1"] / own["names"] >= 0.85
    assert own["top_3"] / own["names"] >= 0.95


def test_no_name_of_hazardous_waste_is_answered_as_general(figures):
    assert {part: own["unsafe"] for part, own in figures.items()} == dict.fromkeys(figures, 0)


def test_a_third_of_the_names_is_kept_out_by_a_hash_of_the_name():
    with NAMES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) >= 450
    for row in rows:
        kept_out = int(hashlib.sha256(row["name"].encode()).hexdigest(), 16) % 3 == 0
        assert row["set"] == ("held-out" if kept_out else "tune"), row["name"]


def test_the_document_tells_the_measured_figures():
    lines = run().strip().splitlines()
    assert "\n".join(lines) in TABLE.read_text("utf8")
