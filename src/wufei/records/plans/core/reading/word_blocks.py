"""Blocks of a Word document (.docx), from its XML: merged cells, numbers that Word itself writes, text boxes.

Only what carries words is read: insertions count, deletions do not, pictures are left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from wufei.records.plans.core.reading.blocks import (
    NOTE,
    Block,
    Paragraph,
    Place,
    Row,
    Table,
    clean,
    is_note_mark,
    is_page_number,
)

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CHINESE = "零一二三四五六七八九十"
_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list is numbered: ``（%1）`` with Chinese or other digits, from where."""

    pattern: str
    form: str
    start: int


@dataclass(slots=True)
class _Numbering:
    """The lists of a document and how far each has counted."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counts: dict[str, Counter[int]] = field(default_factory=dict)

    def next(self, list_id: str, level: int) -> str:
        """Give the words that Word writes before the next paragraph of a list."""
        form = self.levels.get(list_id, {}).get(level)
        if form is None:
            return ""
        counted = self.counts.setdefault(list_id, Counter())
        counted[level] += 1
        for deeper in [each for each in counted if each > level]:
            del counted[deeper]

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            its = self.levels[list_id].get(at, form)
            return _digits(its.start - 1 + max(counted[at], 1), its.form)

        return re.sub(r"%(\d)", number, form.pattern)


def blocks_of_word(content: bytes) -> list[Block]:
    """Give the paragraphs and tables of a .docx; a table in a cell is text of it, and an inner block.

    Raises
    ------
    KeyError, zipfile.BadZipFile, ElementTree.ParseError
        The bytes are no such document; the caller says so to people.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = ET.fromstring(archive.read("word/document.xml"))  # noqa: S314 - expat bounds entities itself
        names = set(archive.namelist())
        numbering = (
            _numbering(archive.read("word/numbering.xml")) if "word/numbering.xml" in names else _Numbering()
        )
        styles = _styles(archive.read("word/styles.xml")) if "word/styles.xml" in names else {}
        notes = [archive.read(each) for each in _NOTES if each in names]
    body = document.find(f"{_W}body")
    blocks: list[Block] = []
    _add(blocks, body, numbering, styles)
    for number, words in enumerate((words for each in notes for words in _notes(each)), start=1):
        blocks.append(Paragraph(f"{NOTE}{number}：{words}", Place(len(blocks), None, f"{NOTE}{number}")))
    return blocks


_NOTES = ("word/footnotes.xml", "word/endnotes.xml")


def _notes(content: bytes) -> Iterator[str]:
    """Give the footnotes of a document; the lines that part them from the text are kept as such as well."""
    for note in ET.fromstring(content):  # noqa: S314 - as above
        words = clean("".join(node.text or "" for node in note.iter(f"{_W}t")))
        if note.get(f"{_W}type") is None and words:
            yield words


def _add(
    blocks: list[Block], parent: ET.Element | None, numbering: _Numbering, styles: dict[str, _Style]
) -> None:
    """Add what stands in the body or a text box; a text box stands behind the paragraph that holds it."""
    for element in _children(parent):
        if element.tag == f"{_W}p":
            words = clean(_paragraph(element, numbering, styles).replace("\n", " "))
            if words and not is_page_number(words):
                place = Place(len(blocks), None, f"第{len(blocks) + 1}段")
                blocks.append(Paragraph(words, place, _heading(element, styles)))
            for box in _boxes(element):
                _add(blocks, box, numbering, styles)
        elif element.tag == f"{_W}tbl":
            name = f"表{sum(isinstance(block, Table) for block in blocks) + 1}"
            blocks.append(_table(element, len(blocks), name, numbering, styles))


def _boxes(element: ET.Element) -> Iterator[ET.Element]:
    """Give the text boxes of a paragraph; the copy of one that is kept for old programs is left out."""
    for child in element:
        if child.tag == f"{_W}txbxContent":
            yield child
        elif child.tag != _FALLBACK:
            yield from _boxes(child)


def _own(element: ET.Element) -> Iterator[ET.Element]:
    """Give the nodes of a paragraph without those of its text boxes."""
    for child in element:
        if child.tag not in {f"{_W}txbxContent", _FALLBACK}:
            yield child
            yield from _own(child)


def _children(element: ET.Element | None) -> Iterator[ET.Element]:
    """Give paragraphs and tables, those inside content controls and text insertions included."""
    for child in element if element is not None else ():
        if child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"}:
            yield from _children(child)
        else:
            yield child


@dataclass(frozen=True, slots=True)
class _Style:
    heading: int
    list_id: str
    level: int


def _paragraph(
    element: ET.Element, numbering: _Numbering, styles: dict[str, _Style], *, in_cell: bool = False
) -> str:
    parts: list[str] = []
    raised = False
    for node in _own(element):
        if node.tag == f"{_W}r":
            align = node.find(f"{_W}rPr/{_W}vertAlign")
            raised = align is not None and align.get(f"{_W}val") == "superscript"
        if node.tag == f"{_W}t":
            words = node.text or ""
            parts.append("" if raised and is_note_mark("".join(parts), words) else words)
        elif node.tag == f"{_W}tab":
            parts.append("\t" if node.get(f"{_W}val") is None else "")
        elif node.tag in {f"{_W}br", f"{_W}cr"}:
            parts.append("\n")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
    text = "".join(parts)
    list_id, level = _list_of(element, styles)
    # A cell may hold nothing but the number that Word counts; an empty line of the text is not counted.
    counts = list_id and (text.strip() or in_cell)
    return numbering.next(list_id, level) + text if counts else text


def _list_of(element: ET.Element, styles: dict[str, _Style]) -> tuple[str, int]:
    style = styles.get(_style_of(element), _Style(0, "", 0))
    own = element.find(f"{_W}pPr/{_W}numPr")
    if own is None:
        return style.list_id, style.level
    number, level = own.find(f"{_W}numId"), own.find(f"{_W}ilvl")
    list_id = number.get(f"{_W}val", "") if number is not None else style.list_id
    return ("" if list_id == "0" else list_id), int(
        level.get(f"{_W}val", "0")
    ) if level is not None else style.level


def _style_of(element: ET.Element) -> str:
    found = element.find(f"{_W}pPr/{_W}pStyle")
    return found.get(f"{_W}val", "") if found is not None else ""


def _heading(element: ET.Element, styles: dict[str, _Style]) -> int:
    return styles.get(_style_of(element), _Style(0, "", 0)).heading


def _table(
    element: ET.Element, ordinal: int, name: str, numbering: _Numbering, styles: dict[str, _Style]
) -> Table:
    rows: list[Row] = []
    inner: list[tuple[int, int, tuple[Block, ...]]] = []
    above: dict[int, str] = {}
    for row in _children(element):
        if row.tag != f"{_W}tr":
            continue
        cells: list[str] = []
        carried: set[int] = set()
        for cell in _children(row):
            if cell.tag != f"{_W}tc":
                continue
            span, merged = _span(cell), _merged_from_above(cell)
            text = above.get(len(cells), "")
            if not merged:
                place = Place(ordinal, len(rows), f"{name}第{len(rows) + 1}行")
                text, blocks = _cell(cell, place, numbering, styles)
                inner += [(len(rows), len(cells), blocks)] if blocks else []
            else:
                carried.update(range(len(cells), len(cells) + span))
            cells += [text] * span
        above = dict(enumerate(cells))
        rows.append(
            Row(tuple(cells), Place(ordinal, len(rows), f"{name}第{len(rows) + 1}行"), frozenset(carried))
        )
    return Table(tuple(rows), Place(ordinal, None, name), tuple(inner))


def _cell(
    cell: ET.Element, place: Place, numbering: _Numbering, styles: dict[str, _Style]
) -> tuple[str, tuple[Block, ...]]:
    """Give the words of a cell, and its blocks if it holds a table."""
    lines: list[str] = []
    blocks: list[Block] = []
    for child in _children(cell):
        if child.tag == f"{_W}p":
            words = _paragraph(child, numbering, styles, in_cell=True)
            said = [words, *("".join(box.itertext()) for box in _boxes(child))]
            lines += said
            blocks += [Paragraph(clean(each), place) for each in said if each.strip()]
        elif child.tag == f"{_W}tbl":
            lines += [
                " ".join(filter(None, ("".join(t.itertext()) for t in row.iter(f"{_W}tc"))))
                for row in child.iter(f"{_W}tr")
            ]
            number = sum(isinstance(each, Table) for each in blocks) + 1
            blocks.append(_table(child, place.block, f"{place.label}内表{number}", numbering, styles))
    tabled = any(isinstance(each, Table) for each in blocks)
    return "\n".join(line for line in lines if line.strip()), tuple(blocks) if tabled else ()


def _span(cell: ET.Element) -> int:
    found = cell.find(f"{_W}tcPr/{_W}gridSpan")
    return max(1, min(64, int(found.get(f"{_W}val", "1")))) if found is not None else 1


def _merged_from_above(cell: ET.Element) -> bool:
    found = cell.find(f"{_W}tcPr/{_W}vMerge")
    return found is not None and found.get(f"{_W}val", "continue") != "restart"


def _styles(content: bytes) -> dict[str, _Style]:
    found: dict[str, _Style] = {}
    for style in ET.fromstring(content).iter(f"{_W}style"):  # noqa: S314 - as above
        name = style.find(f"{_W}name")
        heading = _HEADING.search(name.get(f"{_W}val", "")) if name is not None else None
        number, level = style.find(f"{_W}pPr/{_W}numPr/{_W}numId"), style.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        found[style.get(f"{_W}styleId", "")] = _Style(
            int(heading[1]) if heading else 0,
            number.get(f"{_W}val", "") if number is not None else "",
            int(level.get(f"{_W}val", "0")) if level is not None else 0,
        )
    return found


def _numbering(content: bytes) -> _Numbering:
    root = ET.fromstring(content)  # noqa: S314 - as above
    abstract = {
        each.get(f"{_W}abstractNumId", ""): dict(_levels(each)) for each in root.iter(f"{_W}abstractNum")
    }
    numbering = _Numbering()
    for each in root.iter(f"{_W}num"):
        of = each.find(f"{_W}abstractNumId")
        if of is not None:
            numbering.levels[each.get(f"{_W}numId", "")] = abstract.get(of.get(f"{_W}val", ""), {})
    return numbering


def _levels(abstract: ET.Element) -> Iterator[tuple[int, _Level]]:
    for level in abstract.iter(f"{_W}lvl"):
        pattern, form, start = (level.find(f"{_W}{name}") for name in ("lvlText", "numFmt", "start"))
        yield (
            int(level.get(f"{_W}ilvl", "0")),
            _Level(
                pattern.get(f"{_W}val", "") if pattern is not None else "",
                form.get(f"{_W}val", "") if form is not None else "decimal",
                int(start.get(f"{_W}val", "1")) if start is not None else 1,
            ),
        )


def _digits(number: int, form: str) -> str:
    if form.startswith(("chinese", "japanese", "ideograph", "taiwanese")):
        return chinese_number(number)
    if form in {"upperLetter", "lowerLetter"}:
        letter = chr(ord("A") + (number - 1) % 26)
        return letter if form == "upperLetter" else letter.lower()
    if form in {"bullet", "none"}:
        return ""
    return str(number)


def chinese_number(number: int) -> str:
    """Write 1 to 99 as Chinese documents number their parts: 一, 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _CHINESE[ones]
    return (_CHINESE[tens] if tens > 1 else "") + "十" + (_CHINESE[ones] if ones else "")
