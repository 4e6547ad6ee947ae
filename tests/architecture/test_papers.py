"""The papers of the house are kept: features, decisions, glossary, links."""

from __future__ import annotations

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_feature_has_a_status_and_what_works_names_a_proof_that_exists():
    with (ROOT / "docs" / "features.csv").open(encoding="utf8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 229
    for row in rows:
        assert row["status"] in {"none", "partly", "works"}, row["id"]
        assert bool(row["proof"]) == (row["status"] != "none"), row["id"]
        for path in re.findall(r"(?:tests|docs)/[\w./-]*\w", row["proof"]):
            assert (ROOT / path).exists(), f"{row['id']}: {path}"


def test_decisions_are_numbered_without_gaps_and_say_when_and_what():
    names = sorted(path.name for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        text = (ROOT / "docs" / "adr" / name).read_text("utf8")
        assert "**Decided**" in text
        assert "**Decision.**" in text, name


def test_links_between_papers_lead_somewhere():
    papers = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("README.md")]
    broken = [
        f"{paper.relative_to(ROOT)}: {target}"
        for paper in papers
        for target in re.findall(r"\]\(([^)#]+)\)", paper.read_text("utf8"))
        if "://" not in target and not (paper.parent / target).exists()
    ]
    assert broken == []


def test_the_glossary_names_each_identifier_once():
    lines = (ROOT / "docs" / "glossary.md").read_text("utf8").splitlines()
    names = [line.split("|")[1].strip() for line in lines if line.startswith("| `")]
    assert len(names) == len(set(names)) > 40
