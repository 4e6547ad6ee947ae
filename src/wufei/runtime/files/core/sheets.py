"""Sheets of rows of cells from the bytes of a file, whatever program wrote it.

What a file is, its bytes say; the name only serves messages. A file that cannot be read at all is an
`InputError` that says what to do; a cell that cannot be read is a flaw of its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.kernel.text import Text

FILE_BYTES_MAX = 50_000_000
PARQUET_BYTES_MAX = 500_000_000
COLUMNS_MAX = 256
# As many as a sheet of Excel has.
ROWS_MAX = 1_048_576

Value = str | Decimal | bool | datetime | Period | None
"""A cell: a whole day or month is a `Period`, an instant a `datetime` without zone, as the sheet has none."""

_LETTERS = 26


class Flaw(StrEnum):
    """Why a cell that is not empty has no value."""

    ERROR = "error"
    NO_RESULT = "no-result"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row.

    Attributes
    ----------
    number : int
        As the program that wrote the file shows it, from 1.
    values : tuple of Value
        From column A on; the value of a merged cell stands in every cell that it covers.
    flaws : mapping of int to Flaw
        By column from 0: cells that hold #REF! and the like, and formulas that were never calculated.
    carried : frozenset of int
        Columns whose value was written elsewhere, in the first cell of a merged range.
    percents : frozenset of int
        Columns whose number people see in percent: 0.85 is shown as 85%.
    """

    number: int
    values: tuple[Value, ...]
    flaws: Mapping[int, Flaw] = field(default_factory=dict)
    carried: frozenset[int] = frozenset()
    percents: frozenset[int] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing was written into this row itself."""
        if self.flaws:
            return False
        own = enumerate(self.values)
        return all(value is None or index in self.carried for index, value in own)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet; its rows are read from the file each time they are asked for.

    Attributes
    ----------
    name : str
        Empty where the kind of file has no sheets.
    hidden : bool
        Whether people do not see it.
    long : bool
        Whether it may be longer than the memory: then it is read batch by batch.
    """

    name: str
    hidden: bool
    rows: Callable[[], Iterator[SheetRow]]
    long: bool = False


def place_of(sheet: str, row: int, column: int | None = None) -> str:
    """Name a cell as a spreadsheet does, such as ``Sheet1!C7``; without a column, the row.

    Parameters
    ----------
    sheet : str
        Name of the sheet, empty if there is only one.
    row : int
        From 1.
    column : int, optional
        From 0.
    """
    cell = f"{'' if column is None else column_letters(column)}{row}"
    if not sheet:
        return cell
    plain = sheet.replace("_", "").isalnum()
    return f"{sheet}!{cell}" if plain else f"'{sheet}'!{cell}"


def column_letters(column: int) -> str:
    """Write a column, from 0, as letters: A, B … Z, AA."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def refuse(code: str, name: str, value: object, message: Text) -> InputError:
    """Make the error about a file as a whole."""
    return InputError(f"files.{code}", name, value, message)


def refuse_wide(name: str, place: str) -> InputError:
    """Make the error about a sheet with more columns than anything real has."""
    return refuse(
        "too-wide",
        name,
        place,
        Text(
            f"“{name}”在 {place} 还有内容，超过 {COLUMNS_MAX} 列的上限。请删去右侧多余的列。",
            f"“{name}” has content at {place}, beyond {COLUMNS_MAX} columns. Delete the rest.",
        ),
    )


def refuse_long(name: str) -> InputError:
    """Make the error about a file with too many rows."""
    return refuse(
        "too-long",
        name,
        ROWS_MAX,
        Text(
            f"“{name}”超过 {ROWS_MAX} 行。请分成几个文件，或改用 Parquet。",
            f"“{name}” has more than {ROWS_MAX} rows. Split it, or write it as Parquet.",
        ),
    )


def refuse_large(name: str, size: int, limit: int) -> InputError:
    """Make the error about a file of more bytes than are taken."""
    return refuse(
        "too-large",
        name,
        size,
        Text(
            f"“{name}”有 {size / 1e6:.1f} MB，上限为 {limit // 1_000_000} MB。请分成几个文件。",
            f"“{name}” has {size / 1e6:.1f} MB; the limit is {limit // 1_000_000} MB. Split it.",
        ),
    )


def refuse_damaged(name: str, error: Exception) -> InputError:
    """Make the error about a file that breaks off or contradicts itself."""
    reason = str(error)[:80]
    return refuse(
        "damaged",
        name,
        reason,
        Text(
            f"“{name}”已损坏，无法读取（{reason}）。请重新打开，另存为 .xlsx 或 CSV。",
            f"“{name}” is damaged and cannot be read ({reason}). Open it and save it again as .xlsx or CSV.",
        ),
    )
