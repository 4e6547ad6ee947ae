"""Parquet, batch by batch."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.runtime.files.core.opening import open_sheets
from wufei.runtime.files.core.parquet import BATCH_ROWS


def written(columns, **options):
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def test_names_of_columns_are_the_first_row_and_values_keep_their_kind():
    content = written(
        {
            "日期": [date(2025, 3, 9), None],
            "数量": [1.5, float("nan")],
            "整": [7, 8],
            "十进": [Decimal("1.250"), None],
            "字": [" 甲 ", ""],
            "真": [True, False],
        }
    )
    (sheet,) = open_sheets(content, "x.xlsx")
    head, one, two = sheet.rows()
    assert sheet.long
    assert head.values == ("日期", "数量", "整", "十进", "字", "真")
    assert one.values == (
        Period.parse("2025-03-09"),
        Decimal("1.5"),
        Decimal(7),
        Decimal("1.250"),
        "甲",
        True,
    )
    assert two.values == (None, None, Decimal(8), None, None, False)
    assert two.number == 3


def test_rows_number_on_across_batches():
    content = written({"n": list(range(BATCH_ROWS * 2 + 1))})
    (sheet,) = open_sheets(content, "x.parquet")
    rows = list(sheet.rows())
    assert [row.number for row in rows] == list(range(1, BATCH_ROWS * 2 + 3))
    assert rows[-1].values == (Decimal(BATCH_ROWS * 2),)


def test_a_few_bytes_that_stand_for_millions_of_rows_are_refused():
    content = written({"n": pa.DictionaryArray.from_arrays(pa.nulls(21_000_000, pa.int8()), ["a"])})
    assert len(content) < 100_000
    with pytest.raises(InputError) as refused:
        open_sheets(content, "弹.parquet")
    assert refused.value.code == "files.bomb"


def test_a_file_cut_off_is_damaged():
    content = written({"n": [1, 2, 3]})
    with pytest.raises(InputError) as refused:
        open_sheets(content[:-10], "x.parquet")
    assert refused.value.code == "files.damaged"
