"""A document as a reader of plans sees it: paragraphs and tables in order, each with its place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a document.

    Attributes
    ----------
    block : int
        Ordinal of the paragraph or table in the document, from 0: what a screen lights.
    row : int or None
        Row of the table, from 0.
    label : str
        As people look it up: ``第179行``, ``第3页``, ``表2第5行``, ``指标!C7``.
    """

    block: int
    row: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text between two line ends; ``heading`` is the level a word processor gave it, 0 for none."""

    text: str
    place: Place
    heading: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row of a table; a cell may hold line ends, an empty one is ``""``.

    ``carried`` are the columns whose cell is the lower part of one merged downward: it says what stands
    above.
    """

    cells: tuple[str, ...]
    place: Place
    carried: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its rows as long as the longest.

    ``inner`` has row, column and content of each cell that holds tables of its own: paragraphs and tables in
    order. The text of such a cell says the same in words.
    """

    rows: tuple[Row, ...]
    place: Place
    inner: tuple[tuple[int, int, tuple[Block, ...]], ...] = ()

    @property
    def width(self) -> int:
        """How many columns the table has."""
        return max((len(row.cells) for row in self.rows), default=0)


Block = Paragraph | Table

NOTE = "脚注"
"""What the paragraph of a footnote begins with; footnotes stand behind the document."""

_BOOKMARK = re.compile(r"\[bookmark:[^\]]*\]")
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/共]+\s*\d{1,4}\s*页?)?[-—–－·\s]*")
_SPACES = re.compile(r"[ \t\u00a0\u3000\u200b\ufeff]+")


def clean(text: str) -> str:
    """Give text without bookmarks of word processors, with single spaces and none at its ends."""
    return _SPACES.sub(" ", _BOOKMARK.sub("", text)).strip()


_BEFORE_TEXT = re.compile(r"\s*(?:[\d.．、]+|[（(]\d+[）)])\s+")
_AROUND_NUMBERS = re.compile(
    r"(?<=[\u4e00-\u9fff，。；、：“”（）《》]) +(?=[\d“])|(?<=[\d%％”]) +(?=[\u4e00-\u9fff，。；、：（）])"
)


def tightened(text: str) -> str:
    """Give text without the spaces around numbers: 到 2025 年; an item keeps that of its number."""
    number = _BEFORE_TEXT.match(text)
    start = number.end() if number else 0
    return text[:start] + _AROUND_NUMBERS.sub("", text[start:])


def is_page_number(text: str) -> bool:
    """Say whether a line is nothing but the number of its page, such as ``- 16 -``."""
    return bool(text) and _PAGE_NUMBER.fullmatch(text) is not None and not text.isdigit()


_NOTE_MARK = re.compile(r"\s*[\[〔【（(]?(?:注?\d{1,2}|[a-h]|[①-⑳])[\]〕】）)]?\s*")
_CAN_BEAR_A_NOTE = re.compile(r"[\u4e00-\u9fff）)》”。，；、%％]\s*$")


def is_note_mark(before: str, raised: str) -> bool:
    """Say whether raised letters are the mark of a footnote: 回收率¹, but not m² or 10⁴."""
    return _NOTE_MARK.fullmatch(raised) is not None and _CAN_BEAR_A_NOTE.search(before) is not None


def squeezed(text: str) -> str:
    """Give text for comparing: one form of every character, no space, quotes or bookmarks, small letters."""
    plain = unicodedata.normalize("NFKC", _BOOKMARK.sub("", text)).casefold()
    return re.sub(r"[\s“”\"'‘’「」\u200b\ufeff]", "", plain)


def joined(cell: str) -> str:
    """Give a cell as one line: what a narrow column broke belongs together, words of Latin letters apart."""
    parts = [clean(part) for part in cell.split("\n")]
    text = ""
    for part in filter(None, parts):
        glue = (
            " "
            if text and text[-1].isascii() and text[-1].isalpha() and part[0].isascii() and part[0].isalpha()
            else ""
        )
        text += glue + part
    return text
