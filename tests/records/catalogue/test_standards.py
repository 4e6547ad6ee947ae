"""The library of standards: whatever the software names is in it, and what rests on a standard exists."""

import importlib.util
import re
from datetime import date
from pathlib import Path

import pytest

import wufei
from wufei.records.catalogue.core.sources import load_sources
from wufei.records.catalogue.core.standards import StandardKind, find_standards, load_standards

SRC = Path(wufei.__file__).parent
NUMBER = re.compile(r"\b(GB/T|GB|HJ/T|HJ|CJJ/T|CJ/T|JT/T|YB/T|GA/T|GA)\s?(\d+(?:\.\d+)?)(-\d{4})?")
LIBRARY = load_standards()
NUMBERS = {one.number for one in LIBRARY}


def named_in_the_software():
    for path in sorted(SRC.rglob("*")):
        if path.suffix not in {".py", ".yaml", ".csv", ".html"} or "vendor" in path.parts:
            continue
        if path.name == "standards.yaml":
            continue
        for kind, digits, year in NUMBER.findall(path.read_text("utf8")):
            yield f"{kind} {digits}{year}", str(path.relative_to(SRC))


def test_every_standard_that_code_or_data_names_is_in_the_library():
    named = dict(named_in_the_software())
    assert {"HJ 1259-2022", "GB 32100-2015", "GB/T 2260", "GB 16889"} <= named.keys()
    known = NUMBERS | {re.sub(r"-\d{4}$", "", number) for number in NUMBERS}
    assert {number: place for number, place in named.items() if number not in known} == {}


def test_every_source_of_a_value_that_is_an_official_document_is_in_the_library():
    rested = {name for one in LIBRARY for name in one.rests}
    documents = {
        "solid-waste-codes-2024", "solid-waste-items-2024", "hazardous-list-2025", "hazardous-items-2025",
        "hazardous-exemptions-2025", "hazardous-list-2021", "solid-waste-law-2020",
        "hazardous-manifest-methods",
        "industries-2017",
    }  # fmt: skip
    assert documents <= load_sources().keys()
    assert documents <= rested


def test_what_rests_on_a_standard_exists():
    for one in LIBRARY:
        for name in one.rests:
            if "/" in name:
                assert (SRC / name).is_file(), (one.number, name)
            elif "." in name:
                assert importlib.util.find_spec(f"wufei.{name}"), (one.number, name)
            else:
                assert name in load_sources(), (one.number, name)


def test_a_standard_that_was_replaced_names_its_successor_and_ends_when_that_begins():
    by_number = {one.number: one for one in LIBRARY}
    replaced = [one for one in LIBRARY if one.replaced_by]
    assert {"HJ 212-2017", "GB 18597-2001"} <= {one.number for one in replaced}
    for one in replaced:
        successor = by_number[one.replaced_by]
        if one.in_force_to and successor.in_force_from:
            assert one.in_force_to == successor.in_force_from, one.number
            assert one.in_force(one.in_force_to) is False


def test_force_is_unknown_where_the_first_day_is():
    (unknown,) = find_standards(LIBRARY, "GB 16889")
    assert unknown.in_force(date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ("hj1259", "HJ 1259-2022"),
        ("危险废物 台账", "HJ 1259-2022"),
        ("unified credit", "GB 32100-2015"),
        ("producers", "HJ 1259-2022"),
        ("农用薄膜", "农用薄膜管理办法"),
    ],
)
def test_standards_are_found_by_number_words_of_either_language_and_module(wanted, number):
    assert number in {one.number for one in find_standards(LIBRARY, wanted)}


def test_a_kind_narrows_the_library_and_nonsense_finds_nothing():
    laws = find_standards(LIBRARY, "", StandardKind.LAW)
    assert laws
    assert {one.kind for one in laws} == {StandardKind.LAW}
    assert find_standards(LIBRARY, "no such words") == ()
