"""Blocks of a PDF that has a text layer: lines joined to paragraphs, ruled tables."""

from __future__ import annotations

import io
import logging
import re
import struct
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from wufei.records.plans.core.reading.blocks import (
    Block,
    Paragraph,
    Place,
    Row,
    Table,
    clean,
    is_note_mark,
    is_page_number,
    squeezed,
)
from wufei.records.plans.core.reading.pdf_columns import columned_tables


class PdfLockedError(Exception):
    """The file asks for a password."""


class PdfBrokenError(Exception):
    """The file cannot be opened at all."""


@dataclass(frozen=True, slots=True)
class PdfReading:
    """What was read of a PDF.

    Attributes
    ----------
    blocks : list of Block
        Paragraphs and tables.
    pages : int
        How many the file has; only the first ``pages_max`` were read.
    scanned : tuple of int
        Pages that show a picture and have no text: scans, reported and not guessed.
    broken : tuple of int
        Pages that could not be read.
    """

    blocks: list[Block]
    pages: int
    scanned: tuple[int, ...]
    broken: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    right: float
    top: float
    size: float
    page: int
    sizes: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Ruled:
    rows: list[tuple[str, ...]]
    page: int


# It reports each font without a box; what cannot be read of a page is a Finding.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

_Found = _Line | _Ruled
_BROKEN = (
    PDFException,
    PSException,
    PdfminerException,
    MalformedPDFException,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    AssertionError,
    OverflowError,
    RecursionError,
    struct.error,
    zlib.error,
)
# Word processors write some characters as their look-alikes among radicals and compatibility forms.
# Unicode gives those of the supplement no usual form (Unihan: kRSUnicode of the radicals).
_LOOK_ALIKES = dict(
    zip(
        "⺁⺇⺌⺗⺝⺟⺠⺩⺬⺮⺶⺸⺻⺼⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻞⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳戶⼾",
        "厂几小心月母民王示竹羊羊聿肉虎西见角贝车长长门雨青韦页风飞食食马骨鬼鱼鸟卤麦黄黾齐齿龙龟户户",
        strict=True,
    )
)
_RADICALS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff戶]")


def blocks_of_pdf(content: bytes, pages_max: int) -> PdfReading:
    """Give the paragraphs and tables of the first ``pages_max`` pages.

    Raises
    ------
    PdfLockedError, PdfBrokenError
        The file cannot be opened.
    """
    pages = _pages_of(content)
    found: list[_Found] = []
    scanned: list[int] = []
    broken: list[int] = []
    for number, page in enumerate(pages[:pages_max], start=1):
        try:
            on_page = list(_on_page(page, number))
            if not on_page and page.images:
                scanned.append(number)
        except _BROKEN:
            on_page = []
            broken.append(number)
        found += on_page
        page.close()
    blocks = _blocks(list(_without_running_heads(found)))
    return PdfReading(blocks, len(pages), tuple(scanned), tuple(broken))


def _pages_of(content: bytes) -> list[Any]:
    # The document is not closed: closing reads the pages again, and there is no file behind it.
    try:
        return list(pdfplumber.open(io.BytesIO(content)).pages)
    except _BROKEN as error:
        reasons = (error, error.__cause__, *error.args)
        locked = any(isinstance(each, PDFPasswordIncorrect | PDFEncryptionError) for each in reasons)
        raise (PdfLockedError if locked else PdfBrokenError)(str(error)) from error


def _on_page(page: Any, number: int) -> Iterator[_Found]:
    """Give lines and tables of a page from its top to its foot."""
    _on_baselines(page.chars)
    page = _without_note_marks(page)
    ruled = len(page.lines) + len(page.rects) + len(page.curves) >= _RULES_MIN
    tables = [t for t in page.find_tables() if len(t.rows) > 1 or len(t.rows[0].cells) > 1] if ruled else []
    inside = [table.bbox for table in tables]

    def outside(item: dict[str, Any]) -> bool:
        if item.get("object_type") != "char":
            return True
        middle_x, middle_y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
        return not any(x0 <= middle_x <= x1 and top <= middle_y <= bottom for x0, top, x1, bottom in inside)

    found: list[tuple[float, _Found]] = []
    lines = page.filter(outside).extract_text_lines()
    columned = list(columned_tables(lines))
    for each in columned:
        rows = [tuple(_usual(cell) for cell in row) for row in each.rows]
        found.append((each.top, _Ruled(rows, number)))
    taken = {at for each in columned for at in each.lines}
    for line in (line for at, line in enumerate(lines) if at not in taken):
        words = clean(_usual(line["text"]))
        if words and not is_page_number(words) and not _is_foot(words, line, page):
            sizes = [char["size"] for char in line["chars"]]
            at = (line["x0"], line["x1"], line["top"])
            made = _Line(words, *at, median(sizes), number, (min(sizes), max(sizes)))
            found.append((line["top"], made))
    for table in tables:
        rows = [tuple(_usual(cell or "").strip() for cell in row) for row in table.extract()]
        found.append((table.bbox[1], _Ruled(rows, number)))
    yield from (each for _, each in sorted(found, key=lambda pair: pair[0]))


_RULES_MIN = 3


# A letter of usual fonts reaches so far above its baseline, in sizes.
_ABOVE = 0.85


def _on_baselines(chars: Sequence[dict[str, Any]]) -> None:
    """Lay letters by their baseline: fonts and sizes that stand on one line differ in the boxes they have."""
    size = median(char["size"] for char in chars) if chars else 0.0
    for char in chars:
        _, b, c, _, _, baseline = char["matrix"]
        if b or c:
            continue
        top = char["top"] + char["y1"] - baseline - _ABOVE * size
        char["doctop"] += top - char["top"]
        char["y1"] -= top - char["top"]
        char["top"], char["bottom"], char["y0"] = top, top + size, char["y1"] - size


def _without_note_marks(page: Any) -> Any:
    """Leave out the small raised numbers of footnotes, glued to names; lay others (m²) on their line."""
    marks = set()
    for before, char in pairwise(page.chars):
        size = before["size"]
        beside = abs(char["x0"] - before["x1"]) < _BESIDE * size and char["bottom"] > before["top"]
        small = char["size"] < _SMALL * size and char["bottom"] < before["bottom"] - _RAISED * size
        if not (beside and small):
            continue
        if is_note_mark(before["text"], char["text"]):
            marks.add(id(char))
        else:
            char.update({side: before[side] for side in ("top", "bottom", "doctop", "y0", "y1")})
    return page.filter(lambda item: id(item) not in marks) if marks else page


# In sizes of the letter before.
_SMALL, _RAISED, _BESIDE = 0.9, 0.15, 0.5


def _usual(text: str) -> str:
    return _RADICALS.sub(
        lambda match: _LOOK_ALIKES.get(match[0]) or unicodedata.normalize("NFKC", match[0]), text
    )


def _is_foot(words: str, line: dict[str, Any], page: Any) -> bool:
    return words.isdigit() and bool(line["top"] > page.height * 0.9)


_HEAD_PAGES_MIN = 3


def _without_running_heads(found: Sequence[_Found]) -> Iterator[_Found]:
    """Leave out lines that stand at the same height of most pages: running heads and feet."""
    pages = {each.page for each in found}
    lines = [each for each in found if isinstance(each, _Line)]
    seen: Counter[tuple[str, int]] = Counter()
    for key in {(*_at_its_height(line), line.page) for line in lines}:
        seen[key[:2]] += 1
    by_page: dict[int, list[_Found]] = {}
    for each in found:
        by_page.setdefault(each.page, []).append(each)
    edges = {id(each) for on_page in by_page.values() for each in (*on_page[:2], *on_page[-2:])}
    for each in found:
        often = seen[_at_its_height(each)] if isinstance(each, _Line) else 0
        # Left and right pages may bear heads of their own, so they need not stand on most pages.
        at_edge = id(each) in edges and often * 4 > len(pages)
        if often < _HEAD_PAGES_MIN or not (at_edge or often * 2 > len(pages)):
            yield each


def _at_its_height(line: _Line) -> tuple[str, int]:
    """Give the words of a line without its numbers, of which one may be the page's, and where it stands."""
    return re.sub(r"\d+", "#", line.text), round(line.top / 4)


def _blocks(found: Sequence[_Found]) -> list[Block]:
    lines = [each for each in found if isinstance(each, _Line)]
    edges = (_left_edge(lines), max((line.right for line in lines), default=0))
    blocks: list[Block] = []
    waiting: list[_Line] = []
    for each in found:
        if isinstance(each, _Line):
            waiting.append(each)
            continue
        _close(blocks, waiting, edges)
        waiting = []
        _add_table(blocks, each)
    _close(blocks, waiting, edges)
    return blocks


_LINES_TELLING = 5


def _left_edge(lines: Sequence[_Line]) -> float:
    """Give where the lines of paragraphs begin: furthest left of what is common."""
    often = Counter(round(line.left) for line in lines)
    common = [left for left, count in often.items() if count >= _COMMON_MIN * len(lines)]
    return float(min(common or often, default=0))


_COMMON_MIN = 0.08


def _close(blocks: list[Block], lines: list[_Line], edges: tuple[float, float]) -> None:
    """Join lines to paragraphs; few lines do not tell where the edges of the text are, the document does."""
    if not lines:
        return
    few = len(lines) < _LINES_TELLING
    left = edges[0] if few else _left_edge(lines)
    right = edges[1] if few else max(line.right for line in lines)
    text, begun = "", lines[0]
    for above, line in zip([None, *lines[:-1]], lines, strict=True):
        if text and (above is None or _begins(above, line, text, (left, right))):
            blocks.append(Paragraph(clean(text), Place(len(blocks), None, f"第{begun.page}页")))
            text = ""
        begun = begun if text else line
        apart = text and _is_latin(text[-1]) and _is_latin(line.text[0])
        text += (" " if apart else "") + line.text
    blocks.append(Paragraph(clean(text), Place(len(blocks), None, f"第{begun.page}页")))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


_ENDS = re.compile(r"[。！？；：:;）)》”]$")
_SHORT = 26


_NUMBER = re.compile(
    r"(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|第[一二三四五六七八九十]+[章节条]|\d{1,3}[.．、])"
)


def _begins(above: _Line, line: _Line, text: str, edges: tuple[float, float]) -> bool:
    """Say whether a line begins a paragraph: it is indented, or the one above ends short and says its end."""
    left, right = edges
    other_size = above.sizes[0] > line.sizes[1] + 1 or line.sizes[0] > above.sizes[1] + 1
    if line.left > left + 1.2 * line.size or other_size:
        return True
    ends = _ENDS.search(above.text) is not None
    short = above.right < right - 2.2 * above.size
    if (ends or short) and _NUMBER.match(line.text):
        return True
    open_bracket = sum(text.count(sign) for sign in "（(【〔") > sum(text.count(sign) for sign in "）)】〕")
    return short and not open_bracket and (ends or len(above.text) <= _SHORT)


def _add_table(blocks: list[Block], ruled: _Ruled) -> None:
    """Add a table, or its rows to the one that it goes on from the page before."""
    above = blocks[-1] if blocks and isinstance(blocks[-1], Table) else None
    label = f"第{ruled.page}页"
    if above is None or above.width != max(map(len, ruled.rows)):
        ordinal = len(blocks)
        rows = tuple(Row(row, Place(ordinal, at, label)) for at, row in enumerate(ruled.rows))
        blocks.append(Table(rows, Place(ordinal, None, label)))
        return
    joined = [*above.rows]
    ordinal = len(blocks) - 1
    fresh = ruled.rows[_head_again(above, ruled.rows) :]
    if fresh and _is_torn(joined[-1].cells, fresh[0]):
        last = joined[-1]
        whole = tuple("\n".join(filter(None, pair)) for pair in zip(last.cells, fresh[0], strict=True))
        joined[-1] = Row(whole, last.place, last.carried)
        fresh = fresh[1:]
    joined += [Row(row, Place(ordinal, len(joined) + at, label)) for at, row in enumerate(fresh)]
    blocks[-1] = Table(tuple(joined), above.place)


def _head_again(above: Table, rows: Sequence[tuple[str, ...]]) -> int:
    """Give how many rows repeat the head of the table."""
    again = 0
    while again < min(len(rows), len(above.rows), 3) and _same(above.rows[again].cells, rows[again]):
        again += 1
    return again


def _same(one: Sequence[str], two: Sequence[str]) -> bool:
    return [squeezed(cell) for cell in one] == [squeezed(cell) for cell in two]


_FINISHED = re.compile(r"[。！？；;]$")


def _is_torn(last: Sequence[str], first: Sequence[str]) -> bool:
    """Say whether the first row of a page is the lower half of a row that the page cut."""
    if clean(first[0]) or len(first) != len(last):
        return False
    goes_on = [(above, below) for above, below in zip(last, first, strict=True) if clean(below)]
    if not goes_on or any(not clean(above) for above, _ in goes_on):
        return False
    # A row of its own has its own value or deadline; a half goes on words that had not come to their end.
    longest = max(goes_on, key=lambda pair: len(pair[0]))
    few = 2 * len(goes_on) <= sum(bool(clean(cell)) for cell in last)
    # No cell of a row of its own is as short as 月 or 患.
    rest = any(len(clean(below)) == 1 for _, below in goes_on)
    return (few or rest) and _FINISHED.search(clean(longest[0])) is None
