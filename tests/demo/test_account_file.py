"""The published account of BDA is read as published; a defective file gives Findings and no account."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wufei.demo.account_file import Into, read_account

SHIPPED = Path(str(resources.files("wufei.demo") / "data" / "bda-2018-account.yaml"))
TONNE_G = 1_000_000

# Typed from the published plan (简本, January 2020), tonnes.
GENERATED_T = {
    "GI-UNSORTED": 233_500,
    "HW-UNSORTED": 50_300,
    "HW01": 240,
    "MSW-UNSORTED": 107_900,
    "CDW-UNSORTED": 1_000_000,
    "SW61": 30_000,
    "GREEN": 57_000,
    "SW90": 21_500,
}


@pytest.fixture
def document():
    return yaml.safe_load(SHIPPED.read_text("utf8"))


@pytest.fixture
def written(tmp_path):
    def write(document):
        path = tmp_path / "account.yaml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf8")
        return read_account(path)

    return write


def lines_of(account):
    return {line.id: line for line in account.lines}


def test_the_shipped_account_says_what_the_source_says():
    reading = read_account(SHIPPED)
    assert reading.findings == ()
    made = {line.stream: line.grams for line in reading.account.lines if line.step == "generate"}
    assert made == {stream: mass_t * TONNE_G for stream, mass_t in GENERATED_T.items()}


def test_the_streams_add_up_to_the_declared_total_as_rounded_by_the_source():
    account = read_account(SHIPPED).account
    made_g = sum(line.grams for line in account.lines if line.step == "generate")
    assert account.declared_total_g == 1_500_000 * TONNE_G
    assert abs(made_g - account.declared_total_g) < 5_000 * TONNE_G


@pytest.mark.parametrize(
    ("line", "mass_t"),
    [
        ("general-industrial-used", 233_500 - 9_133),
        ("industrial-hazardous-used", 50_300 - 21_700),
        ("construction-used", 1_000_000 - 870_000),
    ],
)
def test_what_follows_only_by_subtraction_says_so(line, mass_t):
    found = lines_of(read_account(SHIPPED).account)[line]
    assert found.grams == mass_t * TONNE_G
    assert found.evidence == "derived-by-difference"
    assert found.into is Into.USED


def test_the_uncertainty_of_a_difference_is_that_of_both_terms():
    # 870,000 t to 3318 ppm and 1,000,000 t to 2887 ppm are 2887 t each: together 4083 t of 130,000 t.
    found = lines_of(read_account(SHIPPED).account)["construction-used"]
    assert found.relative_ppm == pytest.approx(4083 / 130_000 * 1e6, rel=0.001)


def test_every_line_names_its_place_in_the_source():
    account = read_account(SHIPPED).account
    assert account.source_title
    assert all(line.clause for line in account.lines)


@pytest.mark.parametrize("amount", ["23.35万方", "23.35", "二十三万吨", "0吨", "16万人", "-5吨"])
def test_a_wrong_unit_or_amount_loads_nothing(document, written, amount):
    document["lines"][0]["amount"] = amount
    reading = written(document)
    assert reading.account is None
    first = reading.findings[0]
    assert "general-industrial-generated" in first.where
    assert first.value == amount
    assert first.rule
    assert first.fix


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (lambda d: d["lines"][0].pop("clause"), "demo.missing-field"),
        (lambda d: d["source"].pop("title"), "demo.missing-field"),
        (lambda d: d.pop("source"), "demo.missing-field"),
        (lambda d: d["lines"][0].update(stream="SW08"), "demo.unknown-stream"),
        (lambda d: d["lines"][0].update(sector="space"), "demo.unknown-choice"),
        (lambda d: d["lines"][0].update(evidence="hearsay"), "demo.unknown-choice"),
        (lambda d: d["lines"][8].update(method="magic"), "demo.unknown-method"),
        (lambda d: d["lines"][8].update(of="nobody"), "demo.unknown-line"),
        (lambda d: d["lines"][9].update(less=["nobody"]), "demo.unknown-line"),
        (lambda d: d["lines"][8].update(amount="9133万吨"), "demo.rest-not-positive"),
        (lambda d: d["lines"].append(dict(d["lines"][0])), "demo.repeated"),
        (lambda d: d.update(period="lately"), "demo.period"),
        (lambda d: d.update(period="2018-03"), "demo.period"),
        (lambda d: d.update(lines="none"), "demo.unreadable"),
    ],
)
def test_a_defect_is_named_and_loads_nothing(document, written, break_it, code):
    break_it(document)
    reading = written(document)
    assert reading.account is None
    assert code in {finding.code for finding in reading.findings}
    assert all(finding.severity == "error" for finding in reading.findings)
    assert all(finding.message.zh and finding.message.en for finding in reading.findings)


def test_several_defects_are_all_told_at_once(document, written):
    document["lines"][0]["amount"] = "5米"
    document["lines"][3]["stream"] = "SW08"
    document["lines"][5].pop("clause")
    places = {finding.where.split(" ")[-1] for finding in written(document).findings}
    assert {"general-industrial-generated", "household-generated", "kitchen-generated"} <= places


@given(
    made_t=st.integers(min_value=2, max_value=10**7),
    share=st.fractions(min_value=0, max_value=1).filter(lambda f: 0 < f < 1),
)
def test_parts_and_rest_always_sum_to_what_was_made(made_t, share, tmp_path_factory):
    part_t = min(made_t - 1, max(1, int(made_t * share)))
    document = {
        "id": "x",
        "book": "published:x",
        "region": "X",
        "period": 2018,
        "holder": {"key": "x", "name": {"zh": "某某", "en": "Somebody"}},
        "source": {"title": "某文件"},
        "declared_total": f"{made_t}吨",
        "lines": [
            {"id": "made", "step": "generate", "stream": "GI-UNSORTED", "sector": "industry"}
            | {"amount": f"{made_t}吨", "relative_ppm": 0, "evidence": "statistical", "clause": "一"},
            {"id": "part", "step": "treat-in", "of": "made", "method": "landfill", "clause": "二"}
            | {"amount": f"{part_t}吨", "relative_ppm": 0, "evidence": "statistical"},
            {"id": "rest", "step": "treat-in", "of": "made", "method": "utilise", "clause": "三"}
            | {"rest_of": "made", "less": ["part"]},
        ],
    }
    path = tmp_path_factory.mktemp("account") / "account.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf8")
    lines = lines_of(read_account(path).account)
    assert lines["part"].grams + lines["rest"].grams == lines["made"].grams
