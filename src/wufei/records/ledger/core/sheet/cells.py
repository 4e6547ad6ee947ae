"""The cells of a row under their columns, and how the simple ones are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from uuid import UUID

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.kernel.units import half_width
from wufei.records.ledger.core.checks import PPM
from wufei.records.ledger.core.sheet import words
from wufei.records.ledger.core.sheet.headers import Header, LedgerSheet
from wufei.records.ledger.core.sheet.messages import RowFinding, cell_finding
from wufei.runtime.files.core.sheets import Flaw, SheetRow, Value

_DIGITS_KEPT = 15
_SHOWN = 60
_BOOKS = {"实际账": "actual", "申报账": "declared", "合成数据账": "synthetic"}


@dataclass(slots=True)
class Cells:
    """The cells of one row by column, and what was found in them."""

    sheet: LedgerSheet
    row: SheetRow
    found: list[RowFinding] = field(default_factory=list)

    @property
    def header(self) -> Header:
        """Of the sheet."""
        return self.sheet.header

    @property
    def key(self) -> int:
        """Of the row."""
        return self.sheet.key(self.row.number)

    def value(self, key: str) -> Value:
        """What a cell holds; one without value for a reason is told."""
        position = self.sheet.header.columns.get(key)
        if position is None:
            return None
        flaw = self.row.flaws.get(position)
        if flaw is not None:
            self.say(key, "cell-error" if flaw is Flaw.ERROR else "cell-no-result", "")
        value = self.row.values[position] if position < len(self.row.values) else None
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, key: str) -> str:
        """What a cell holds, as text."""
        # Most columns are missing from most files.
        if key not in self.sheet.header.columns:
            return ""
        value = self.value(key)
        if isinstance(value, str):
            return value.strip()
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return "" if value is None else str(value)

    def flawed(self, key: str) -> bool:
        """Whether a cell has no value although it is not empty."""
        return self.header.columns.get(key, -1) in self.row.flaws

    def say(self, key: str, code: str, value: object, **values: object) -> None:
        """Note a Finding about a cell."""
        where = self.sheet.place(self.row.number, key)
        shown = str(value)[:_SHOWN] if isinstance(value, str) else value
        found = cell_finding(code, where, shown, column=self.header.title(key), **values)
        self.found.append(RowFinding(self.key, self.header.title(key), found))

    def demand(self, key: str) -> bool:
        """Say that a cell is empty, unless it has a flaw that was told."""
        if self.value(key) is not None:
            return True
        if not self.flawed(key):
            self.say(key, "cell-missing", "")
        return False


def read_word(cells: Cells, key: str, table: Mapping[str, str], code: str, choices: Text) -> str:
    """Look a word up in its table; empty if the cell is, or if nobody knows it."""
    text = cells.text(key)
    found = table.get(words.plain(text), "") if text else ""
    if text and not found:
        cells.say(key, code, text, choices=choices)
    return found


def read_name(cells: Cells, key: str) -> str:
    """Read a name or code; a number of more digits than a sheet keeps is damaged."""
    value = cells.value(key)
    text = cells.text(key)
    if isinstance(value, Decimal) and len(text) > _DIGITS_KEPT:
        cells.say(key, "digits-lost", text)
    return text


def read_book(text: str) -> str:
    """Read the name of a book, or one of the words for it."""
    return _BOOKS.get(text, half_width(text))


def read_period(cells: Cells) -> str:
    """Read a period as `str(Period)` writes it."""
    value = cells.value("amends")
    text = cells.text("amends")
    if isinstance(value, Period) or not text:
        return text
    try:
        return str(Period.parse(text))
    except InputError:
        cells.say("amends", "period-form", text)
        return ""


def read_ppm(cells: Cells, key: str) -> int | None:
    """Read a percentage, 20 or 20%; a dry share of 0.2 may be a cell that shows 20%, so it is asked about."""
    text = half_width(cells.text(key))
    if not text:
        return None
    try:
        percent = Decimal(text.removesuffix("%").strip())
        doubtful = key == "dry_share" and 0 < percent < 1 and not text.endswith("%")
        ppm = -1 if doubtful else round(percent * PPM / 100)
    except (InvalidOperation, ValueError, OverflowError):
        ppm = -1
    if not 0 <= ppm <= PPM:
        cells.say(key, "percent-form", text)
        return None
    return ppm


def read_yes(cells: Cells) -> bool:
    """Read 是 or a tick; empty is no."""
    value = cells.value("finish")
    if isinstance(value, bool):
        return value
    text = cells.text("finish")
    said = words.yes_or_no(text) if text else False
    if said is None:
        cells.say("finish", "yes-or-no", text)
    return bool(said)


def read_id(cells: Cells) -> UUID | None:
    """Read an identifier."""
    text = cells.text("id")
    try:
        return UUID(text) if text else None
    except ValueError:
        cells.say("id", "id-form", text)
        return None
