"""Write a laid-out plan as plain text, Word, PDF, HTML and Excel, as people's programs do."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import docx
import openpyxl
from docx.oxml import parse_xml
from openpyxl.worksheet.worksheet import Worksheet
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from benchmarks.plans.layouts import LEFT, Cell, Element, Grid, Words

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def as_text(elements: Sequence[Element]) -> bytes:
    """Write plain text, its tables in the shape that each names."""
    return "\n".join(_text_of(each) for each in elements).encode()


def _text_of(each: Element) -> str:
    if isinstance(each, Words):
        return each.number + each.text
    return {"lines": _cell_per_line, "tabs": _tabbed, "strokes": _stroked}[each.shape](each)


def _cell_per_line(grid: Grid) -> str:
    # A cell merged to the right is one cell; one merged downward is an empty one.
    rows = ("\n".join(f"\t{cell or ''}" for cell in row if cell != LEFT) for row in grid.rows)
    return "\n\n".join(rows) + "\n"


def _tabbed(grid: Grid) -> str:
    return "\n".join(
        "\t".join("" if cell in {None, LEFT} else str(cell) for cell in row) for row in grid.rows
    )


def _stroked(grid: Grid) -> str:
    lines = [
        "| "
        + " | ".join("" if cell in {None, LEFT} else str(cell).replace("\n", "<br>") for cell in row)
        + " |"
        for row in grid.rows
    ]
    return "\n".join([lines[0], "|" + "---|" * len(grid.rows[0]), *lines[1:]])


# ── Word


def as_word(elements: Sequence[Element], *, automatic: bool = False) -> bytes:
    """Write a .docx; ``automatic`` leaves the numbers of items to Word."""
    document = docx.Document()
    body = document.element.body
    end = body.sectPr
    if automatic:
        _add_list(document)
    for each in elements:
        xml = _word_words(each, automatic=automatic) if isinstance(each, Words) else _word_table(each)
        end.addprevious(parse_xml(xml))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_list(document: docx.document.Document) -> None:
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {_W} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(parse_xml(f'<w:num {_W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def _word_words(words: Words, *, automatic: bool) -> str:
    listed = automatic and words.number
    style = f'<w:pStyle w:val="Heading{words.heading}"/>' if words.heading else ""
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>' if listed else ""
    text = words.text if listed else words.number + words.text
    return f"<w:p {_W}><w:pPr>{style}{number}</w:pPr>{_run(text)}</w:p>"


def _run(text: str) -> str:
    # Word cuts a sentence into runs wherever it was edited.
    half = len(text) // 2
    return "".join(
        f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>' for part in (text[:half], text[half:])
    )


def _word_table(grid: Grid) -> str:
    rows = []
    for at, row in enumerate(grid.rows):
        cells = []
        for column, cell in enumerate(row):
            if cell == LEFT:
                continue
            span = 1
            while column + span < len(row) and row[column + span] == LEFT:
                span += 1
            merged = '<w:vMerge w:val="continue"/>' if cell is None else ""
            if cell is not None and at + 1 < len(grid.rows) and grid.rows[at + 1][column] is None:
                merged = '<w:vMerge w:val="restart"/>'
            wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
            words = "".join(f"<w:p>{_run(line)}</w:p>" for line in (cell or "").split("\n"))
            cells.append(f"<w:tc><w:tcPr>{wide}{merged}</w:tcPr>{words}</w:tc>")
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    columns = "".join("<w:gridCol/>" for _ in grid.rows[0])
    return f"<w:tbl {_W}><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


# ── PDF

_FONT = "STSong-Light"
_SPAN_MAX = 5


def as_pdf(elements: Sequence[Element], *, torn: bool = False) -> bytes:
    """Write a PDF with a text layer: ruled tables that go on over the page, a number at the foot.

    Parameters
    ----------
    torn : bool
        Whether the end of a page may cut a row, which leaves the rest of its cells on the next.
    """
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=56, rightMargin=56, topMargin=64, bottomMargin=64
    )
    flow = [part for each in elements for part in _flowables(each, document.width, torn=torn)]
    document.build(flow, onFirstPage=_foot, onLaterPages=_foot)
    return buffer.getvalue()


def _foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(_FONT, 10)
    canvas.drawCentredString(A4[0] / 2, 36, f"- {document.page} -")


def _flowables(each: Element, width: float, *, torn: bool) -> list[Flowable]:
    if isinstance(each, Grid):
        parts = _torn(each) if torn else [each]
        flow: list[Flowable] = []
        for part in parts:
            flow += [PageBreak()] if flow else []
            flow.append(_pdf_table(part, width))
        return flow
    size = 15 if each.heading == 1 else 11
    style = ParagraphStyle(
        "words", fontName=_FONT, fontSize=size, leading=size * 1.6, wordWrap="CJK", firstLineIndent=2 * size
    )
    return [Paragraph(escape(each.number + each.text), style)]


_TORN_EVERY, _TORN_FROM = 11, 12


def _torn(grid: Grid) -> list[Grid]:
    """Cut some rows at the end of a page, as Word does: the rest of the longest cell stands on the next."""
    head = grid.rows[: grid.head_rows]
    parts: list[list[tuple[Cell, ...]]] = [[]]
    for at, row in enumerate(grid.rows[grid.head_rows :], start=1):
        longest = max(range(len(row)), key=lambda column: len(row[column] or ""))
        words = str(row[longest] or "")
        if at % _TORN_EVERY or len(words) < _TORN_FROM or LEFT in row or "\n" in words:
            parts[-1].append(row)
            continue
        half = len(words) // 2
        parts[-1].append(
            tuple(words[:half] if column == longest else cell for column, cell in enumerate(row))
        )
        parts.append([tuple(words[half:] if column == longest else "" for column in range(len(row)))])
    # What goes on above is empty on the next page.
    grids = []
    for part in parts:
        seen: set[int] = set()
        rows = []
        for row in part:
            rows.append(tuple("" if cell is None and at not in seen else cell for at, cell in enumerate(row)))
            seen |= {at for at, cell in enumerate(row) if cell is not None}
        grids.append(Grid((*head, *rows), grid.head_rows, grid.shape, grid.weights))
    return grids


def _pdf_table(grid: Grid, width: float) -> Flowable:
    rows = _short_spans(grid)
    style = ParagraphStyle("cell", fontName=_FONT, fontSize=8, leading=10, wordWrap="CJK")
    whole = sum(grid.weights)
    cells = [
        [
            "" if cell in {None, LEFT} else Paragraph(escape(str(cell)).replace("\n", "<br/>"), style)
            for cell in row
        ]
        for row in rows
    ]
    spans = [("SPAN", (x0, y0), (x1, y1)) for x0, y0, x1, y1 in _spans(rows)]
    ruled = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    return Table(
        cells,
        colWidths=[width * weight / whole for weight in grid.weights],
        repeatRows=grid.head_rows,
        style=TableStyle([*ruled, *spans]),
    )


def _short_spans(grid: Grid) -> list[tuple[Cell, ...]]:
    """Say a merged cell anew after some rows: a page cannot break inside one."""
    rows = [list(row) for row in grid.rows]
    for column in range(len(rows[0])):
        said, since = "", 0
        for row in rows:
            cell = row[column]
            if cell is not None:
                said, since = cell, 1
            elif since >= _SPAN_MAX:
                row[column], since = said, 1
            else:
                since += 1
    return [tuple(row) for row in rows]


def _spans(rows: Sequence[tuple[Cell, ...]]) -> list[tuple[int, int, int, int]]:
    """Give merged ranges as (left, top, right, bottom)."""
    found = []
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell is None or cell == LEFT:
                continue
            right = x
            while right + 1 < len(row) and row[right + 1] == LEFT:
                right += 1
            bottom = y
            while bottom + 1 < len(rows) and rows[bottom + 1][x] is None:
                bottom += 1
            if (right, bottom) != (x, y):
                found.append((x, y, right, bottom))
    return found


# ── HTML and Excel


def as_html(elements: Sequence[Element]) -> bytes:
    """Write a page as the portals of governments print plans."""
    parts = [
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>方案</title>",
        "<style>p{margin:0}</style></head><body>",
    ]
    for each in elements:
        if isinstance(each, Words):
            tag = f"h{each.heading}" if each.heading else "p"
            parts.append(f"<{tag}>&nbsp;&nbsp;{html.escape(each.number + each.text)}</{tag}>")
        else:
            parts.append(_html_table(each))
    return "\n".join([*parts, "<script>var a='<td>1</td>'</script></body></html>"]).encode()


def _html_table(grid: Grid) -> str:
    spans = {(x, y): (right - x + 1, bottom - y + 1) for x, y, right, bottom in _spans(grid.rows)}
    rows = []
    for y, row in enumerate(grid.rows):
        cells = []
        for x, cell in enumerate(row):
            if cell is None or cell == LEFT:
                continue
            wide, high = spans.get((x, y), (1, 1))
            size = f" colspan='{wide}' rowspan={high}" if (wide, high) != (1, 1) else ""
            cells.append(f"<td{size}><p>{html.escape(cell).replace(chr(10), '<br/>')}</p></td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table border=1><tbody>{''.join(rows)}</tbody></table>"


def as_excel(elements: Sequence[Element]) -> bytes:
    """Write a workbook: the words on one sheet, every table on one of its own under its title."""
    book = openpyxl.Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError(sheet)
    sheet.title = "正文"
    tables = 0
    for each in elements:
        if isinstance(each, Words):
            sheet.append([each.number + each.text])
        else:
            tables += 1
            _excel_table(book.create_sheet(f"附件{tables}"), each)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _excel_table(sheet: Worksheet, grid: Grid) -> None:
    sheet.append([f"附件 {sheet.title}"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(grid.rows[0]))
    for row in grid.rows:
        sheet.append([None if cell in {None, LEFT} else cell for cell in row])
    for x, y, right, bottom in _spans(grid.rows):
        sheet.merge_cells(start_row=y + 2, start_column=x + 1, end_row=bottom + 2, end_column=right + 1)


FORMATS: dict[str, Callable[[Sequence[Element]], bytes]] = {
    "txt": as_text,
    "docx": as_word,
    "pdf": as_pdf,
    "html": as_html,
    "xlsx": as_excel,
}
"""By the ending of the file."""
