"""Rows of a data file, read one by one; what is wrong becomes a Finding that names file and item."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text

DATA_DIRECTORY = Path(__file__).parent.parent / "data"

Choice = TypeVar("Choice", bound=StrEnum)

# Both make plain values only; the one in C is ten times as fast, and not everywhere.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Row:
    """One item of a data file with the Findings met while reading it.

    Attributes
    ----------
    where : str
        File, position and item, such as ``streams.csv:3 SW01``.
    cells : Mapping[str, object]
        The fields as the file has them.
    room : str
        The room whose file it is; Finding codes begin with it.
    findings : list[Finding]
        Filled by the reading methods; each gives ``None`` where it added one.
    """

    where: str
    cells: Mapping[str, object]
    room: str = "catalogue"
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, code: str, value: object, message: Text, rule: Text, fix: Text) -> None:
        """Add an error about this row."""
        finding = Finding(
            f"{self.room}.{code}", Severity.ERROR, self.where, message, str(value), rule=rule, fix=fix
        )
        self.findings.append(finding)

    def text(self, name: str) -> str:
        """Give a field as text, empty if it is absent."""
        value = self.cells.get(name)
        return "" if value is None else str(value).strip()

    def required(self, name: str) -> str:
        """Give a field that must not be empty."""
        value = self.text(name)
        if not value:
            self.refuse(
                "missing-field",
                "",
                Text(f"缺少字段“{name}”。", f"Field “{name}” is missing."),
                Text(
                    "每个值须有标识、单位、日期、出处和状态。",
                    "Every value has id, unit, date, source and status.",
                ),
                Text(f"请在该条目填写“{name}”。", f"Fill in “{name}” for this item."),
            )
        return value

    def date(self, name: str) -> date | None:
        """Give a field that must be a day of the calendar."""
        value = self.required(name)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(
                "bad-date",
                value,
                Text(f"“{name}”的值“{value}”不是日期。", f"“{value}” in “{name}” is no date."),
                Text("日期写作 年-月-日。", "Dates are written year-month-day."),
                Text("请改为如 2024-01-22 的写法。", "Write it like 2024-01-22."),
            )
            return None

    def choice(self, name: str, kind: type[Choice]) -> Choice | None:
        """Give a field that must be one of a closed list."""
        value = self.required(name)
        if not value:
            return None
        if value in set(kind):
            return kind(value)
        allowed = ", ".join(kind)
        self.refuse(
            "unknown-choice",
            value,
            Text(f"“{name}”的值“{value}”不在允许范围内。", f"“{value}” is not allowed in “{name}”."),
            Text(f"允许：{allowed}。", f"Allowed: {allowed}."),
            Text("请改为允许的值之一。", "Use one of the allowed values."),
        )
        return None

    def positive(self, name: str) -> Decimal | None:
        """Give a field that must be a number above zero."""
        number = self.number(name)
        if number is None or number > 0:
            return number
        self.refuse(
            "out-of-range",
            number,
            Text(f"“{name}”为 {number}，应大于 0。", f"“{name}” is {number}; it must be above 0."),
            Text("换算量为正数。", "A conversion is positive."),
            Text("请核对数值和单位。", "Check the number and its unit."),
        )
        return None

    def number(self, name: str) -> Decimal | None:
        """Give a field that must be a plain decimal number."""
        value = self.required(name)
        if not value:
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
        self.refuse(
            "bad-number",
            value,
            Text(f"“{name}”的值“{value}”不是数字。", f"“{value}” in “{name}” is no number."),
            Text("数字只用 0-9、小数点和负号。", "Numbers use 0-9, a point and a minus sign only."),
            Text("请改为数字，单位写在“unit”栏。", "Write a number; the unit belongs in “unit”."),
        )
        return None

    def name(self) -> Text:
        """Give the bilingual name, from ``name: {zh, en}`` or the columns ``name_zh`` and ``name_en``."""
        value = self.cells.get("name")
        if isinstance(value, Mapping) and value.get("zh"):
            return Text(str(value["zh"]), str(value.get("en") or ""))
        if isinstance(value, str) and value.strip():
            return Text(value.strip())
        return Text(self.required("name_zh"), self.text("name_en"))


def read_rows(
    directory: Path, file: str, key: str, section: str = "", room: str = "catalogue"
) -> tuple[list[Row], list[Finding]]:
    """Read the items of a CSV or YAML file.

    Parameters
    ----------
    directory, file : Path, str
        Where the file lies.
    key : str
        The field that identifies an item; used in the place of a Finding.
    section : str
        In YAML, the key under which the list of items stands; empty if the file is the list.
    room : str
        The room whose file it is.

    Returns
    -------
    tuple
        The rows, and Findings about the file itself: unreadable, not a list, an item twice.
    """
    try:
        content = (directory / file).read_text(encoding="utf-8")
        items = _csv_items(content) if file.endswith(".csv") else _yaml_items(content, section)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        return [], [_unreadable(room, file, error)]
    return [Row(f"{file}:{place} {cells.get(key) or '?'}", cells, room) for place, cells in items], []


def once_each(rows: Iterable[Row], *keys: str) -> list[Row]:
    """Give the rows whose key fields are new; a repetition gets a Finding and is left out."""
    seen: dict[tuple[str, ...], str] = {}
    kept = []
    for row in rows:
        key = tuple(row.text(name) for name in keys)
        if key in seen:
            row.refuse(
                "repeated",
                " ".join(key),
                Text(f"与 {seen[key]} 重复。", f"Repeats {seen[key]}."),
                Text(
                    f"字段 {'、'.join(keys)} 合起来只能出现一次。", f"Together {', '.join(keys)} occur once."
                ),
                Text("请删去一条，或改用新的生效日期。", "Delete one, or give it a new effective date."),
            )
            continue
        seen[key] = row.where
        kept.append(row)
    return kept


def gathered(rows: Iterable[Row]) -> list[Finding]:
    """Give the Findings of all rows in order."""
    return [finding for row in rows for finding in row.findings]


def refuse_broken(findings: Iterable[Finding]) -> None:
    """Raise one error that lists every Finding of a data folder.

    Raises
    ------
    InputError
        If there is any Finding.
    """
    found = list(findings)
    if not found:
        return
    lines = Text(
        "\n".join(f"{f.where}：{f.message.zh}{f.rule.zh}{f.fix.zh}" for f in found),
        "\n".join(f"{f.where}: {f.message.en} {f.rule.en} {f.fix.en}" for f in found),
    )
    room = found[0].code.partition(".")[0]
    raise InputError(f"{room}.broken", found[0].where, found[0].value, lines)


def _csv_items(content: str) -> list[tuple[int, Mapping[str, object]]]:
    reader = csv.DictReader(io.StringIO(content), strict=True)
    try:
        return [(reader.line_num, dict(cells)) for cells in reader]
    except csv.Error as error:
        raise ValueError(str(error)) from error


def _yaml_items(content: str, section: str) -> list[tuple[int, Mapping[str, object]]]:
    document = yaml.load(content, Loader=_LOADER)  # noqa: S506 - a safe loader either way
    items = document
    if section:
        items = document.get(section) if isinstance(document, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValueError(f"“{section or 'document'}” is not a list of items")
    return list(enumerate(items, start=1))


def _unreadable(room: str, file: str, error: Exception) -> Finding:
    reason = " ".join(str(error).split())
    return Finding(
        f"{room}.unreadable",
        Severity.ERROR,
        file,
        Text(f"文件无法读取：{reason}。", f"The file cannot be read: {reason}."),
        rule=Text(
            "数据文件为 UTF-8 编码的 CSV 或 YAML 列表。", "A data file is CSV or a YAML list in UTF-8."
        ),
        fix=Text("请恢复该文件或改正格式。", "Restore the file or mend its form."),
    )
