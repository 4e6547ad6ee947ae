"""The header of a ledger file is found wherever it stands and however it is worded."""

from __future__ import annotations

import pytest

from wufei.kernel.errors import InputError
from wufei.records.ledger.core.sheet.columns import COLUMNS
from wufei.records.ledger.core.sheet.headers import (
    LedgerSheet,
    demand_columns,
    find_header,
    key_of_title,
    row_number,
    sheet_index,
)
from wufei.runtime.files.core.sheets import SheetRow

TITLES = ("日期", "环节", "废物类别", "数量", "计量单位", "单位名称")
KEYS = ["date", "step", "stream", "quantity", "unit", "holder"]


def sheet(*rows, carried=()):
    filled = dict(carried)
    return [
        SheetRow(n, tuple(v or None for v in row), {}, frozenset(filled.get(n, ())))
        for n, row in enumerate(rows, 1)
    ]


def test_title_rows_above_the_header_are_passed_over():
    rows = sheet(
        ("某厂固体废物台账", "", ""), ("2025年", "数量单位见表", ""), (), TITLES, ("2025-03-01", "产生")
    )
    header = find_header(rows)
    assert header.last_row == 4
    assert list(header.columns) == KEYS


def test_every_title_and_alias_names_exactly_one_column():
    names = {}
    for column in COLUMNS:
        for name in (column.key, column.title.zh, column.title.en, *column.aliases):
            assert names.setdefault(name, column.key) == column.key, name
            assert key_of_title(name) == column.key


@pytest.mark.parametrize(
    "title",
    [
        "数量（吨）",
        "数量(t)",
        "重量/吨",
        "质量【吨】",
        "数 量 (吨)",
        "数量：吨",
        "＊数量（单位：吨）",
        "Quantity (t)",
    ],
)
def test_a_unit_in_the_header_is_taken(title):
    header = find_header(sheet((*TITLES[:3], title, "单位名称")))
    assert header.columns["quantity"] == 3
    assert header.unit == "t"


def test_what_stands_in_brackets_need_not_be_a_unit():
    header = find_header(sheet(("日期（必填）", "环节*", "废物类别(代码或名称)", "数量（必填）")))
    assert list(header.columns) == ["date", "step", "stream", "quantity"]
    assert header.unit == ""


def test_a_header_over_two_rows_is_joined():
    rows = sheet(
        ("日期", "环节", "废物类别", "数量", "接收", "接收", ""),
        ("日期", "环节", "废物类别", "吨", "单位名称", "场所", "备注"),
        carried={1: {5}, 2: {0, 1, 2}},
    )
    header = find_header(rows)
    assert header.last_row == 2
    assert header.columns == {"date": 0, "step": 1, "stream": 2, "quantity": 3, "holder": 4, "site": 5}
    assert header.unit == "t"


def test_a_header_that_reaches_down_into_the_next_row_ends_there():
    rows = sheet(TITLES, (*TITLES[:5], "（全称）"), carried={2: {0, 1, 2, 3, 4}})
    assert find_header(rows).last_row == 2


def test_the_first_record_is_not_taken_for_a_second_row_of_the_header():
    rows = sheet(TITLES, ("2025-03-01", "产生", "SW03", "5", "吨", "甲厂"))
    assert find_header(rows).last_row == 1


def test_a_column_named_twice_counts_where_it_stands_first():
    header = find_header(sheet((*TITLES, "数量")))
    assert header.columns["quantity"] == 3


def test_a_missing_header_says_what_is_there_and_what_is_needed():
    rows = sheet(("张三", "李四", "王五"))
    with pytest.raises(InputError) as refused:
        demand_columns(find_header(rows), "名单.xlsx", rows)
    assert refused.value.code == "ledger.header-missing"
    assert "张三" in refused.value.message.zh
    assert "日期、环节、废物类别、数量" in refused.value.message.zh
    assert "Date, Step, Waste, Quantity" in refused.value.message.en


def test_a_header_without_a_place_asks_for_the_party():
    rows = sheet(("日期", "环节", "废物类别", "数量"))
    with pytest.raises(InputError) as refused:
        demand_columns(find_header(rows), "x.csv", rows)
    assert "单位名称" in refused.value.message.zh


def test_the_key_of_a_row_holds_sheet_and_number_and_sorts_like_the_file():
    header = find_header(sheet(TITLES))
    one, two = LedgerSheet(0, "一月", header), LedgerSheet(1, "二月", header)
    assert one.key(1_048_576) < two.key(1)
    assert (sheet_index(two.key(7)), row_number(two.key(7))) == (1, 7)
    assert two.place(7, "quantity") == "二月!D7"
    assert two.place(7) == "二月!7"
