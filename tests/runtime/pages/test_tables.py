"""Columns and exports of tables."""

import io

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from wufei.kernel.text import Text
from wufei.runtime.pages.core.keysets import next_address
from wufei.runtime.pages.core.tables import Column, chosen_columns, table_workbook

COLUMNS = (
    Column("name", Text("指标", "Indicator"), fixed=True),
    Column("value", Text("现值", "Now"), numeric=True),
    Column("units", Text("责任单位", "Units"), shown=False),
)


def test_without_a_choice_the_columns_shown_at_first_appear():
    assert [column.key for column in chosen_columns(COLUMNS, [])] == ["name", "value"]


def test_a_choice_keeps_fixed_columns_and_the_order_of_the_table():
    assert [column.key for column in chosen_columns(COLUMNS, ["units"])] == ["name", "units"]


def test_unknown_columns_count_as_no_choice():
    assert chosen_columns(COLUMNS, ["nonsense"]) == chosen_columns(COLUMNS, [])


def test_the_sheet_has_title_notes_head_and_rows_in_the_language_of_the_page():
    content = table_workbook("指标表", ["示例区·合成数据"], COLUMNS, [["利用率", 96.09, "甲"]], "en")
    rows = list(load_workbook(io.BytesIO(content)).active.values)
    assert rows[0][0] == "指标表"
    assert rows[1][0] == "示例区·合成数据"
    assert rows[3] == ("Indicator", "Now", "Units")
    assert rows[4] == ("利用率", 96.09, "甲")


def test_a_sheet_prints_across_one_page_wide_with_its_head_on_each_page_and_all_of_its_words():
    content = table_workbook("指标表", ["示例区"], COLUMNS, [["利用率" * 40, 96.09, "甲"]], "zh-hans")
    page = load_workbook(io.BytesIO(content)).active
    setup = page.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$4:$4"
    assert (page["A5"].alignment.wrap_text, page["C5"].alignment.wrap_text) == (True, None)


@given(st.text(alphabet="=+-@A1()", min_size=2, max_size=12))
def test_no_text_of_a_row_becomes_a_formula(text):
    content = table_workbook("t", [], COLUMNS[:1], [[text]], "zh-hans")
    cell = load_workbook(io.BytesIO(content)).active["A4"]
    assert cell.data_type != "f"
    assert str(cell.value).lstrip("'") == text.lstrip("'")


def test_the_next_page_keeps_every_other_choice():
    address = next_address("/ledger", {"region": ["BDA"], "step": ["generate", "use"], "after": ["old"]}, "k")
    assert address == "/ledger?region=BDA&step=generate&step=use&after=k"
