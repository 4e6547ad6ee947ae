"""The doors of the catalogue: items on a day, categories, levels, from memory."""

import subprocess
import sys
import time
from datetime import date

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from wufei.records.catalogue import queries
from wufei.records.catalogue.core.codes import Level
from wufei.records.catalogue.core.items import load_items

ON = date(2025, 6, 1)
# Twice and more what this machine needs, so that a test run on a busy one does not fail.
FIRST_LOAD_S_MAX = 0.1


@pytest.mark.usefixtures("no_lists")
def test_items_are_given_in_the_order_of_the_lists_and_nobody_can_change_them():
    found = queries.items(ON)
    assert found.keys() == load_items().keys()
    keys = [(item.category, item.code) for item in found.values()]
    assert keys == sorted(keys)
    with pytest.raises(TypeError):
        found["x"] = None


@pytest.mark.usefixtures("no_lists")
def test_a_second_look_asks_the_database_only_whether_a_list_was_imported():
    queries.items(ON)
    with CaptureQueriesContext(connections["default"]) as asked:
        queries.items(ON)
    assert len(asked) == 1


def test_there_are_81_categories():
    found = queries.categories()
    assert len(found) == 35 + 46
    assert {len(stream.code) for stream in found} == {4}


def test_hazard_and_level_are_told_by_the_code():
    assert queries.is_hazardous("900-214-08")
    assert not queries.is_hazardous("900-003-S17")
    assert queries.level("HW08") is Level.CATEGORY


def test_the_first_load_of_the_items_in_a_fresh_process_takes_less_than_a_tenth_of_a_second():
    program = (
        "import time; from wufei.records.catalogue.core.items import load_items; "
        "a = time.process_time(); load_items(); print(time.process_time() - a)"
    )
    # The best of three: other work on the machine only ever adds.
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True) for _ in range(3)
    ]
    assert min(float(run.stdout) for run in runs) < FIRST_LOAD_S_MAX


@pytest.mark.usefixtures("no_lists")
def test_ten_thousand_lookups_from_memory_take_less_than_a_tenth_of_a_second():
    found = queries.items(ON)
    codes = list(found)
    begin = time.process_time()
    for number in range(10_000):
        assert found[codes[number % len(codes)]].category
    assert time.process_time() - begin < FIRST_LOAD_S_MAX
