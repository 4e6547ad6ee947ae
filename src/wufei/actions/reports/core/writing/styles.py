"""What a file says once: styles, fonts and those that stand in for them, page, page number, properties."""

from __future__ import annotations

from datetime import datetime
from math import floor
from xml.sax.saxutils import quoteattr

from docx.document import Document as DocxFile
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element
from docx.section import Section as DocxSection

from wufei.actions.reports.core.document import Document
from wufei.actions.reports.core.layouts import Layout, Page, Style
from wufei.actions.reports.core.writing.elements import (
    el,
    field_code,
    paragraph,
    paragraph_properties,
    run,
    run_properties,
    style_id,
    twips,
)
from wufei.actions.reports.core.writing.package import xml_text

_KEPT = frozenset({"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "Header", "Footer"})
_OUTLINE = {"title": 0, "heading1": 0, "heading2": 1, "heading3": 2, "annex_title": 0}
_MM_PER_PT = 25.4 / 72
_TWIPS_PER_PT = 20
_NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 - a property of the file, not an instant
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPARE = ("customXml", "stylesWithEffects", "thumbnail", "numbering")


def dress(file: DocxFile, document: Document, layout: Layout) -> None:
    """Give an empty file the layout's styles and fonts, and properties that no clock has touched."""
    _styles(file, layout)
    _fonts(file, layout)
    _drop_spare(file)
    file.settings.odd_and_even_pages_header_footer = True
    properties = file.core_properties
    properties.title, properties.author = (
        xml_text(document.head.title)[:255],
        xml_text(document.head.office)[:255],
    )
    properties.subject, properties.language = layout.title.zh, "zh-CN"
    properties.comments = properties.keywords = properties.last_modified_by = ""
    properties.created = properties.modified = _NO_CLOCK
    properties.revision = 1


def set_page(section: DocxSection, page: Page) -> None:
    """Set the size and margins of a section."""
    properties = section._sectPr
    for name in ("w:pgSz", "w:pgMar", "w:cols", "w:docGrid"):
        for found in properties.findall(qn(name)):
            properties.remove(found)
    properties.extend(section_measures(page))


def section_measures(page: Page) -> list[Element]:
    """Give size, margins and columns of a section in the order of the schema."""
    size: dict[str, object] = {"w": twips(page.width_mm), "h": twips(page.height_mm)}
    if page.width_mm > page.height_mm:
        size["orient"] = "landscape"
    margins = {
        "top": twips(page.top_mm),
        "right": twips(page.right_mm),
        "bottom": twips(page.bottom_mm),
        "left": twips(page.left_mm),
        "header": twips(min(15, page.top_mm)),
        "footer": twips(page.footer_mm),
        "gutter": 0,
    }
    return [el("pgSz", size), el("pgMar", margins), el("cols", {"space": 425})]


def number_pages(section: DocxSection, layout: Layout) -> None:
    """Print the page number: odd pages at the right, even pages at the left, one character from the edge."""
    style = layout.styles["page_number"]
    before, _, after = layout.word("page_number").partition("{page}")
    aside = round(style.indent_chars * 100)
    for footer, align, side in (
        (section.footer, style.align, "rightChars"),
        (section.even_page_footer, "left" if style.align == "right" else style.align, "leftChars"),
    ):
        footer.is_linked_to_previous = False
        line = paragraph("page_number", run(before), *field_code("PAGE"), *_rest(after))
        properties = line.find(qn("w:pPr"))
        properties.append(
            el("ind", {side: aside, side.removesuffix("Chars"): round(aside * style.size_pt / 5)})
        )
        properties.append(el("jc", {"val": align}))
        body = footer._element
        for old in list(body):
            body.remove(old)
        body.append(line)


def mark_synthetic(section: DocxSection, layout: Layout) -> None:
    """Say at the top of every page that the data are invented."""
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        for old in list(header._element):
            header._element.remove(old)
        header._element.append(paragraph("synthetic", run(layout.word("synthetic"))))


def _rest(after: str) -> list[Element]:
    before, found, behind = after.partition("{pages}")
    return [run(before), *field_code("NUMPAGES"), run(behind)] if found else [run(after)]


def _styles(file: DocxFile, layout: Layout) -> None:
    sheet = file.styles.element
    for style in sheet.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in _KEPT:
            sheet.remove(style)
    defaults = sheet.find(qn("w:docDefaults"))
    body = layout.styles["body"]
    sheet.replace(
        defaults,
        el(
            "docDefaults",
            None,
            el("rPrDefault", None, run_properties(body)),
            el("pPrDefault", None, el("pPr", None, el("spacing", {"after": 0}))),
        ),
    )
    for key, look in layout.styles.items():
        properties = paragraph_properties(look)
        if key in _OUTLINE:
            properties.insert(0, el("keepNext"))
            properties.append(el("outlineLvl", {"val": _OUTLINE[key]}))
        sheet.append(
            el(
                "style",
                {"type": "paragraph", "customStyle": 1, "styleId": style_id(key)},
                el("name", {"val": f"Wufei {key.replace('_', ' ')}"}),
                el("basedOn", {"val": "Normal"}),
                el("qFormat"),
                properties,
                run_properties(look, _nearer(look, layout)),
            )
        )


def _nearer(look: Style, layout: Layout) -> int:
    """Give by how many twips signs of the body's size stand nearer: a line holds as many as it should.

    GB/T 9704 (5.2.3) asks for 28 signs of 16 pt on 156 mm, where 27.6 would fit. The grid of Word, which
    would do the same, is read in other ways by other programs.
    """
    page, body = layout.page, layout.styles["body"]
    if not page.line_chars or look.size_pt != body.size_pt:
        return 0
    return min(0, floor((page.text_mm / _MM_PER_PT / page.line_chars - body.size_pt) * _TWIPS_PER_PT))


def _fonts(file: DocxFile, layout: Layout) -> None:
    """Name each font with the one that stands in for it, and the theme's own as the last resort."""
    names = sorted({each.font for each in layout.styles.values()} | set(layout.fallbacks))
    entries = "".join(_font_entry(name, layout.fallbacks.get(name, layout.theme_font)) for name in names)
    for part in file.part.package.iter_parts():
        if part.partname.endswith("fontTable.xml"):
            part._blob = (
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
                f'<w:fonts xmlns:w="{_W}">{entries}</w:fonts>'
            ).encode()
        elif part.partname.endswith("theme1.xml"):
            ours = f"<a:ea typeface={quoteattr(xml_text(layout.theme_font))}/>".encode()
            part._blob = part.blob.replace(b'<a:ea typeface=""/>', ours)


def _font_entry(name: str, fallback: str) -> str:
    return (
        f"<w:font w:name={quoteattr(xml_text(name))}><w:altName w:val={quoteattr(xml_text(fallback))}/>"
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
    )


def _drop_spare(file: DocxFile) -> None:
    """Leave out parts of the template that the document does not use, such as a picture of an empty page."""
    for owner in (file.part.package, file.part):
        for key, relation in list(owner.rels.items()):
            if any(word in str(relation.target_ref) for word in _SPARE):
                del owner.rels[key]
