"""XLSX: merged cells, dates, numbers, cells without value, hidden sheets, and files that mean harm."""

# ruff: noqa: DTZ001 - a sheet has no time zone

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from openpyxl import Workbook

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.runtime.files.core.dates import DateForm, date_value, form_of
from wufei.runtime.files.core.opening import open_sheets
from wufei.runtime.files.core.sheets import Flaw

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def test_a_merged_value_stands_in_every_cell_that_it_covers(saved, rows_of):
    book = Workbook()
    sheet = book.active
    sheet["A1"], sheet["B1"] = "甲厂", 1
    sheet["B2"], sheet["B3"] = 2, 3
    sheet.merge_cells("A1:A2")
    sheet["C1"] = "横"
    sheet.merge_cells("C1:D1")
    one, two, three = rows_of(saved(book))
    assert one.values == ("甲厂", Decimal(1), "横", "横")
    assert one.carried == {3}
    assert two.values == ("甲厂", Decimal(2))
    assert two.carried == {0}
    assert three.values == (None, Decimal(3))


def test_a_row_that_only_carries_is_empty(saved, rows_of):
    book = Workbook()
    sheet = book.active
    sheet["A1"] = "甲厂"
    sheet["B2"].font = openpyxl.styles.Font(bold=True)
    sheet.merge_cells("A1:A2")
    assert [row.empty for row in rows_of(saved(book))] == [False, True]


def test_the_value_of_a_merged_cell_is_found_across_the_chunks_of_a_long_sheet(saved, rows_of):
    book = Workbook()
    sheet = book.active
    for number in range(1, 30_001):
        sheet.append([f"文字{number}", number])
    sheet["C1"] = "合"
    sheet.merge_cells("C1:C30000")
    rows = rows_of(saved(book))
    assert len(rows) == 30_000
    assert {row.values[2] for row in rows} == {"合"}


def test_days_months_and_instants_are_told_from_numbers_by_their_format(saved, rows_of):
    book = Workbook()
    sheet = book.active
    sheet.append([datetime(2025, 3, 9), datetime(2025, 3, 9, 14, 30), datetime(2025, 3, 1), 45_000, 0.2])
    sheet["C1"].number_format = 'yyyy"年"m"月"'
    sheet["E1"].number_format = "0%"
    (row,) = rows_of(saved(book))
    day, month = Period.parse("2025-03-09"), Period.parse("2025-03")
    assert row.values == (day, datetime(2025, 3, 9, 14, 30), month, Decimal(45_000), Decimal("0.2"))


def test_the_built_in_chinese_date_formats_are_dates():
    assert form_of(31, {}) is DateForm.DAY
    assert form_of(57, {}) is DateForm.MONTH
    assert form_of(4, {}) is DateForm.NUMBER
    assert form_of(164, {164: "[Red]0.00;[Green]-0.00"}) is DateForm.NUMBER
    assert form_of(165, {165: '[$-804]yyyy"年"m"月"d"日"'}) is DateForm.DAY


@pytest.mark.parametrize(
    ("serial", "text"), [(1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01"), (45_725, "2025-03-09")]
)
def test_serial_numbers_are_counted_as_excel_does(serial, text):
    assert date_value(serial, DateForm.DAY) == Period.parse(text)


def test_a_book_that_counts_from_1904_gives_the_same_days(saved, with_part, rows_of):
    book = Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append([datetime(2025, 3, 9)])
    (row,) = rows_of(saved(book))
    assert row.values == (Period.parse("2025-03-09"),)


def test_numbers_have_the_digits_that_excel_shows(saved, with_part, rows_of):
    cells = b'<row r="1"><c r="A1"><v>0.30000000000000004</v></c><c r="B1"><v>1.2E-2</v></c></row>'
    (row,) = rows_of(with_part(saved(Workbook()), SHEET, HEAD + cells + TAIL))
    assert row.values == (Decimal("0.3"), Decimal("0.012"))


def test_errors_and_formulas_without_result_are_flaws_and_no_empty_cells(saved, with_part, rows_of):
    cells = (
        b'<row r="3"><c r="A3" t="e"><f>B9</f><v>#REF!</v></c><c r="B3"><f>SUM(C1:C2)</f></c>'
        b'<c r="C3"><f>1+1</f><v>2</v></c><c r="D3" t="str"><f>""</f><v></v></c></row>'
    )
    (row,) = rows_of(with_part(saved(Workbook()), SHEET, HEAD + cells + TAIL))
    assert row.number == 3
    assert row.flaws == {0: Flaw.ERROR, 1: Flaw.NO_RESULT}
    assert row.values == (None, None, Decimal(2))


def test_cells_and_rows_without_a_reference_follow_each_other(saved, with_part, rows_of):
    cells = b'<row><c t="inlineStr"><is><t>a</t></is></c><c><v>1</v></c></row><row><c><v>2</v></c></row>'
    one, two = rows_of(with_part(saved(Workbook()), SHEET, HEAD + cells + TAIL))
    assert (one.number, one.values) == (1, ("a", Decimal(1)))
    assert (two.number, two.values) == (2, (Decimal(2),))


def test_the_stated_size_of_a_sheet_is_not_believed(saved, with_part, rows_of):
    part = HEAD.replace(b"<sheetData>", b'<dimension ref="A1"/><sheetData>')
    first = b'<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>3</v></c></row>'
    cells = first + b'<row r="9"><c r="B9"><v>9</v></c></row>'
    rows = rows_of(with_part(saved(Workbook()), SHEET, part + cells + TAIL))
    assert [row.values for row in rows] == [(Decimal(1), None, Decimal(3)), (None, Decimal(9))]


def test_hidden_sheets_say_so(saved):
    book = Workbook()
    book.create_sheet("藏").sheet_state = "hidden"
    assert [(sheet.name, sheet.hidden) for sheet in open_sheets(saved(book), "x")] == [
        ("Sheet", False),
        ("藏", True),
    ]


def test_a_cell_at_the_end_of_the_sheet_makes_no_cells_before_it(saved, rows_of):
    book = Workbook()
    book.active["XFD1048576"] = 1
    with pytest.raises(InputError) as refused:
        rows_of(saved(book))
    assert refused.value.code == "files.too-wide"
    assert refused.value.value == "Sheet!XFD1048576"


def test_a_bomb_is_refused_by_its_list_of_members():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    with pytest.raises(InputError) as refused:
        open_sheets(out.getvalue(), "弹.xlsx")
    assert refused.value.code == "files.bomb"


def test_a_member_longer_than_its_list_says_is_not_unpacked_further(saved, monkeypatch, rows_of):
    """The bound on sizes holds although the list of members lies."""
    book = Workbook()
    for number in range(2000):
        book.active.append([number])
    content = bytearray(saved(book))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        true = archive.getinfo(SHEET).file_size
    packed = true.to_bytes(4, "little")
    assert content.count(packed) >= 1
    with pytest.raises(InputError) as refused:
        rows_of(bytes(content).replace(packed, (1000).to_bytes(4, "little")))
    assert refused.value.code == "files.damaged"


def test_entities_that_multiply_are_refused(saved, with_part, rows_of):
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (number, b"&e%d;" % (number - 1) * 20) for number in range(1, 8)
    )
    doctype = b'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY e0 "aaaaaaaaaa">' + entities + b"]>"
    cells = b'<row r="1"><c r="A1" t="str"><v>&e7;</v></c></row>'
    part = doctype + HEAD.split(b"?>", 1)[1] + cells + TAIL
    with pytest.raises(InputError) as refused:
        rows_of(with_part(saved(Workbook()), SHEET, part))
    assert refused.value.code == "files.damaged"


def test_a_file_cut_off_is_damaged(saved):
    content = saved(Workbook())
    with pytest.raises(InputError) as refused:
        open_sheets(content[: len(content) // 2], "x.xlsx")
    assert refused.value.code == "files.damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
def test_a_broken_part_is_damage_and_no_crash(saved, with_part, part):
    with pytest.raises(InputError) as refused:
        open_sheets(with_part(saved(Workbook()), part, b"<broken"), "x.xlsx")
    assert refused.value.code == "files.damaged"


def test_a_broken_sheet_is_told_when_its_rows_are_read(saved, with_part, rows_of):
    content = with_part(saved(Workbook()), SHEET, HEAD + b'<row r="x"><c r="A1"><v>1</v></c></row>' + TAIL)
    with pytest.raises(InputError) as refused:
        rows_of(content)
    assert refused.value.code == "files.damaged"


def test_an_archive_that_is_no_workbook_is_told_apart():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("_rels/.rels", "<a/>")
    with pytest.raises(InputError) as refused:
        open_sheets(out.getvalue(), "文.xlsx")
    assert refused.value.code == "files.other-kind"


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"Workbook", "files.old-format"), ("EncryptedPackage".encode("utf-16-le"), "files.encrypted")],
)
def test_old_and_encrypted_files_say_what_to_do(body, code):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + body
    with pytest.raises(InputError) as refused:
        open_sheets(content, "旧.xls")
    assert refused.value.code == code


def test_what_openpyxl_reads_is_read_alike(saved, rows_of):
    """A second reader gives the same cells, in the files where it is right."""
    book = Workbook()
    for number in range(200):
        book.active.append(
            [f"行{number}", number / 7, None, datetime(2025, 1, 1 + number % 28), number % 2 == 0]
        )
    content = saved(book)
    other = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
    for mine, theirs in zip(rows_of(content), other.iter_rows(values_only=True), strict=True):
        text, number, nothing, day, flag = mine.values
        assert (text, nothing, flag) == (theirs[0], None, theirs[4])
        assert float(number) == pytest.approx(theirs[1], rel=1e-14)
        assert day.start == theirs[3].date()
