"""The template of a ledger file: columns with lists to choose from, examples of every step, explanations."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from wufei.kernel.text import Text
from wufei.records.catalogue.core.methods import load_methods
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.streams import load_streams
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.sheet.columns import (
    CHOICES_SHEET,
    COLUMNS,
    EXAMPLES_SHEET,
    LEDGER_SHEET,
    NOTES_SHEET,
)
from wufei.records.ledger.core.sheet.words import REASONS
from wufei.records.ledger.core.transfers import Evidence, Step
from wufei.records.ledger.core.words import EVIDENCE, KINDS, STEPS

_HEAD = PatternFill("solid", fgColor="DFEEE8")
_REQUIRED = PatternFill("solid", fgColor="B9DDCF")
_LISTED_ROWS = 5_000
_WIDTHS = {"holder": 26, "other_holder": 26, "stream": 20, "method": 20, "document": 20, "ref": 20, "id": 38}
_WIDTH = 13
# Codes of eighteen digits, and days that must not turn into numbers.
_AS_TEXT = ("holder", "other_holder", "ref", "document", "id")
_FIRM, _PLANT = Text("示例甲厂", "Example firm"), Text("示例处理厂", "Example plant")
_YES = Text("是", "Yes")
_UNITS = ("t", "kg", "万吨", "m3", "L", "个")

Example = Mapping[str, str | Text]


def _example(step: Step, day: int, quantity: str, **more: str | Text) -> Example:
    filled: dict[str, str | Text] = {
        "date": f"2025-03-{day:02d}",
        "step": STEPS[step],
        "stream": "SW03",
        "quantity": quantity,
        "unit": "t",
        "holder": _FIRM,
        "evidence": EVIDENCE[Evidence.WEIGHBRIDGE],
    }
    return filled | more


_LEG, _RUN, _DUMP = "LD-2025-0001", "PC-2025-0001", "QD-2025-0001"
_LANDFILL = load_methods()["landfill"].name
EXAMPLES: tuple[Example, ...] = (
    _example(Step.OPEN, 1, "20"),
    _example(Step.GENERATE, 1, "12.5", document="BD-0001"),
    _example(Step.IMPORT, 2, "8", holder=_PLANT, target_kind=KINDS[Kind.STOCK]),
    _example(Step.MOVE, 2, "3", other_site=Text("二号库", "Second store")),
    _example(Step.DISPATCH, 3, "10", ref=_LEG, document=_LEG),
    _example(Step.RECEIVE, 3, "9.9", holder=_PLANT, other_holder=_FIRM, ref=_LEG, group="1", finish=_YES),
    _example(
        Step.SETTLE_DIFFERENCE,
        3,
        "0.1",
        holder=_PLANT,
        other_holder=_FIRM,
        ref=_LEG,
        group="1",
        target_kind=KINDS[Kind.DIFFERENCE],
    ),
    _example(Step.RETURN, 4, "2", ref="LD-2025-0002"),
    _example(Step.TREAT_IN, 5, "9", holder=_PLANT, ref=_RUN, method=_LANDFILL, group="2"),
    _example(
        Step.TREAT_OUT,
        5,
        "8.5",
        holder=_PLANT,
        ref=_RUN,
        method=_LANDFILL,
        group="2",
        target_kind=KINDS[Kind.LANDFILLED],
    ),
    _example(Step.NEW_WASTE, 5, "0.5", holder=_PLANT, ref=_RUN, group="2", stream="SW59", finish=_YES),
    _example(Step.USE, 6, "4", method=load_methods()["building-material"].name),
    _example(
        Step.RECLASSIFY,
        7,
        "1",
        ref="JB-2025-0001",
        source_kind=KINDS[Kind.STOCK],
        target_kind=KINDS[Kind.PROCESS],
    ),
    _example(
        Step.LOSS,
        8,
        "0.2",
        source_kind=KINDS[Kind.STOCK],
        target_kind=KINDS[Kind.LOST],
        evidence=EVIDENCE[Evidence.ESTIMATED],
    ),
    _example(Step.EXPORT, 9, "5", source_kind=KINDS[Kind.STOCK]),
    _example(
        Step.FIND_DUMP,
        10,
        "1.5",
        holder="",
        region=Text("示例区", "Example district"),
        ref=_DUMP,
        source_kind=KINDS[Kind.UNATTRIBUTED],
        evidence=EVIDENCE[Evidence.ESTIMATED],
    ),
    _example(Step.ATTRIBUTE_DUMP, 11, "1.5", holder=_FIRM),
    _example(Step.CLEAR_DUMP, 12, "1.5", holder="", region=Text("示例区", "Example district"), ref=_DUMP),
    _example(Step.STOCKTAKE, 31, "0.3", source_kind=KINDS[Kind.STOCK], target_kind=KINDS[Kind.STOCKTAKE]),
)
"""One row for each step, the five commonest being 产生, 起运, 签收, 投入处理 and 直接利用."""


def template_workbook(language: str) -> bytes:
    """Give the template as .xlsx: a sheet to fill in, examples, explanations, and lists behind the cells."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError(type(sheet))
    sheet.title = LEDGER_SHEET.in_language(language)
    _head(sheet, language)
    examples = book.create_sheet(EXAMPLES_SHEET.in_language(language))
    _head(examples, language)
    for row in _example_rows(language):
        examples.append(row)
    _explain(book.create_sheet(NOTES_SHEET.in_language(language)), language)
    lists = book.create_sheet(CHOICES_SHEET.in_language(language))
    lists.sheet_state = "hidden"
    _choose(sheet, lists, language)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def template_text(language: str) -> bytes:
    """Give the template as CSV in UTF-8 with a mark, as Excel wants it, with the examples to overwrite."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.title.in_language(language) for column in COLUMNS])
    writer.writerows(_example_rows(language))
    return out.getvalue().encode("utf-8-sig")


def _example_rows(language: str) -> list[list[str]]:
    return [[_said(example.get(column.key, ""), language) for column in COLUMNS] for example in EXAMPLES]


def _said(words: str | Text, language: str) -> str:
    return words if isinstance(words, str) else words.in_language(language)


def _head(sheet: Worksheet, language: str) -> None:
    sheet.append([column.title.in_language(language) for column in COLUMNS])
    for index, column in enumerate(COLUMNS, 1):
        cell = sheet.cell(1, index)
        cell.font = Font(bold=True)
        cell.fill = _REQUIRED if column.required or column.key == "holder" else _HEAD
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.key, _WIDTH)
        if column.key in _AS_TEXT:
            sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "C2"


def _explain(sheet: Worksheet, language: str) -> None:
    titles = (
        Text("列", "Column"),
        Text("必填", "Needed"),
        Text("怎样填写", "What to write"),
        Text("其他叫法", "Other names"),
    )
    sheet.append([title.in_language(language) for title in titles])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for column in COLUMNS:
        needed = _YES.in_language(language) if column.required else ""
        others = "、".join(
            (column.title.in_language("en" if language.startswith("zh") else "zh"), *column.aliases)
        )
        sheet.append([column.title.in_language(language), needed, column.note.in_language(language), others])
    for letter, width in zip("ABCD", (20, 8, 70, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)


def _choose(sheet: Worksheet, lists: Worksheet, language: str) -> None:
    for number, (key, words) in enumerate(_choices(language).items(), 1):
        letter = get_column_letter(number)
        lists.cell(1, number, key)
        for row, word in enumerate(words, 2):
            lists.cell(row, number, word)
        rule = DataValidation(
            type="list", formula1=f"'{lists.title}'!${letter}$2:${letter}${len(words) + 1}", allow_blank=True
        )
        # A code or another spelling is right too: the list helps and does not forbid.
        rule.showErrorMessage = False
        position = get_column_letter(1 + [column.key for column in COLUMNS].index(key))
        rule.add(f"{position}2:{position}{_LISTED_ROWS}")
        sheet.add_data_validation(rule)


def _choices(language: str) -> dict[str, Sequence[str]]:
    kinds = [words.in_language(language) for words in KINDS.values()]
    return {
        "step": [words.in_language(language) for words in STEPS.values()],
        "stream": [f"{one.code} {one.name.in_language(language)}" for one in load_streams().values()],
        "unit": _UNITS,
        "method": [one.name.in_language(language) for one in load_methods().values()],
        "evidence": [words.in_language(language) for words in EVIDENCE.values()],
        "target_kind": kinds,
        "source_kind": kinds,
        "finish": [_YES.in_language(language)],
        "sector": [sector.label.in_language(language) for sector in Sector],
        "reason": [words.in_language(language) for words in REASONS.values()],
    }
