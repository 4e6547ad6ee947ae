"""The workbook of the register: its sheets and columns, and how a cell becomes a value and a value a cell."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.registry.core.contracts import Cycle
from wufei.records.registry.core.kinds import paper_kinds, place_kinds
from wufei.records.registry.core.papers import Line, PaperState
from wufei.runtime.files.core.opening import open_sheets
from wufei.runtime.files.core.sheets import Sheet, SheetRow, Value, place_of
from wufei.runtime.identity.core.kinds import PartyKind

_HEAD_ROWS_MAX = 10
_GRAMS = 1_000_000
_FORMULA_SIGNS = ("=", "+", "-", "@")

PARTY_KINDS = {
    PartyKind.ENTERPRISE: Text("企业", "Enterprise"),
    PartyKind.FACILITY: Text("利用处置单位", "Treatment facility"),
    PartyKind.HOSPITAL: Text("医疗机构", "Hospital"),
    PartyKind.STREET: Text("街道乡镇", "Street or township"),
    PartyKind.FARM: Text("农业主体", "Farm"),
    PartyKind.SITE: Text("工地", "Building site"),
    PartyKind.AGGREGATE: Text("汇总", "Aggregate"),
}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: the field it fills, its titles, how it is read (see ``_READERS``), whether it is needed."""

    field: str
    title: Text
    type: str = "text"
    choices: Mapping[str, Text] | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class SheetKind:
    """A sheet of the workbook."""

    key: str
    title: Text
    columns: tuple[SheetColumn, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it was entered: sheet, row from 1, fields; ``columns`` says where each field stands."""

    sheet: str
    row: int
    values: Mapping[str, object]
    columns: Mapping[str, int]

    def place(self, field: str = "") -> str:
        """Name the cell of a field, or the row."""
        return place_of(self.sheet, self.row, self.columns.get(field))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workbook says: rows by sheet kind, and what could not be read."""

    entries: Mapping[str, tuple[Entry, ...]]
    findings: tuple[Finding, ...]
    rows: int


def _labels(kinds: Iterable[object]) -> dict[str, Text]:
    return {str(kind.key): kind.label for kind in kinds}  # type: ignore[attr-defined]


_PARTY = SheetColumn("party", Text("单位", "Party"), needed=True)
_FROM = SheetColumn("valid_from", Text("起始日期", "From"), "date", needed=True)
_TO = SheetColumn("valid_to", Text("截止日期", "To"), "date")
_EAST = SheetColumn("longitude", Text("经度", "Longitude"), "number")
_NORTH = SheetColumn("latitude", Text("纬度", "Latitude"), "number")
_STATE = SheetColumn("state", Text("状态", "State"), "choice", choices={s.value: s.label for s in PaperState})
_OTHER = SheetColumn("other_party", Text("对方单位", "Other party"))
_AMOUNT = SheetColumn("amount_yuan", Text("金额（元）", "Amount (yuan)"), "number")
_LINES = SheetColumn("lines", Text("代码与年额度（吨）", "Codes and yearly quota (t)"), "lines")
_NUMBER = SheetColumn("number", Text("证件编号", "Number"), needed=True)
_PAPERS = {key: label for key, label in _labels(paper_kinds().values()).items() if key != "contract"}

SHEETS = {
    sheet.key: sheet
    for sheet in (
        SheetKind(
            "parties",
            Text("单位", "Parties"),
            (
                SheetColumn("key", Text("单位编号", "Key"), needed=True),
                SheetColumn("uscc", Text("统一社会信用代码", "Credit code")),
                SheetColumn("name", Text("名称", "Name"), needed=True),
                SheetColumn("name_en", Text("英文名称", "English name")),
                SheetColumn(
                    "kind",
                    Text("类型", "Kind"),
                    "choice",
                    {k.value: t for k, t in PARTY_KINDS.items()},
                    needed=True,
                ),
                SheetColumn("region", Text("区域", "Region"), needed=True),
            ),
        ),
        SheetKind(
            "sites",
            Text("场所", "Sites"),
            (
                SheetColumn("key", Text("场所编号", "Site key"), needed=True),
                _PARTY,
                SheetColumn("name", Text("名称", "Name"), needed=True),
                SheetColumn("region", Text("区域", "Region"), needed=True),
                _EAST,
                _NORTH,
                SheetColumn("strict", Text("库存不得为负", "Strict"), "flag"),
            ),
        ),
        SheetKind(
            "places",
            Text("设施", "Facilities"),
            (
                _PARTY,
                SheetColumn(
                    "kind", Text("类型", "Kind"), "choice", _labels(place_kinds().values()), needed=True
                ),
                SheetColumn("code", Text("设施编号", "Facility code"), needed=True),
                SheetColumn("name", Text("名称", "Name"), needed=True),
                SheetColumn("site", Text("场所编号", "Site key")),
                SheetColumn("capacity", Text("能力", "Capacity"), "number"),
                SheetColumn("codes", Text("可存放代码", "Codes it may hold"), "codes"),
                SheetColumn("attributes", Text("属性", "Attributes"), "pairs"),
                _EAST,
                _NORTH,
                SheetColumn("closed_on", Text("停用日期", "Closed"), "date"),
            ),
        ),
        SheetKind(
            "papers",
            Text("证照", "Papers"),
            (
                _PARTY,
                SheetColumn("kind", Text("类型", "Kind"), "choice", _PAPERS, needed=True),
                _NUMBER,
                SheetColumn("issuer", Text("发证机关", "Issuer")),
                *(_FROM, _TO, _STATE, _OTHER, _AMOUNT),
                SheetColumn("plate", Text("号牌", "Plate")),
                _LINES,
            ),
        ),
        SheetKind(
            "contracts",
            Text("合同", "Contracts"),
            (
                *(_PARTY, _NUMBER, _OTHER, _FROM, _TO),
                SheetColumn(
                    "cycle", Text("收运周期", "Cycle"), "choice", choices={c.value: c.label for c in Cycle}
                ),
                *(_AMOUNT, _STATE, _LINES),
            ),
        ),
        SheetKind(
            "vehicles",
            Text("车辆", "Vehicles"),
            (
                _PARTY,
                SheetColumn("plate", Text("号牌", "Plate"), needed=True),
                SheetColumn("kind", Text("车型", "Kind")),
                SheetColumn("new_energy", Text("新能源", "New energy"), "flag"),
                SheetColumn("load_kg", Text("核定载质量（千克）", "Load (kg)"), "whole"),
                SheetColumn("retired_on", Text("退役日期", "Retired"), "date"),
            ),
        ),
        SheetKind(
            "people",
            Text("人员", "People"),
            (
                _PARTY,
                SheetColumn("code", Text("人员编号", "Staff number"), needed=True),
                SheetColumn("name", Text("姓名", "Name"), needed=True),
                SheetColumn("duty", Text("岗位", "Duty"), needed=True),
                SheetColumn("phone", Text("电话", "Phone")),
                SheetColumn("id_number", Text("证件号码", "Identity number")),
                SheetColumn("certificate", Text("资格证号", "Certificate")),
                SheetColumn("certificate_to", Text("资格证截止", "Certificate ends"), "date"),
                SheetColumn("left_on", Text("离岗日期", "Left"), "date"),
            ),
        ),
        SheetKind(
            "tags",
            Text("标签", "Tags"),
            (_PARTY, SheetColumn("name", Text("标签", "Tag"), needed=True), _FROM, _TO),
        ),
    )
}
"""In the order in which they are written: what is named stands before what names it."""


def read_workbook(content: bytes, name: str) -> Reading:
    """Read the sheets of a workbook that are known by their titles; other sheets are named in a note.

    Raises
    ------
    InputError
        The file cannot be opened, or ``registry.no-sheet``: none of its sheets is known.
    """
    entries: dict[str, tuple[Entry, ...]] = {}
    findings: list[Finding] = []
    rows = 0
    for sheet in open_sheets(content, name):
        kind = next((each for each in SHEETS.values() if sheet.name in (each.title.zh, each.title.en)), None)
        if kind is None:
            continue
        found, defects, count = _read_sheet(sheet, kind)
        entries[kind.key] = tuple(found)
        findings += defects
        rows += count
    if not entries:
        titles = "、".join(each.title.zh for each in SHEETS.values())
        raise InputError(
            "registry.no-sheet",
            "file",
            name,
            Text(
                f"“{name}”没有可识别的工作表。工作表应命名为 {titles} 中的若干个。",
                f"“{name}” has no known sheet: {', '.join(each.title.en for each in SHEETS.values())}.",
            ),
        )
    return Reading(entries, tuple(findings), rows)


def workbook_of(
    rows: Mapping[str, Iterable[Mapping[str, object]]], language: str, notes: Sequence[str] = ()
) -> bytes:
    """Write the sheets with their rows in the layout that `read_workbook` reads; no rows: the template."""
    book = Workbook(write_only=True)
    english = language.startswith("en")
    for kind in SHEETS.values():
        sheet = book.create_sheet(kind.title.en if english else kind.title.zh)
        for index in range(len(kind.columns)):
            sheet.column_dimensions[chr(ord("A") + index)].width = 22
        sheet.freeze_panes = f"A{len(notes) + 2}"
        for note in notes:
            sheet.append([note])
        sheet.append([_head(sheet, column, language) for column in kind.columns])
        for row in rows.get(kind.key, ()):
            sheet.append([_cell(column, row.get(column.field), language) for column in kind.columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: WriteOnlyWorksheet, column: SheetColumn, language: str) -> Any:
    cell = WriteOnlyCell(sheet, column.title.in_language(language) + (" *" if column.needed else ""))
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DFEEE8")
    return cell


def _cell(column: SheetColumn, value: object, language: str) -> object:
    if value is None or value == "":
        return None
    if column.choices is not None:
        return column.choices[str(value)].in_language(language)
    if column.type == "flag":
        return Text("是" if value else "否", "yes" if value else "no").in_language(language)
    if column.type == "lines":
        return "；".join(_line_text(line) for line in value)  # type: ignore[attr-defined]
    if column.type == "codes":
        return "；".join(value)  # type: ignore[arg-type]
    if column.type == "pairs":
        return "；".join(f"{key}={each}" for key, each in value.items())  # type: ignore[attr-defined]
    # In Excel a text that begins so may be read as a formula.
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) and len(value) > 1
        else value
    )


def _line_text(line: Line) -> str:
    way = f"/{line.way}" if line.way else ""
    return f"{line.code}{way}" + (
        "" if line.quota_g is None else f"={_plain(Decimal(line.quota_g) / _GRAMS)}"
    )


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _read_sheet(sheet: Sheet, kind: SheetKind) -> tuple[list[Entry], list[Finding], int]:
    rows = sheet.rows()
    columns = _columns(rows, kind)
    if columns is None:
        titles = "、".join(column.title.zh for column in kind.columns if column.needed)
        message = Text(f"“{sheet.name}”缺少表头 {titles}。", f"The sheet “{sheet.name}” lacks its head.")
        fix = Text("请下载模板，按模板的表头填写。", "Take the head of the template.")
        finding = Finding("registry.no-head", Severity.ERROR, sheet.name, message, value=sheet.name, fix=fix)
        return [], [finding], 0
    entries, findings, count = [], [], 0
    for row in rows:
        if row.empty:
            continue
        count += 1
        entry, defects = _read_row(sheet.name, row, kind, columns)
        findings += defects
        if entry is not None:
            entries.append(entry)
    return entries, findings, count


def _columns(rows: Iterator[SheetRow], kind: SheetKind) -> dict[str, int] | None:
    """Find the head within the first rows: every needed column stands in it."""
    titles = {title: column.field for column in kind.columns for title in (column.title.zh, column.title.en)}
    needed = {column.field for column in kind.columns if column.needed}
    for _, row in zip(range(_HEAD_ROWS_MAX), rows, strict=False):
        words = [str(value).removesuffix("*").strip() if value is not None else "" for value in row.values]
        found = {titles[word]: index for index, word in enumerate(words) if word in titles}
        if needed <= set(found):
            return found
    return None


def _read_row(
    sheet: str, row: SheetRow, kind: SheetKind, columns: Mapping[str, int]
) -> tuple[Entry | None, list[Finding]]:
    values: dict[str, object] = {}
    findings = []
    for column in kind.columns:
        index = columns.get(column.field)
        if index is None:
            continue
        raw = row.values[index] if index < len(row.values) else None
        if isinstance(raw, str):
            raw = raw.strip() or None
        if index in row.flaws or (raw is None and column.needed):
            findings.append(_unread(place_of(sheet, row.number, index), column, raw))
            continue
        try:
            values[column.field] = None if raw is None else _READERS[column.type](raw, column)
        except (ValueError, InvalidOperation):
            findings.append(_unread(place_of(sheet, row.number, index), column, raw))
    return (None if findings else Entry(sheet, row.number, values, columns)), findings


def _unread(place: str, column: SheetColumn, raw: object) -> Finding:
    wanted = _WANTED[column.type]
    if column.choices is not None:
        zh, en = (
            "、".join(t.zh for t in column.choices.values()),
            ", ".join(t.en for t in column.choices.values()),
        )
        wanted = Text(f"应为 {zh} 之一", f"should be one of {en}")
    shown = "" if raw is None else str(raw)[:60]
    what = Text(f"“{shown}”{wanted.zh}", f"“{shown}” {wanted.en}") if shown else Text("须填写", "is needed")
    return Finding(
        "registry.cell",
        Severity.ERROR,
        place,
        Text(f"{column.title.zh}：{what.zh}。", f"{column.title.en}: {what.en}."),
        value=shown,
        fix=Text("请改正该单元格后重新导入原文件。", "Mend the cell and load the same file again."),
    )


def _text(raw: Value, _: SheetColumn) -> str:
    # What an export marks so that it is no formula is read as it was written.
    text = _plain(raw) if isinstance(raw, Decimal) else str(raw)
    return text[1:] if text.startswith(tuple(f"'{sign}" for sign in _FORMULA_SIGNS)) else text


def _number(raw: Value, _: SheetColumn) -> Decimal:
    text = "" if isinstance(raw, (bool, datetime, Period)) else str(raw)
    number = Decimal(text.replace(",", "").replace("，", ""))
    if not number.is_finite():
        raise ValueError(raw)
    return number


def _whole(raw: Value, column: SheetColumn) -> int:
    number = _number(raw, column)
    if number != number.to_integral_value():
        raise ValueError(raw)
    return int(number)


def _date(raw: Value, _: SheetColumn) -> date:
    if isinstance(raw, Period):
        return raw.start
    if isinstance(raw, datetime):
        return raw.date()
    text = (
        str(raw).replace("/", "-").replace(".", "-").replace("年", "-").replace("月", "-").removesuffix("日")
    )
    parts = text.split("-")
    if len(parts) == 1 and len(text) == 8:
        parts = [text[:4], text[4:6], text[6:]]
    year, month, day = (int(part) for part in parts)
    return date(year, month, day)


def _flag(raw: Value, _: SheetColumn) -> bool:
    words = {
        "是": True,
        "yes": True,
        "true": True,
        "1": True,
        "否": False,
        "no": False,
        "false": False,
        "0": False,
    }
    word = str(raw).strip().lower()
    if word not in words:
        raise ValueError(raw)
    return words[word]


def _choice(raw: Value, column: SheetColumn) -> str:
    for key, label in (column.choices or {}).items():
        if raw in (key, label.zh, label.en):
            return key
    raise ValueError(raw)


def _codes(raw: Value, _: SheetColumn) -> tuple[str, ...]:
    return tuple(part for part in _parts(raw))


def _pairs(raw: Value, _: SheetColumn) -> dict[str, str]:
    pairs = [part.replace("＝", "=").partition("=") for part in _parts(raw)]
    if any(not sign for _, sign, _ in pairs):
        raise ValueError(raw)
    return {key.strip(): value.strip() for key, _, value in pairs}


def _lines(raw: Value, _: SheetColumn) -> tuple[Line, ...]:
    found = []
    for part in _parts(raw):
        name, sign, quota = part.replace("＝", "=").partition("=")
        code, way = (*name.strip().split("/", 1), "")[:2]
        grams = Decimal(quota.strip()) * _GRAMS if sign else None
        if grams is not None and (not grams.is_finite() or grams != grams.to_integral_value()):
            raise ValueError(raw)
        found.append(Line(code.strip(), way.strip(), None if grams is None else int(grams)))
    return tuple(found)


def _parts(raw: Value) -> list[str]:
    text = str(raw).replace(";", "；").replace("\n", "；")
    return [part.strip() for part in text.split("；") if part.strip()]


_READERS: dict[str, Callable[[Value, SheetColumn], object]] = {
    "text": _text,
    "number": _number,
    "whole": _whole,
    "date": _date,
    "flag": _flag,
    "choice": _choice,
    "codes": _codes,
    "pairs": _pairs,
    "lines": _lines,
}
_WANTED = {
    "text": Text("无法读取", "cannot be read"),
    "number": Text("应为数字", "should be a number"),
    "whole": Text("应为整数", "should be a whole number"),
    "date": Text("应为日期，例如 2026-03-01", "should be a day such as 2026-03-01"),
    "flag": Text("应为 是 或 否", "should be yes or no"),
    "choice": Text("不在选项中", "is no choice"),
    "codes": Text("无法读取", "cannot be read"),
    "pairs": Text("应写作 名称=值；名称=值", "should be name=value; name=value"),
    "lines": Text("应写作 代码/方式=吨；例如 HW08/R9=500", "should be code/way=tonnes, such as HW08/R9=500"),
}
