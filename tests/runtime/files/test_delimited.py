"""Delimited text in the encodings and with the delimiters that people send."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.runtime.files.core.opening import open_sheets
from wufei.runtime.files.core.sheets import COLUMNS_MAX, column_letters, place_of

TEXT = "日期,环节,数量（吨）\n2025-03-09,产生,１．５\n"
WRITTEN = [("日期", "环节", "数量（吨）"), ("2025-03-09", "产生", "１．５")]


def values(content, name="台账.csv"):
    (sheet,) = open_sheets(content, name)
    return [row.values for row in sheet.rows()]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_the_same_text_is_read_from_every_encoding_in_use(encoding):
    assert values(TEXT.encode(encoding)) == WRITTEN


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found_by_counting(delimiter):
    assert values(TEXT.replace(",", delimiter).encode()) == WRITTEN


def test_what_is_quoted_does_not_say_which_sign_cuts():
    assert values('甲,"一；;;;;二"\n'.encode()) == [("甲", "一；;;;;二")]


def test_a_quoted_cell_may_hold_delimiters_and_line_ends():
    rows = values('甲,乙\n"一,\n二",三\n四,五\n'.encode())
    assert rows == [("甲", "乙"), ("一,\n二", "三"), ("四", "五")]


def test_an_empty_file_says_so():
    for content in (b"", b"  \n\n"):
        with pytest.raises(InputError) as refused:
            open_sheets(content, "空.csv")
        assert refused.value.code == "files.empty"
        assert "空.csv" in refused.value.message.zh


def test_bytes_that_are_text_in_no_encoding_are_refused():
    with pytest.raises(InputError) as refused:
        open_sheets(b"a,b\n\xff\xff\xff,1\n" * 5, "x.csv")
    assert refused.value.code == "files.no-text"


def test_a_quotation_mark_that_never_closes_names_its_row():
    content = '甲,乙\n1,2\n"3,4\n'.encode() + b"5,6\n" * 40_000
    with pytest.raises(InputError) as refused:
        values(content)
    assert refused.value.code == "files.quotes"
    assert refused.value.value == "3"


def test_more_columns_than_anything_real_has_are_refused_with_their_place():
    with pytest.raises(InputError) as refused:
        values(("a," * COLUMNS_MAX + "b\n").encode())
    assert refused.value.code == "files.too-wide"
    assert refused.value.value == "IW1"


def test_a_file_beyond_the_bound_is_refused_before_it_is_read():
    with pytest.raises(InputError) as refused:
        open_sheets(b"a" * 50_000_001, "大.csv")
    assert refused.value.code == "files.too-large"


@pytest.mark.parametrize(("signature", "kind"), [(b"%PDF-1.7", "PDF"), (b"\x89PNG\r\n", "PNG")])
def test_another_kind_of_file_is_called_by_its_name(signature, kind):
    with pytest.raises(InputError) as refused:
        open_sheets(signature + b"\0" * 99, "台账.xlsx")
    assert refused.value.code == "files.other-kind"
    assert kind in refused.value.message.en


def test_places_are_those_of_a_spreadsheet():
    assert [column_letters(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert place_of("Sheet1", 7, 2) == "Sheet1!C7"
    assert place_of("三月 台账", 7, 2) == "'三月 台账'!C7"
    assert place_of("", 7) == "7"


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="gb18030", exclude_characters="\0\r"), max_size=8),
            min_size=2,
            max_size=4,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_a_writer_of_csv_wrote_comes_back(table):
    # A title in front, so that no row is empty and no signature of another kind begins the file.
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["表头", *row] for row in table])
    (sheet,) = open_sheets(out.getvalue().encode(), "x.csv")
    found = [[cell or "" for cell in row.values] for row in sheet.rows()]
    assert found == [["表头", *(cell.strip() for cell in row)] for row in table]
