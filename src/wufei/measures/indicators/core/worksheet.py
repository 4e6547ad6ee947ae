"""测算底稿: a figure as a workbook whose value is a live formula over its quantities and their rows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from wufei.kernel.text import Text
from wufei.kernel.units import parse_unit
from wufei.measures.indicators.core.definitions import Definition, load_definitions
from wufei.measures.indicators.core.figures import Figure
from wufei.measures.indicators.core.formula import Node, formula_text
from wufei.measures.indicators.core.lineage import Trace, TracedQuantity, TracedTransfer
from wufei.records.catalogue.core.indicators import load_indicators

SYNTHETIC_MARK = Text("示例区·合成数据", "Example district: synthetic data")

_SHEET, _ROWS, _OBSERVED = (
    Text("测算底稿", "Working sheet"),
    Text("流水", "Transfers"),
    Text("观测数据", "Observations"),
)
_HEAD = PatternFill("solid", fgColor="E7EEF5")
_BOLD = Font(bold=True)
_GRAMS_PER_TONNE = 1_000_000
_QUANTITY_COLUMNS = (
    Text("公式中的名称", "Name in the formula"),
    Text("量", "Quantity"),
    Text("值", "Value"),
    Text("单位", "Unit"),
    Text("换算系数", "Factor"),
    Text("基本单位值", "Value in base units"),
    Text("记录数", "Records"),
    Text("相对标准不确定度 ppm", "Relative standard uncertainty, ppm"),
)
_ROW_COLUMNS = (
    Text("量", "Quantity"),
    Text("流水号", "Transfer"),
    Text("日期", "Date"),
    Text("环节", "Step"),
    Text("废物", "Stream"),
    Text("来源部门", "Origin sector"),
    Text("方式", "Method"),
    Text("数据依据", "Evidence"),
    Text("净质量 g", "Net mass, g"),
    Text("占该量份额", "Share of the quantity"),
    Text("凭证", "Document"),
)
_OBSERVATION_COLUMNS = (
    Text("量", "Quantity"),
    Text("值", "Value"),
    Text("单位", "Unit"),
    Text("原文", "As written"),
    Text("出处", "Source"),
    Text("条款", "Clause"),
    Text("部门", "Department"),
    Text("确认人", "Confirmed by"),
    Text("确认日期", "Confirmed on"),
)

Value = str | int | Decimal | date | None


def working_sheet_of(trace: Trace, language: str) -> bytes:
    """Write the workbook of a traced figure.

    Parameters
    ----------
    trace : Trace
        The figure with all rows that may be shown; rows beyond them stand in one line of their own, so that
        every sum is the figure's.
    language : str
        Of headings and words.

    Notes
    -----
    Each quantity is ``SUM`` over its rows; the value is the indicator's formula over the quantities in base
    units. Words are stored as text, also where they begin with ``= + - @``.
    """
    book = Workbook()
    front = book.active
    if not isinstance(front, Worksheet):
        front = book.create_sheet()
    writer = _Writer(book, front, language, load_definitions()[trace.figure.indicator])
    book.properties.title = trace.figure.id
    # The same figure makes the same file: no clock but the one the figure was read by.
    book.properties.created = book.properties.modified = trace.figure.as_of.at.replace(tzinfo=None)
    writer.write(trace)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(slots=True)
class _Writer:
    book: Workbook
    front: Worksheet
    language: str
    definition: Definition

    def write(self, trace: Trace) -> None:
        """Fill the three sheets."""
        self.front.title = self.say(_SHEET)
        rows = self.sheet(_ROWS, _ROW_COLUMNS)
        observed = self.sheet(_OBSERVED, _OBSERVATION_COLUMNS)
        self.facts(trace.figure)
        value_row = self.front.max_row + 2
        first = value_row + 3
        self.line(self.front, first - 1, [self.say(text) for text in _QUANTITY_COLUMNS], head=True)
        places: dict[str, str] = {}
        for offset, part in enumerate(trace.quantities):
            self.quantity(first + offset, part, rows, observed)
            places[part.quantity.name] = f"F{first + offset}"
        self.value(value_row, trace.figure, places)
        self.widths()

    def facts(self, figure: Figure) -> None:
        """Write what the figure carries."""
        name = load_indicators()[figure.indicator]
        if figure.region.synthetic:
            self.line(self.front, 1, [self.say(SYNTHETIC_MARK)], head=True)
        by = {"origin": _BY_ORIGIN, "place": _BY_PLACE, "": _NO_FLOWS}[figure.by]
        reported = figure.reported
        facts: list[tuple[Text, Value]] = [
            (Text("指标", "Indicator"), self.say(figure.name)),
            (Text("区域", "Region"), self.say(figure.region.name)),
            (Text("时段", "Period"), figure.period.label(self.language)),
            (Text("账簿", "Book"), figure.book),
            (Text("口径", "Counted by"), f"{self.say(_COMPUTED)}；{self.say(by)}"),
            (Text("数据截至", "Data as of"), self.say(figure.as_of.text)),
            (Text("数据来源", "Lineage"), figure.id),
            (Text("数据来源部门", "Department"), self.say(name.department)),
            (Text("计算方法", "Calculation"), self.say(name.calculation)),
            (Text("定义状态", "State of the definition"), self.say(self.definition.status.label)),
            (Text("定义说明", "Note on the definition"), self.say(self.definition.note)),
            (Text("状态", "Status"), self.say(figure.status.label)),
            (Text("说明", "Remark"), self.say(figure.reason)),
            (Text("上报值", "Reported value"), reported.text if reported else ""),
            (Text("目标值", "Target"), figure.target.text if figure.target else ""),
        ]
        start = 2 if figure.region.synthetic else 1
        for place, (label, value) in enumerate(facts, start=start):
            self.line(self.front, place, [self.say(label), value])
            self.front.cell(place, 1).font = _BOLD

    def quantity(self, place: int, part: TracedQuantity, rows: Worksheet, observed: Worksheet) -> None:
        """Write one quantity: a sum over its rows, a reference to its observation, or a plain number."""
        shown = part.quantity
        value: str | Decimal | None = shown.value
        if shown.kind == "flow":
            first, last = self.transfers(rows, part)
            value = f"=SUM({_quoted(rows.title)}!$I${first}:$I${last})/{_GRAMS_PER_TONNE}"
        elif part.observations and shown.value is not None:
            value = f"={_quoted(observed.title)}!$B${self.observation(observed, part)}"
        factor = parse_unit(shown.unit).factor
        texts = [shown.name, self.say(shown.title), None, shown.unit, None, None]
        self.line(
            self.front, place, [*texts, shown.transfers or len(shown.observation_ids), shown.relative_ppm]
        )
        _put_number(self.front.cell(place, 3), value if shown.value is not None else None)
        _put_number(self.front.cell(place, 5), f"={factor.numerator}/{factor.denominator}")
        _put_number(self.front.cell(place, 6), f"=C{place}*E{place}")

    def transfers(self, rows: Worksheet, part: TracedQuantity) -> tuple[int, int]:
        """Write the transfers of a quantity and give their first and last line."""
        first = rows.max_row + 1
        for each in part.transfers:
            self.transfer(rows, part, each)
        shown_g = sum(each.row.signed_grams for each in part.transfers)
        rest_g = part.quantity.grams - shown_g
        if rest_g or rows.max_row < first:
            rest = part.quantity.transfers - len(part.transfers)
            words = Text(f"其余 {rest} 笔合计，未逐笔列出", f"{rest} more transfers, not listed singly")
            self.line(rows, rows.max_row + 1, [self.say(part.quantity.title), self.say(words)])
            _put_number(rows.cell(rows.max_row, 9), rest_g)
        return first, rows.max_row

    def transfer(self, rows: Worksheet, part: TracedQuantity, each: TracedTransfer) -> None:
        """Write one transfer."""
        row, place = each.row, rows.max_row + 1
        texts = (row.step, row.stream, row.origin_sector, row.method, row.evidence)
        head = [self.say(part.quantity.title), str(row.id), row.occurred_on.isoformat(), *texts]
        self.line(rows, place, [*head, row.signed_grams, each.share, row.document])

    def observation(self, observed: Worksheet, part: TracedQuantity) -> int:
        """Write the observation of a quantity, in the unit the quantity uses, and give its line."""
        found, place = part.observations[0], observed.max_row + 1
        confirmed = found.confirmed_on.isoformat() if found.confirmed_on else ""
        words = [found.text, found.source_title, found.source_clause, found.department, found.confirmed_by]
        values = [self.say(part.quantity.title), part.quantity.value, part.quantity.unit, *words, confirmed]
        self.line(observed, place, values)
        return place

    def value(self, place: int, figure: Figure, places: dict[str, str]) -> None:
        """Write the value as a formula over the quantities; where there is none, the reason stands above."""
        label = Text(f"测算值（{figure.unit}）", f"Computed value ({figure.unit})")
        self.line(self.front, place, [self.say(label)], head=True)
        if self.definition.formula is None:
            return
        self.line(self.front, place + 1, ["", "", "", formula_text(self.definition.formula)])
        if figure.value is not None and all(part.value is not None for part in figure.quantities):
            formula = f"({excel_formula(self.definition.formula, places)}){_unit_divisor(figure.unit)}"
            # A base of zero has no quotient; there the definition says that staying at zero counts as zero.
            live = f"=IFERROR({formula},0)" if self.definition.zero_base_is_kept else f"={formula}"
            _put_number(self.front.cell(place, 3), live)

    def sheet(self, title: Text, columns: Sequence[Text]) -> Worksheet:
        """Add a sheet with its headings."""
        sheet: Worksheet = self.book.create_sheet(self.say(title))
        self.line(sheet, 1, [self.say(column) for column in columns], head=True)
        sheet.freeze_panes = "A2"
        return sheet

    def line(self, sheet: Worksheet, place: int, values: Sequence[Value], *, head: bool = False) -> None:
        """Write values as what they are: words as text, never as a formula."""
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(place, column)
            if isinstance(cell, Cell):
                _put(cell, value)
                if head:
                    cell.font, cell.fill = _BOLD, _HEAD
                    cell.alignment = Alignment(wrap_text=True, vertical="center")

    def widths(self) -> None:
        """Make columns wide enough to read."""
        for sheet in self.book.worksheets:
            for letter, width in zip(
                "ABCDEFGHIJK", (24, 40, 16, 14, 14, 20, 12, 18, 18, 14, 24), strict=True
            ):
                sheet.column_dimensions[letter].width = width

    def say(self, text: Text) -> str:
        """Words in the language of the sheet."""
        return text.in_language(self.language)


def excel_formula(node: Node, places: dict[str, str]) -> str:
    """Write a formula over cells instead of names."""
    match node:
        case ("name", name):
            return places[name]
        case ("number", number):
            return _number(number)
        case (sign, left, right):
            return f"({excel_formula(left, places)}{sign}{excel_formula(right, places)})"


def _unit_divisor(unit: str) -> str:
    if unit == "%":
        return ""
    factor = parse_unit(unit).factor
    return f"/({factor.numerator}/{factor.denominator})"


def _number(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"


def _quoted(title: str) -> str:
    return f"'{title}'"


def _put(cell: Cell, value: Value) -> None:
    cell.value = value
    if isinstance(value, str):
        # openpyxl takes a leading = for a formula; the type and the quote prefix keep it a text everywhere.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@", "\t", "\r"))


def _put_number(cell: object, value: str | int | Decimal | None) -> None:
    if isinstance(cell, Cell):
        cell.value = value


_COMPUTED = Text("测算值（运行口径）", "computed (operational)")
_BY_ORIGIN = Text("按来源地", "by origin")
_BY_PLACE = Text("按处理地", "by place")
_NO_FLOWS = Text("不涉及流量", "no flows")
