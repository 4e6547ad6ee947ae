"""The files of words and rules are checked: what does not hold together is told with its place."""

import shutil

import pytest

from wufei.records.catalogue.core.naming.rules import parse_rulebook
from wufei.records.catalogue.core.naming.text import plain, variants
from wufei.records.catalogue.core.naming.words import NAMING_DIRECTORY, load_lexicon, parse_lexicon


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(NAMING_DIRECTORY, tmp_path / "naming")
    return tmp_path / "naming"


def add(folder, file, line):
    with (folder / file).open("a", encoding="utf8") as out:
        out.write(line + "\n")


def test_the_files_that_come_with_wufei_hold_together():
    assert parse_lexicon(NAMING_DIRECTORY)[1] == []
    assert parse_rulebook(NAMING_DIRECTORY, load_lexicon())[1] == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("extra,stuff,no-such,,,某某油|some new oil,2026-11-26", "catalogue.unknown-word"),
        ("extra,thing,,,,机油|some new oil,2026-11-26", "catalogue.repeated"),
        ("extra,colour,,,,某某|some new oil,2026-11-26", "catalogue.unknown-choice"),
        ("extra,thing,,,,,2026-11-26", "catalogue.missing-field"),
    ],
)
def test_a_defective_word_is_told(folder, line, code):
    add(folder, "words-things.csv", line)
    lexicon, findings = parse_lexicon(folder)
    assert [found.code for found in findings] == [code]
    assert "extra" in findings[0].where
    assert "container" in lexicon.concepts


@pytest.mark.parametrize(
    "line",
    [
        "extra,no-such,paint,,900-041-49,,因为,because,2026-11-26",
        "extra,container,no-such,,900-041-49,,因为,because,2026-11-26",
        "extra,container,paint,,900-999-99,,因为,because,2026-11-26",
        "extra,container,paint,,900-041-49,no-such,因为,because,2026-11-26",
    ],
)
def test_a_rule_that_names_what_does_not_exist_is_told(folder, line):
    add(folder, "rules.csv", line)
    findings = parse_rulebook(folder, load_lexicon())[1]
    assert [found.code for found in findings] == ["catalogue.unknown-key"]
    assert "extra" in findings[0].where


def test_a_missing_file_is_told(folder):
    (folder / "words-stuff.csv").unlink()
    assert any(found.code == "catalogue.unreadable" for found in parse_lexicon(folder)[1])


def test_every_traditional_character_has_one_simplified_that_a_word_uses():
    characters = {letter for word in load_lexicon().words for letter in word}
    assert variants()
    assert set(variants().values()) <= characters


def test_amounts_fall_away_unless_nothing_else_is_said():
    assert plain("约3桶废机油") == "废机油"
    assert plain("2吨 废酸") == "废酸"
    assert plain("5号电池") == "5号电池"
    assert plain("3桶") == "3桶"
