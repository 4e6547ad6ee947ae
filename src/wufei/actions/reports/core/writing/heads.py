"""What stands above and below the text: the head of a briefing, of a letter, of a slip; the tail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from wufei.actions.reports.core.document import Document, Kind, Paragraph
from wufei.actions.reports.core.layouts import Layout
from wufei.actions.reports.core.titles import broken
from wufei.actions.reports.core.writing.elements import add_border, el, line_of, paragraph, run, twips

_MM_PER_PT = 25.4 / 72
_BLANK = "　"
_BLANK_DATE = "　　　　年　月　日"


def head_of(document: Document, layout: Layout) -> list[Element]:
    """Write the head of a document of any kind."""
    write = _HEADS.get(document.head.kind, _plain_head)
    return write(document, layout)


def closing_of(document: Document, layout: Layout, attached: Sequence[Element] = ()) -> list[Element]:
    """Write the closing words of a notice or letter, its attachments, who signs and when.

    The attachments stand a line below the text (GB/T 9704, 7.3.4).
    """
    if document.head.kind not in (Kind.NOTICE, Kind.LETTER, Kind.PROGRESS):
        return []
    lines = []
    if layout.word("closing") and not _closes(document):
        lines.append(paragraph("body", run(layout.word("closing"))))
    if attached:
        lines += [paragraph("body"), *map(_attached, range(len(attached)), attached)]
    lines += [paragraph("body"), _signed(document.head.office, 2), _signed(_day(document.head.issued_on), 4)]
    return lines


def _closes(document: Document) -> bool:
    """Say whether the text itself ends with words such as 特此通知 or 请予支持为盼."""
    blocks = [block for section in document.sections for block in section.blocks]
    last = blocks[-1] if blocks else None
    words = last.pieces[0] if isinstance(last, Paragraph) and last.pieces else ""
    return isinstance(words, str) and (words.startswith(_CLOSING) or words.rstrip("。").endswith("为盼"))


_CLOSING = ("特此", "专此", "此复", "此函", "此致")


def _attached(place: int, line: Element) -> Element:
    """Set the name of an attachment under that of the first, behind 附件： (GB/T 9704, 7.3.4)."""
    hanging = {"hangingChars": 300, "hanging": 960} if place == 0 else {"firstLineChars": 0, "firstLine": 0}
    line.find(qn("w:pPr")).append(el("ind", {"leftChars": 500, "left": 1600, **hanging}))
    return line


def tail_of(document: Document, layout: Layout) -> list[Element]:
    """Write 报, 送, 发 between lines, and how many copies were printed, at the foot of the last page."""
    tail, width = document.tail, twips(layout.page.text_mm)
    names = (("report_to", tail.report_to), ("send_to", tail.send_to), ("issue_to", tail.issue_to))
    lines = [_hanging(layout.word(key, names=value.rstrip("。"))) for key, value in names if value]
    if lines and layout.word("printed"):
        lines.append(_printed(document, layout, width))
    if tail.copies is not None:
        lines.append(_aside(layout.word("copies", copies=tail.copies)))
    if not lines:
        return []
    for line in lines[:-1]:
        line.find(qn("w:pPr")).insert(1, el("keepNext"))
    ruled = len(lines) - (tail.copies is not None)
    rows = [_tail_row(line, width, _lines_around(place, ruled, layout)) for place, line in enumerate(lines)]
    return [el("tbl", None, _at_the_foot(width), el("tblGrid", None, el("gridCol", {"w": width})), *rows)]


def _briefing_head(document: Document, layout: Layout) -> list[Element]:
    head, width = document.head, twips(layout.page.text_mm)
    issue = layout.word("issue", issue=head.issue or _BLANK, total=head.total_issue or _BLANK)
    imprint = paragraph("imprint", run(f"{head.office}\t{_day(head.issued_on)}"))
    imprint.find(qn("w:pPr")).append(el("tabs", None, el("tab", {"val": "right", "pos": width})))
    return [
        paragraph("remark", run(layout.word("remark"))),
        paragraph("name", _fitted(layout.word("name"), layout)),
        paragraph("issue", run(issue)),
        add_border(imprint, layout.rules["head"], "bottom", 4),
        _title(head.title, layout),
    ]


def _letter_head(document: Document, layout: Layout) -> list[Element]:
    head = document.head
    lines = [
        paragraph("number", run(head.number or layout.word("number"))),
        _title(head.title, layout),
    ]
    if head.addressee:
        lines.append(
            paragraph("addressee", run(layout.word("addressee", addressee=head.addressee.rstrip("：:"))))
        )
    return lines


def _slip_head(document: Document, layout: Layout) -> list[Element]:
    # A slip is a form: the number stands above its table.
    return [
        _title(document.head.title, layout),
        paragraph("number", run(document.head.number or layout.word("number"))),
    ]


def _plain_head(document: Document, layout: Layout) -> list[Element]:
    return [_title(document.head.title, layout)]


_HEADS: dict[Kind, Callable[[Document, Layout], list[Element]]] = {
    Kind.BRIEFING: _briefing_head,
    Kind.NOTICE: _letter_head,
    Kind.LETTER: _letter_head,
    Kind.SUPERVISION: _slip_head,
}


def _title(text: str, layout: Layout) -> Element:
    chars = int(layout.page.text_mm / _MM_PER_PT / layout.styles["title"].size_pt)
    return paragraph("title", run(broken(text, chars)))


def _fitted(name: str, layout: Layout) -> Element:
    """Set the name of a briefing as large as the layout says, or as its one line allows."""
    made = run(name)
    widest_pt = layout.page.text_mm / _MM_PER_PT / max(1, len(name))
    if widest_pt < layout.styles["name"].size_pt:
        size = int(widest_pt * 2)
        made.find(qn("w:rPr")).extend((el("sz", {"val": size}), el("szCs", {"val": size})))
    return made


def _signed(text: str, chars: int) -> Element:
    line = paragraph("signature", run(text))
    line.find(qn("w:pPr")).append(el("ind", {"rightChars": chars * 100, "right": chars * 320}))
    return line


def _hanging(text: str) -> Element:
    line = paragraph("tail", run(text))
    # The second line begins under the first name, behind 报：.
    line.find(qn("w:pPr")).append(
        el(
            "ind",
            {
                "leftChars": 300,
                "left": 840,
                "hangingChars": 200,
                "hanging": 560,
                "rightChars": 100,
                "right": 280,
            },
        )
    )
    return line


def _printed(document: Document, layout: Layout, width: int) -> Element:
    """Say who printed it and when (GB/T 9704, 7.4.3)."""
    line = paragraph(
        "tail", run(f"{document.head.office}\t{layout.word('printed', date=_day(document.head.issued_on))}")
    )
    line.find(qn("w:pPr")).extend(
        (
            el("tabs", None, el("tab", {"val": "right", "pos": width - 280})),
            el("ind", {"leftChars": 100, "left": 280, "rightChars": 100, "right": 280}),
        )
    )
    return line


def _aside(text: str) -> Element:
    line = paragraph("tail", run(text))
    line.find(qn("w:pPr")).extend((el("ind", {"rightChars": 100, "right": 280}), el("jc", {"val": "right"})))
    return line


def _lines_around(place: int, ruled: int, layout: Layout) -> list[Element]:
    """Draw a thick line above the first and below the last of the names, thin ones between them."""
    thick, thin = layout.rules["tail"], layout.rules["tail_between"]
    if place >= ruled:
        return [line_of("top", thick if not ruled else None), line_of("bottom", None)]
    return [
        line_of("top", thin if place else thick),
        line_of("bottom", thick if place == ruled - 1 else thin),
    ]


def _tail_row(line: Element, width: int, borders: list[Element]) -> Element:
    properties = el("tcPr", None, el("tcW", {"w": width, "type": "dxa"}))
    # What is drawn below the names must not be taken away by the row of the copies.
    properties.append(el("tcBorders", None, *(each for each in borders if each.get(qn("w:val")) != "nil")))
    return el("tr", None, el("trPr", None, el("cantSplit")), el("tc", None, properties, line))


def _at_the_foot(width: int) -> Element:
    """Hold the tail at the foot of the last page, whatever stands above it (GB/T 9704, 7.4)."""
    place = {"vertAnchor": "margin", "horzAnchor": "margin", "tblpXSpec": "center", "tblpYSpec": "bottom"}
    return el(
        "tblPr",
        None,
        el("tblpPr", place),
        el("tblOverlap", {"val": "never"}),
        el("tblW", {"w": width, "type": "dxa"}),
        el("tblLayout", {"type": "fixed"}),
        el("tblCellMar", None, el("left", {"w": 0, "type": "dxa"}), el("right", {"w": 0, "type": "dxa"})),
    )


def _day(day: date | None) -> str:
    return _BLANK_DATE if day is None else f"{day.year}年{day.month}月{day.day}日"
