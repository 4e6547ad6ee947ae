"""Elements of WordprocessingML: paragraphs, runs, marked figures, tables, page numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from wufei.actions.reports.core.layouts import Rule, Style
from wufei.actions.reports.core.writing.package import xml_text

TWIPS_PER_MM = 1440 / 25.4
_TWIPS_PER_PT = 20
_BREAKS = re.compile(r"([\n\t])")
_BORDER_EIGHTHS = 8
_TITLE_MAX = 64
"""Word shows no more of a content control's title."""

_ALIGN = {"left": "left", "center": "center", "right": "right", "both": "both"}


def el(tag: str, attributes: Mapping[str, object] | None = None, *children: Element) -> Element:
    """Make an element of the namespace ``w``; names of attributes without prefix are of it, too."""
    made: Element = OxmlElement(f"w:{tag}")
    for name, value in (attributes or {}).items():
        made.set(name if name.startswith("{") else qn(name if ":" in name else f"w:{name}"), str(value))
    made.extend(children)
    return made


def twips(mm: float) -> int:
    """Turn millimetres into twentieths of a point."""
    return round(mm * TWIPS_PER_MM)


def points(pt: float) -> int:
    """Turn points into twentieths."""
    return round(pt * _TWIPS_PER_PT)


def run_properties(style: Style, nearer: int = 0) -> Element:
    """Give font, size and colour of a style; punctuation that both scripts have takes the Chinese font.

    ``nearer`` twips are added between signs.
    """
    fonts = {
        "ascii": style.latin,
        "hAnsi": style.latin,
        "eastAsia": style.font,
        "cs": style.latin,
        "hint": "eastAsia",
    }
    properties = el("rPr", None, el("rFonts", fonts))
    if style.bold:
        properties.append(el("b"))
    properties.append(el("color", {"val": style.color}))
    if nearer:
        properties.append(el("spacing", {"val": nearer}))
    size = round(style.size_pt * 2)
    properties.extend((el("sz", {"val": size}), el("szCs", {"val": size})))
    properties.append(el("lang", {"val": "en-US", "eastAsia": "zh-CN"}))
    return properties


def paragraph_properties(style: Style) -> Element:
    """Give spacing, indent and alignment of a style, without its name."""
    properties = el("pPr", None, el("widowControl", {"val": "0"}), el("overflowPunct", {"val": "1"}))
    spacing: dict[str, object] = {"before": points(style.before_pt), "after": points(style.after_pt)}
    if style.line_pt:
        spacing |= {"line": points(style.line_pt), "lineRule": "exact"}
    else:
        spacing |= {"line": 240, "lineRule": "auto"}
    properties.append(el("spacing", spacing))
    hundredths = round(style.indent_chars * 100)
    indent = {"firstLineChars": hundredths, "firstLine": points(style.indent_chars * style.size_pt)}
    properties.append(el("ind", indent))
    properties.append(el("jc", {"val": _ALIGN[style.align]}))
    return properties


def run(text: str, *, bold: bool = False) -> Element:
    """Make a run of text; line breaks and tabs stay what they are."""
    made = el("r")
    properties = el("rPr", None, el("rFonts", {"hint": "eastAsia"}))
    if bold:
        properties.append(el("b"))
    made.append(properties)
    made.extend(_contents(xml_text(text)))
    return made


def paragraph(style: str, *content: Element) -> Element:
    """Make a paragraph of a style by its key."""
    return el("p", None, el("pPr", None, el("pStyle", {"val": style_id(style)})), *content)


def style_id(key: str) -> str:
    """Give the name under which a style of the layout stands in the file."""
    return f"Wufei{key.title().replace('_', '')}"


def add_border(target: Element, rule: Rule, side: str, space_pt: int = 1) -> Element:
    """Draw a line above (``top``) or below (``bottom``) a paragraph."""
    properties = target.find(qn("w:pPr"))
    border = el("pBdr", None, line_of(side, rule, space_pt))
    # The schema wants borders behind name and keeping, before tabs, spacing and indents.
    properties.insert(1, border)
    return target


def line_of(side: str, rule: Rule | None, space_pt: int = 0) -> Element:
    """Make one border line, or none."""
    if rule is None:
        return el(side, {"val": "nil"})
    size = round(rule.width_pt * _BORDER_EIGHTHS)
    return el(side, {"val": "single", "sz": size, "space": space_pt, "color": rule.color})


@dataclass(slots=True)
class Marks:
    """Numbers the marks of one file."""

    count: int = 0

    def next(self) -> int:
        """Give the next number."""
        self.count += 1
        return self.count

    def figure(self, key: str, name: str, text: str) -> Element:
        """Make a content control that bears a figure's key and name."""
        properties = el(
            "sdtPr",
            None,
            el("alias", {"val": xml_text(name)[:_TITLE_MAX]}),
            el("tag", {"val": key}),
            el("id", {"val": self.next()}),
        )
        return el("sdt", None, properties, el("sdtContent", None, run(text)))

    def bookmark(self, name: str) -> tuple[Element, Element]:
        """Make the two ends of a bookmark."""
        number = self.next()
        return el("bookmarkStart", {"id": number, "name": name}), el("bookmarkEnd", {"id": number})


def field_code(code: str) -> list[Element]:
    """Make a field that Word fills in, such as PAGE."""
    instruction = el("instrText", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    instruction.text = f" {code} "
    return [
        el("r", None, el("fldChar", {"fldCharType": "begin"})),
        el("r", None, instruction),
        el("r", None, el("fldChar", {"fldCharType": "separate"})),
        run("1"),
        el("r", None, el("fldChar", {"fldCharType": "end"})),
    ]


Cell = Sequence[Element]
"""The paragraphs of a cell."""


def table(rows: Sequence[Sequence[Cell]], widths: Sequence[int], total: int, *, head: bool) -> Element:
    """Make a table with lines, of a width in twips; its first row is repeated on every page."""
    whole = sum(widths)
    columns = [total * width // whole for width in widths]
    made = el("tbl", None, _table_properties(total))
    made.append(el("tblGrid", None, *(el("gridCol", {"w": width}) for width in columns)))
    for place, row in enumerate(rows):
        properties = el("trPr", None, el("cantSplit"))
        if head and not place:
            properties.append(el("tblHeader"))
        made.append(el("tr", None, properties, *_cells(row, columns)))
    return made


def _cells(row: Sequence[Cell], columns: Sequence[int]) -> Iterator[Element]:
    """Make the cells of a row; where there are fewer than columns, the last one takes the rest."""
    for place, cell in enumerate(row):
        span = len(columns) - place if place == len(row) - 1 else 1
        properties = el("tcPr", None, el("tcW", {"w": sum(columns[place : place + span]), "type": "dxa"}))
        if span > 1:
            properties.append(el("gridSpan", {"val": span}))
        properties.append(el("vAlign", {"val": "center"}))
        yield el("tc", None, properties, *cell)


def _table_properties(total: int) -> Element:
    line = {"val": "single", "sz": 4, "space": 0, "color": "000000"}
    borders = el(
        "tblBorders", None, *(el(s, line) for s in ("top", "left", "bottom", "right", "insideH", "insideV"))
    )
    margins = el(
        "tblCellMar",
        None,
        *(el(side, {"w": 60 if side in ("left", "right") else 30, "type": "dxa"}) for side in _SIDES),
    )
    return el(
        "tblPr",
        None,
        el("tblW", {"w": total, "type": "dxa"}),
        el("jc", {"val": "center"}),
        borders,
        el("tblLayout", {"type": "fixed"}),
        margins,
    )


_SIDES = ("top", "left", "bottom", "right")


def _contents(text: str) -> Iterator[Element]:
    for part in _BREAKS.split(text):
        if part == "\n":
            yield el("br")
        elif part == "\t":
            yield el("tab")
        elif part:
            made = el("t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            made.text = part
            yield made
