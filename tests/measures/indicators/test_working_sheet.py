"""测算底稿: computed again from its own cells it gives the figure, and words stay words."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from wufei.kernel.text import Text
from wufei.measures.indicators import queries
from wufei.measures.indicators.core.lineage import Trace, TracedQuantity
from wufei.measures.indicators.core.worksheet import working_sheet_of
from wufei.runtime.access.core import Scope

OPERATOR = Scope.operator()
RATE = "general-industrial-waste-utilisation-rate"
INTENSITY = "general-industrial-waste-intensity"

_RANGE = re.compile(r"SUM\('(.+?)'!\$([A-Z])\$(\d+):\$[A-Z]\$(\d+)\)")
_OTHER = re.compile(r"'(.+?)'!\$?([A-Z])\$?(\d+)")
_HERE = re.compile(r"(?<![A-Z'!$])([A-Z])(\d+)")


def recomputed(book, sheet, address):
    """Compute a cell as a spreadsheet would, from stored values and formulas only."""
    value = sheet[address].value
    if not (isinstance(value, str) and sheet[address].data_type == "f"):
        return Decimal(str(value if value is not None else 0))
    text = value.removeprefix("=")

    def total(match):
        column = book[match[1]]
        places = range(int(match[3]), int(match[4]) + 1)
        return f"({sum(recomputed(book, column, f'{match[2]}{place}') for place in places)})"

    text = _RANGE.sub(total, text)
    text = _OTHER.sub(lambda match: f"({recomputed(book, book[match[1]], match[2] + match[3])})", text)
    text = _HERE.sub(lambda match: f"({recomputed(book, sheet, match[0])})", text)
    text = re.sub(r"(\d+(?:\.\d+)?)", r"Decimal('\1')", text)
    if text.startswith("IFERROR("):
        text = text.removeprefix("IFERROR(").rpartition(",")[0]
    return eval(text, {"Decimal": Decimal})  # noqa: S307 - digits and signs of our own sheet


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def value_cell(sheet):
    """Find the value's formula: it stands beside the line named 测算值."""
    for row in sheet.iter_rows(max_col=3):
        if str(row[0].value or "").startswith(("测算值（", "Computed value (")):
            return row[2].coordinate
    raise AssertionError("no value line")


def words(book):
    return {
        str(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value
    }


@pytest.mark.parametrize("indicator", [RATE, INTENSITY])
def test_the_sheet_computed_again_gives_the_figure(busy_city, indicator):
    figure_id = f"{indicator}@{busy_city.a_key}/2025/{busy_city.book}"
    figure = queries.figure(OPERATOR, figure_id)
    book = opened(queries.working_sheet(OPERATOR, figure_id))
    front = book.worksheets[0]
    address = value_cell(front)
    assert front[address].data_type == "f"
    assert abs(recomputed(book, front, address) - figure.value) < Decimal("1e-20")


def test_every_quantity_is_a_live_sum_over_listed_rows(busy_city):
    book = opened(queries.working_sheet(OPERATOR, f"{RATE}@{busy_city.a_key}/2025/{busy_city.book}"))
    front, rows, _ = book.worksheets
    formulas = [cell.value for cell in front["C"] if str(cell.value).startswith("=SUM")]
    assert len(formulas) == 2
    assert {str(number) for number in busy_city.ids[2:4]} <= {str(cell.value) for cell in rows["B"]}
    changed = rows["I2"].value
    before = recomputed(book, front, value_cell(front))
    rows["I2"].value = 0
    assert recomputed(book, front, value_cell(front)) != before
    assert changed > 0


def test_the_sheet_says_where_it_comes_from_and_that_it_is_synthetic(busy_city):
    figure_id = f"{RATE}@{busy_city.a_key}/2025/{busy_city.book}"
    said = words(opened(queries.working_sheet(OPERATOR, figure_id)))
    assert {"示例区·合成数据", "数据来源", "口径", "数据截至", figure_id} <= said
    english = words(opened(queries.working_sheet(Scope.operator("en"), figure_id)))
    assert "Example district: synthetic data" in english


def test_a_real_district_bears_no_synthetic_mark(busy_city, region_factory):
    trace = queries.trace(OPERATOR, f"{RATE}@{busy_city.a_key}/2025/{busy_city.book}")
    real = replace(trace.figure, region=replace(trace.figure.region, synthetic=False))
    book = opened(working_sheet_of(Trace(real, trace.quantities), "zh-hans"))
    assert "示例区·合成数据" not in words(book)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_words_that_begin_like_a_formula_stay_words(busy_city, sign):
    trace = queries.trace(OPERATOR, f"{INTENSITY}@{busy_city.a_key}/2025/{busy_city.book}")
    nasty = f'{sign}HYPERLINK("http://evil")'
    region = replace(trace.figure.region, name=Text(nasty, nasty))
    quantities = tuple(
        replace(
            part,
            observations=tuple(
                replace(each, source_title=nasty, department=nasty) for each in part.observations
            ),
            transfers=tuple(replace(each, row=replace(each.row, document=nasty)) for each in part.transfers),
        )
        for part in trace.quantities
    )
    book = opened(working_sheet_of(Trace(replace(trace.figure, region=region), quantities), "zh-hans"))
    cells = [
        cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value == nasty
    ]
    assert len(cells) == 4
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_rows_that_may_not_be_shown_are_one_line_and_the_sum_still_holds(published_city):
    figure_id = f"{RATE}@{published_city.a_key}/2025/{published_city.book}"
    book = opened(queries.working_sheet(Scope.public(), figure_id))
    front, rows, _ = book.worksheets
    assert str(published_city.ids[2]) not in words(book)
    assert any("未逐笔列出" in str(cell.value) for cell in rows["B"])
    assert recomputed(book, front, value_cell(front)) == 60


def test_a_figure_without_value_makes_a_sheet_that_says_why(busy_city):
    figure_id = f"household-waste-per-head@{busy_city.a_key}/2025/{busy_city.book}"
    book = opened(queries.working_sheet(OPERATOR, figure_id))
    front = book.worksheets[0]
    assert front[value_cell(front)].value is None
    assert any("缺少" in word for word in words(book))


def test_an_indicator_in_words_makes_a_sheet_too(busy_city):
    figure_id = f"zero-waste-coordination-mechanism@{busy_city.a_key}/2025/{busy_city.book}"
    busy_city.observe("zero-waste-coordination-mechanism", None, "", text="已建立", kind="reported")
    assert "已建立" in words(opened(queries.working_sheet(OPERATOR, figure_id)))


def test_a_kept_zero_is_zero_in_the_sheet(busy_city):
    hazardous = {"stream": "HW08"}
    busy_city.post(
        busy_city.generate(5, **hazardous),
        busy_city.treat(5, "utilise", region=busy_city.a, **hazardous),
    )
    busy_city.observe("industrial-hazardous-landfilled-base", 0, "t")
    indicator = "industrial-hazardous-waste-landfill-decrease"
    book = opened(queries.working_sheet(OPERATOR, f"{indicator}@{busy_city.a_key}/2025/{busy_city.book}"))
    front = book.worksheets[0]
    assert str(front[value_cell(front)].value).startswith("=IFERROR(")


def test_the_same_figure_makes_the_same_file(busy_city):
    trace = queries.trace(OPERATOR, f"{RATE}@{busy_city.a_key}/2025/{busy_city.book}")
    assert isinstance(trace.quantities[0], TracedQuantity)
    first, second = (opened(working_sheet_of(trace, "zh-hans")) for _ in range(2))
    assert first.properties.created == second.properties.created
