"""The annex of an official list as published: find its columns, read its items, name every row that is wrong.

Notes
-----
Such files come out of word processors: the category and the industry stand in merged cells or only in the
first of their rows, the head is repeated on every page, codes carry blanks, full-width signs and marks of
footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.catalogue.core.codes import category_of, is_hazardous, plain_code
from wufei.records.catalogue.core.items import hazards_in
from wufei.records.catalogue.core.streams import load_streams
from wufei.runtime.files.core.sheets import Sheet, SheetRow, Value, place_of

HEADER_WITHIN_ROWS = 40
_NAME_MAX = 2_000
_COLUMNS = {
    "category": ("废物类别", "废物种类", "固体废物种类", "类别"),
    "industry": ("行业来源",),
    "code": ("废物代码", "固体废物代码", "代码"),
    "name": ("危险废物", "固体废物", "固体废物名称", "废物名称", "名称"),
    "hazards": ("危险特性",),
}
_NEEDED = ("category", "code", "name")
_CATEGORY = re.compile(r"(HW|SW|S)(\d{2})", re.ASCII)
_BLANKS = re.compile(r"\s+")


class ListKind(StrEnum):
    """Which official list."""

    HAZARDOUS = "hazardous"
    GENERAL = "general"

    @property
    def label(self) -> Text:
        """The title of the list."""
        return _LABELS[self]


_LABELS = {
    ListKind.HAZARDOUS: Text("国家危险废物名录", "National List of Hazardous Waste"),
    ListKind.GENERAL: Text("固体废物分类与代码目录", "Catalogue of Solid Waste Classes and Codes"),
}


@dataclass(frozen=True, slots=True)
class AnnexItem:
    """One item as the annex has it; ``where`` is its cell, and takes no part in comparing."""

    code: str
    category: str
    industry: str
    name: str
    hazards: str
    where: str = ""

    def says_the_same(self, other: AnnexItem) -> bool:
        """Say whether nothing but the place differs."""
        mine, others = (
            (one.code, one.category, one.industry, one.name, one.hazards) for one in (self, other)
        )
        return mine == others


@dataclass(frozen=True, slots=True)
class Annex:
    """What was read: which list it is, its items, and the rows that were refused."""

    kind: ListKind
    items: tuple[AnnexItem, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Carry:
    """The category and industry of the rows above, for cells that were left empty below them."""

    category: str = ""
    industry: str = ""


def read_annex(sheets: Sequence[Sheet], file: str) -> Annex:
    """Read the items of every sheet that has the head of an official list.

    Raises
    ------
    InputError
        No sheet has such a head, or none of its rows could be read.
    """
    items: list[AnnexItem] = []
    findings: list[Finding] = []
    headed = False
    for sheet in sheets:
        found = _items_of(sheet, items, findings)
        headed = headed or found
    if not headed:
        raise _no_head(file)
    if not items:
        raise _no_items(file, findings)
    hazardous = sum(is_hazardous(item.code) for item in items)
    kind = ListKind.HAZARDOUS if hazardous * 2 >= len(items) else ListKind.GENERAL
    kept, others = _of_one_kind(items, kind)
    once, repeated = _once(kept)
    return Annex(kind, tuple(once), tuple(findings + others + repeated))


def _items_of(sheet: Sheet, items: list[AnnexItem], findings: list[Finding]) -> bool:
    """Read one sheet; say whether it has a head at all."""
    columns: dict[str, int] = {}
    carry = _Carry()
    for row in sheet.rows():
        head = _head_of(row)
        if head:
            columns = head
            continue
        if not columns:
            if row.number > HEADER_WITHIN_ROWS:
                break
            continue
        found = _item(sheet, row, columns, carry)
        if isinstance(found, AnnexItem):
            items.append(found)
        elif found is not None:
            findings.append(found)
    return bool(columns)


def _head_of(row: SheetRow) -> dict[str, int]:
    """Give the columns of a head by the words in it; empty if the row is none."""
    words = {_packed(value): index for index, value in reversed(list(enumerate(row.values)))}
    columns = {
        name: words[title]
        for name, titles in _COLUMNS.items()
        if (title := next((each for each in titles if each in words), ""))
    }
    return columns if all(name in columns for name in _NEEDED) else {}


def _item(sheet: Sheet, row: SheetRow, columns: dict[str, int], carry: _Carry) -> AnnexItem | Finding | None:
    cells = {name: _cell(row, index) for name, index in columns.items()}
    written = _packed(cells["code"])
    if not any(_packed(value) for value in cells.values()):
        return None
    where = place_of(sheet.name, row.number, columns["code"])
    flaw = next((index for index in columns.values() if index in row.flaws), None)
    if flaw is not None:
        return _refusal("flaw", place_of(sheet.name, row.number, flaw), "#", _FLAW)
    _take_over(cells, carry)
    if not written:
        # A line of the category or industry alone only sets them for the rows below.
        return _refusal("no-code", where, _shown(cells["name"]), _NO_CODE) if _packed(cells["name"]) else None
    return _checked(_plain(cells, plain_code(written), carry, where), written, carry)


def _take_over(cells: dict[str, Value], carry: _Carry) -> None:
    category = _category(_packed(cells["category"]))
    if category and category != carry.category:
        carry.category, carry.industry = category, ""
    industry = _packed(cells.get("industry"))
    carry.industry = industry or carry.industry


def _plain(cells: dict[str, Value], code: str, carry: _Carry, where: str) -> AnnexItem:
    hazards = _packed(cells.get("hazards")).replace("，", ",").replace("、", ",").replace("／", "/")
    name = _shown(cells["name"])
    return AnnexItem(code, category_of(code), carry.industry, name, hazards, where)


def _checked(item: AnnexItem, written: str, carry: _Carry) -> AnnexItem | Finding:
    if item.category not in load_streams():
        return _refusal("bad-code", item.where, written, _BAD_CODE)
    if carry.category and carry.category != item.category:
        return _refusal("other-category", item.where, f"{written} / {carry.category}", _OTHER_CATEGORY)
    if not item.name or len(item.name) > _NAME_MAX:
        return _refusal("no-name", item.where, written, _NO_NAME)
    if is_hazardous(item.code) and not hazards_in(item.hazards):
        return _refusal("bad-hazards", item.where, f"{written}: {item.hazards}", _BAD_HAZARDS)
    return item


def _of_one_kind(items: Iterable[AnnexItem], kind: ListKind) -> tuple[list[AnnexItem], list[Finding]]:
    hazardous = kind is ListKind.HAZARDOUS
    kept = [item for item in items if is_hazardous(item.code) == hazardous]
    others = [item for item in items if is_hazardous(item.code) != hazardous]
    return kept, [_refusal("other-list", item.where, item.code, _OTHER_LIST) for item in others]


def _once(items: Iterable[AnnexItem]) -> tuple[list[AnnexItem], list[Finding]]:
    first: dict[str, AnnexItem] = {}
    repeated = []
    for item in items:
        if item.code in first:
            place = first[item.code].where
            message = Text(f"与 {place} 重复。", f"It repeats {place}.")
            repeated.append(_refusal("repeated", item.where, item.code, (message, _ONCE, _ONE_OF_THEM)))
        else:
            first[item.code] = item
    return list(first.values()), repeated


def _cell(row: SheetRow, index: int) -> Value:
    return row.values[index] if index < len(row.values) else None


def _packed(value: Value) -> str:
    return _BLANKS.sub("", "" if value is None else str(value))


def _shown(value: Value) -> str:
    """Give running text: what a word processor broke into lines is put together again."""
    lines = ("" if value is None else str(value)).split("\n")
    return _BLANKS.sub(" ", "".join(line.strip() for line in lines)).strip()


def _category(written: str) -> str:
    found = _CATEGORY.match(written.upper())
    if not found:
        return ""
    return f"{'HW' if found[1] == 'HW' else 'SW'}{found[2]}"


_Words = tuple[Text, Text, Text]
_ONCE = Text("一个代码在一份名录中只出现一次。", "A code stands in a list once.")
_ONE_OF_THEM = Text("请核对后删去其中一行。", "Check and delete one of the rows.")
_FLAW: _Words = (
    Text("单元格是错误值或未计算的公式。", "The cell is an error or a formula never calculated."),
    Text("单元格须有值。", "A cell has a value."),
    Text("请在表格软件中改正后保存。", "Mend it in the spreadsheet and save."),
)
_NO_CODE: _Words = (
    Text("有名称但没有废物代码。", "There is a name but no code."),
    Text("每一行须有废物代码。", "Every row has a code."),
    Text("若是上一行的续文，请并入上一行；否则补填代码。", "Join it to the row above, or fill in the code."),
)
_BAD_CODE: _Words = (
    Text("废物代码的格式或类别不符。", "The code has the wrong form, or no such category exists."),
    Text(
        "危险废物形如 900-214-08，其他固体废物形如 900-001-S17；HW41至HW44空缺。",
        "Hazardous waste is written like 900-214-08, other waste like 900-001-S17; HW41 to HW44 are vacant.",
    ),
    Text("请对照官方附表改正。", "Mend it after the official annex."),
)
_OTHER_CATEGORY: _Words = (
    Text("代码末位与所在类别不一致。", "The end of the code is not the category it stands under."),
    Text("废物代码的末两位是类别代码。", "A code ends with the digits of its category."),
    Text("请对照官方附表改正代码或类别。", "Mend the code or the category after the annex."),
)
_NO_NAME: _Words = (
    Text("没有废物描述，或描述过长。", "The description is missing or too long."),
    Text(f"描述为 1 至 {_NAME_MAX} 个字。", f"A description has 1 to {_NAME_MAX} characters."),
    Text("请补填或核对描述。", "Fill in or check the description."),
)
_BAD_HAZARDS: _Words = (
    Text("危险特性缺失或有误。", "The hazards are missing or wrong."),
    Text("写 T、C、I、R、In，以逗号或斜线相连。", "They are T, C, I, R or In, joined by comma or slash."),
    Text("请对照官方附表改正。", "Mend them after the official annex."),
)
_OTHER_LIST: _Words = (
    Text("这一行属于另一份名录。", "This row belongs to the other list."),
    Text(
        "一个文件只含危险废物，或只含其他固体废物。",
        "A file holds hazardous waste only, or other waste only.",
    ),
    Text("请分成两个文件导入。", "Import two files."),
)


def _refusal(code: str, where: str, value: str, words: _Words) -> Finding:
    message, rule, fix = words
    return Finding(f"catalogue.annex-{code}", Severity.ERROR, where, message, value, rule=rule, fix=fix)


def _no_head(file: str) -> InputError:
    return InputError(
        "catalogue.annex-no-head",
        file,
        file,
        Text(
            f"“{file}”中没有找到表头。表头行须含“废物类别（或废物种类）”“废物代码”“危险废物（或名称）”，"
            "危险废物名录还须有“危险特性”。",
            f"No head was found in “{file}”. One row has 废物类别 (or 废物种类), 废物代码 and 危险废物 "
            "(or 名称); the list of hazardous waste also has 危险特性.",
        ),
    )


def _no_items(file: str, findings: Sequence[Finding]) -> InputError:
    first = findings[0] if findings else None
    zh = f"第一处：{first.where} {first.message.zh}{first.fix.zh}" if first else "表头以下没有行。"
    en = (
        f"The first: {first.where} {first.message.en} {first.fix.en}"
        if first
        else "Nothing is below the head."
    )
    return InputError(
        "catalogue.annex-empty",
        file,
        len(findings),
        Text(f"“{file}”没有一行可以导入。{zh}", f"No row of “{file}” can be imported. {en}"),
    )
