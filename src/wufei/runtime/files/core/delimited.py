"""Delimited text: UTF-8, UTF-16 or GB 18030, with commas, tabs or semicolons."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from wufei.kernel.text import Text
from wufei.runtime.files.core.sheets import (
    COLUMNS_MAX,
    ROWS_MAX,
    Sheet,
    SheetRow,
    place_of,
    refuse,
    refuse_long,
    refuse_wide,
)

_QUOTED = re.compile(r'"[^"]*"')
_DELIMITERS = (",", "\t", ";")
_TRIED_LINES = 30
_SNIFFED_BYTES = 4_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CELL_CHARACTERS_MAX = 32_767


def delimited_sheet(content: bytes, name: str) -> Sheet:
    """Open delimited text.

    Raises
    ------
    InputError
        The bytes are text in none of the encodings in use.
    """
    text = decoded(content, name)
    delimiter = _delimiter(text)
    return Sheet("", hidden=False, rows=lambda: _rows(text, delimiter, name))


def decoded(content: bytes, name: str) -> str:
    """Turn bytes into text; UTF-8 is tried first, as GB 18030 text is hardly ever valid UTF-8 by chance."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decode(content, (encoding,), name)
    head = content[:_SNIFFED_BYTES]
    if b"\0" in head:
        # Latin letters and digits in UTF-16 have a zero byte each; in nothing else people send as text.
        little = head[1::2].count(0) >= head[0::2].count(0)
        return _decode(content, ("utf-16-le" if little else "utf-16-be",), name)
    return _decode(content, ("utf-8", "gb18030"), name)


def _decode(content: bytes, encodings: tuple[str, ...], name: str) -> str:
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refuse(
        "no-text",
        name,
        "/".join(encodings),
        Text(
            f"“{name}”不是表格，也不是 UTF-8、UTF-16 或 GB18030（GBK）的文本。"
            "请另存为 XLSX，或 UTF-8 的 CSV。",
            f"“{name}” is no sheet, and no text in UTF-8, UTF-16 or GB 18030 (GBK). "
            "Save it as XLSX, or as CSV in UTF-8.",
        ),
    )


def _delimiter(text: str) -> str:
    """Choose the sign that cuts the first lines into the most columns; what is quoted cuts nothing."""
    lines = _QUOTED.sub("", text[: _TRIED_LINES * 2_000]).splitlines()[:_TRIED_LINES]
    return max(_DELIMITERS, key=lambda sign: sum(line.count(sign) for line in lines))


def _rows(text: str, delimiter: str, name: str) -> Iterator[SheetRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for cells in reader:
            number += 1
            if number > ROWS_MAX:
                raise refuse_long(name)
            values = tuple([cell.strip() or None for cell in cells])
            if len(values) > COLUMNS_MAX and any(values[COLUMNS_MAX:]):
                raise refuse_wide(name, place_of("", number, len(values) - 1))
            yield SheetRow(number, values[:COLUMNS_MAX])
    except csv.Error as error:
        raise refuse(
            "quotes",
            name,
            place_of("", number + 1),
            Text(
                f"“{name}”第 {number + 1} 行起无法分列（{error}）。多半是引号没有配对，请检查该行。",
                f"“{name}” cannot be cut into columns from row {number + 1} on ({error}). "
                "Look for an unpaired quotation mark.",
            ),
        ) from error
