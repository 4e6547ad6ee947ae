"""Paragraphs as people edit them: words with marks such as ``{F3}``, so that a figure stays a figure.

A line is a paragraph; ``# `` and ``## `` begin headings of the second and third level. What the rules wrote
and nobody touched is kept as a rule and goes on following the figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wufei.actions.reports.core.document import (
    Block,
    Document,
    Field,
    Listing,
    Paragraph,
    Part,
    Piece,
    Section,
    Sentence,
    Shown,
    Table,
    Tally,
)
from wufei.actions.reports.core.drafting import blocks_of, sentence_of, written
from wufei.actions.reports.core.fields import FigureField
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.measures.indicators.core.figures import Status

_PARTS = {
    Part.PREVIOUS: "上期",
    Part.CHANGE: "变化",
    Part.TARGET: "目标",
    Part.PATH: "序时",
    Part.GAP: "差距",
}
# English names of the parts are taken too.
_PART_OF = {word: part for part, word in _PARTS.items()} | {part.value: part for part in _PARTS}
_STATUSES = {
    Status.MET.value: "已达到",
    Status.ON_TRACK.value: "达到序时",
    Status.BEHIND.value: "未达到",
    Status.NO_TARGET.value: "无目标",
    Status.NOT_NUMERIC.value: "文字目标",
    Status.NOT_COMPUTABLE.value: "无数据",
}
_STATUS_OF = {word: status for status, word in _STATUSES.items()} | {each: each for each in _STATUSES}
_MARK = re.compile(r"\{([FT]\d{1,4})(?:\.([^{}.]{1,8}))?\}|\{(?:项数|count)(?::([^{}]{1,40}))?\}", re.ASCII)
_TABLE = re.compile(r"\{表(\d{1,3})\}", re.ASCII)
_HEADINGS = (("## ", 3), ("# ", 2))


def lines_of_section(section: Section, document: Document) -> list[str]:
    """Give a section as lines to edit; a table is the line ``{表1}``, numbered through the document."""
    tables = _tables(document)
    return [line for block in section.blocks for line in _lines(block, document.figures, tables)]


def sections_from(typed: Sequence[tuple[str, str]], document: Document) -> tuple[Section, ...]:
    """Read sections as they were typed, each a title and its lines; empty ones fall away.

    Raises
    ------
    InputError
        ``report.mark``: a mark of a figure, part or table that there is not; it names section and line.

    Notes
    -----
    Lines that stand as a block of the document wrote them give that block back wherever they were moved; a
    sentence that stands as the rule writes it stays with the rule. Any other line is words and marks.
    """
    left = [block for section in document.sections for block in section.blocks]
    sections = []
    for number, (title, text) in enumerate(typed, start=1):
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        # Two lists may say the same words today (本期无此类指标。): that of the part's own title comes first.
        own = [block for each in document.sections if each.title == title.strip() for block in each.blocks]
        left = [*(block for block in left if block in own), *(block for block in left if block not in own)]
        blocks = tuple(_blocks(lines, left, document, number))
        if title.strip() or blocks:
            sections.append(Section(" ".join(title.split()), blocks))
    return tuple(sections)


def parts_of(body: str) -> list[tuple[str, str]]:
    """Cut a text into sections as `sections_from` takes them: ``# `` titles one, ``## `` is within it."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in (each.strip() for each in body.splitlines()):
        if line.startswith("# "):
            parts.append((line.removeprefix("# "), []))
        else:
            parts[-1][1].append(line.removeprefix("#") if line.startswith(("## ", "### ")) else line)
    return [(title, "\n".join(lines)) for title, lines in parts]


def unnamed(document: Document) -> tuple[Field, ...]:
    """Give the figures that the text does not name any more; they stand in the annex still."""
    named = {
        key for section in document.sections for block in section.blocks for key in _keys(block, document)
    }
    return tuple(field for field in document.figures if field.key not in named)


def _keys(block: Block, document: Document) -> Iterator[str]:
    if isinstance(block, Listing):
        yield from (f.key for f in document.measured if f.status.value in block.statuses)
    for each in blocks_of(Section("", (block,)), document.figures):
        cells = (each.pieces,) if isinstance(each, Paragraph) else tuple(c for row in each.rows for c in row)
        for pieces in cells:
            yield from (mark.figure for mark in written(pieces, document.figures) if isinstance(mark, Shown))


def _lines(block: Block, figures: Sequence[Field], tables: Sequence[Table]) -> list[str]:
    if isinstance(block, Table):
        return [f"{{表{tables.index(block) + 1}}}"]
    if isinstance(block, Listing):
        return [
            _line(each, figures)
            for each in blocks_of(Section("", (block,)), figures)
            if isinstance(each, Paragraph)
        ]
    return [_line(block, figures)]


def _line(block: Paragraph, figures: Sequence[Field]) -> str:
    opening = next((sign for sign, level in _HEADINGS if level == block.level), "")
    return " ".join((opening + "".join(_marked(piece, figures) for piece in block.pieces)).split())


def _marked(piece: Piece, figures: Sequence[Field]) -> str:
    if isinstance(piece, Tally):
        words = "+".join(_STATUSES[each] for each in piece.statuses)
        return f"{{项数:{words}}}" if words else "{项数}"
    return "".join(mark if isinstance(mark, str) else _mark_of(mark) for mark in written((piece,), figures))


def _mark_of(shown: Shown) -> str:
    return f"{{{shown.figure}}}" if shown.part is Part.VALUE else f"{{{shown.figure}.{_PARTS[shown.part]}}}"


def _blocks(lines: Sequence[str], left: list[Block], document: Document, section: int) -> Iterator[Block]:
    tables = _tables(document)
    place = 0
    while place < len(lines):
        found = _standing(lines, place, left, document, tables)
        if found is not None:
            left.remove(found)
            yield found
            place += len(_lines(found, document.figures, tables))
            continue
        yield _read(lines[place], document, tables, f"{section}/{place + 1}")
        place += 1


def _standing(
    lines: Sequence[str], place: int, left: Sequence[Block], document: Document, tables: Sequence[Table]
) -> Block | None:
    """Give the block that wrote the lines from a place on: the longest, of equals the first."""
    best, length = None, 0
    for block in left:
        own = _lines(block, document.figures, tables)
        if len(own) > length and list(lines[place : place + len(own)]) == own:
            best, length = block, len(own)
    return best


def _read(line: str, document: Document, tables: Sequence[Table], where: str) -> Block:
    table = _TABLE.fullmatch(line)
    if table:
        number = int(table[1])
        if not 1 <= number <= len(tables):
            raise _wrong(where, line, document)
        return tables[number - 1]
    for field in document.measured:
        ruled = "".join(mark if isinstance(mark, str) else _mark_of(mark) for mark in sentence_of(field))
        if line == ruled:
            return Paragraph((Sentence(field.key),))
    opening, level = next((each for each in _HEADINGS if line.startswith(each[0])), ("", 0))
    return Paragraph(tuple(_pieces(line[len(opening) :], document, where)), level)


def _pieces(line: str, document: Document, where: str) -> Iterator[Piece]:
    place = 0
    for found in _MARK.finditer(line):
        if found.start() > place:
            yield line[place : found.start()]
        yield _piece(found, document, where)
        place = found.end()
    if place < len(line):
        yield line[place:]


def _piece(found: re.Match[str], document: Document, where: str) -> Piece:
    key, part, statuses = found.groups()
    if key is None:
        words = statuses.split("+") if statuses else []
        if any(word not in _STATUS_OF for word in words):
            raise _wrong(where, found[0], document)
        return Tally(tuple(_STATUS_OF[word] for word in words))
    field = document.field(key)
    wrong_part = part is not None and (part not in _PART_OF or not isinstance(field, FigureField))
    if field is None or wrong_part:
        raise _wrong(where, found[0], document)
    return Shown(key, _PART_OF[part] if part else Part.VALUE)


def _tables(document: Document) -> list[Table]:
    return [block for section in document.sections for block in section.blocks if isinstance(block, Table)]


def _wrong(where: str, mark: str, document: Document) -> InputError:
    section, line = where.split("/")
    keys = [each.key for each in document.figures]
    known = f"{keys[0]}–{keys[-1]}" if keys else "（无）"
    return InputError(
        "report.mark",
        f"section-{section}",
        mark,
        Text(
            f"第 {section} 部分第 {line} 段的标记“{mark}”不可识别。文稿中的数值为 {known}，写作 {{F1}} "
            "或 {{F1.目标}}"
            "（上期、变化、目标、序时、差距）。请改正标记，或改为文字。",
            f"The mark “{mark}” in paragraph {line} of part {section} is unknown. The figures are {known}, "
            "written {F1} or {F1.目标} (上期 earlier, 变化 change, 目标 target, 序时 path, 差距 gap). "
            "Mend the mark, or write words.",
        ),
    )
