"""Sentences about figures, by rule: up or down, reached or not, late or not.

The same rule writes the sentence again when a figure was corrected. All comparisons are made between the
numbers as printed, so that whoever takes one printed number from the other gets the printed difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from wufei.actions.reports.core.counts import CountField
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
from wufei.actions.reports.core.fields import (
    FigureField,
    path_value,
    plan_text,
    printed,
    quantity_text,
    rounded,
)
from wufei.kernel.errors import InputError
from wufei.kernel.period import Precision
from wufei.kernel.text import Text
from wufei.kernel.units import decimal_text, parse_unit
from wufei.measures.indicators.core.figures import Status
from wufei.measures.indicators.core.status import is_amount, plan_number

Mark = str | Shown
"""What a paragraph comes down to: words, and parts of figures that are marked where they stand."""

_BASIS = {"reported": "（上报值）", "computed": "（测算值）", "corrected": "（部门更正值）", "": ""}
_PERCENT = "%"
_POINTS = "个百分点"


def sentence_of(field: FigureField) -> tuple[Mark, ...]:
    """Write the sentence about a figure: value, change since the earlier period, standing to its target."""
    opening = f"{field.period.label()}{field.name}"
    if field.value is None:
        if field.text:
            return (f"{opening}：", Shown(field.key), f"{_BASIS[field.basis]}。")
        return (f"{opening}", Shown(field.key), "。")
    return (
        f"{opening}为",
        Shown(field.key),
        _BASIS[field.basis],
        *_change_words(field),
        *_standing_words(field),
        "。",
    )


def part_text(field: Field, part: Part) -> str:
    """Write one part of a figure as it is printed; empty where the figure has none."""
    if isinstance(field, CountField):
        return field.printed if part is Part.VALUE else ""
    return _PARTS[part](field)


def written(pieces: Sequence[Piece], figures: Sequence[Field]) -> tuple[Mark, ...]:
    """Write out what a paragraph holds: sentences by the rules, counts as numbers, words joined.

    Raises
    ------
    InputError
        ``report.no-figure``: the text names a figure that the document does not hold.
    """
    known = {field.key: field for field in figures}
    marks: list[Mark] = []
    for piece in pieces:
        for mark in _written_piece(piece, known):
            if isinstance(mark, str) and marks and isinstance(marks[-1], str):
                marks[-1] += mark
            elif mark != "":
                marks.append(mark)
    return tuple(marks)


def plain(marks: Sequence[Mark], figures: Sequence[Field]) -> str:
    """Give written pieces as plain text, as a reader sees them."""
    known = {field.key: field for field in figures}
    return "".join(
        mark if isinstance(mark, str) else part_text(_known(known, mark.figure), mark.part) for mark in marks
    )


def blocks_of(section: Section, figures: Sequence[Field]) -> tuple[Paragraph | Table, ...]:
    """Give the blocks of a section with every listing written out as paragraphs."""
    return tuple(each for block in section.blocks for each in _blocks(block, figures))


def shown_sections(document: Document) -> list[tuple[int, Section]]:
    """Give the sections that a reader sees, each with its number, 0 without a title.

    One that only lists figures of which there are none today says nothing: it is left out and not counted.
    """
    shown: list[tuple[int, Section]] = []
    number = 0
    for section in document.sections:
        listed = all(isinstance(block, Listing) for block in section.blocks)
        if section.blocks and listed and not any(_chosen(b, document.figures) for b in section.blocks):
            continue
        number += bool(section.title)
        shown.append((number if section.title else 0, section))
    return shown


def text_of(document: Document) -> str:
    """Give the whole text of a document, a line for each paragraph and cell."""
    lines: list[str] = []
    for _, section in shown_sections(document):
        if section.title:
            lines.append(section.title)
        for block in blocks_of(section, document.figures):
            if isinstance(block, Paragraph):
                lines.append(plain(written(block.pieces, document.figures), document.figures))
            else:
                lines += [
                    plain(written(cell, document.figures), document.figures)
                    for row in block.rows
                    for cell in row
                ]
    return "\n".join(lines)


def _blocks(block: Block, figures: Sequence[Field]) -> tuple[Paragraph | Table, ...]:
    if not isinstance(block, Listing):
        return (block,)
    chosen = _chosen(block, figures)
    if not chosen:
        return (Paragraph(("本期无此类指标。",)),)
    if block.form == "names":
        return (Paragraph(("、".join(field.name for field in chosen) + "。",)),)
    return tuple(Paragraph((Sentence(field.key),)) for field in chosen)


def _chosen(block: Block, figures: Sequence[Field]) -> list[FigureField]:
    if not isinstance(block, Listing):
        return []
    return [f for f in figures if isinstance(f, FigureField) and f.status.value in block.statuses]


def _written_piece(piece: Piece, known: dict[str, Field]) -> tuple[Mark, ...]:
    if isinstance(piece, Sentence):
        field = _known(known, piece.figure)
        return (Shown(field.key),) if isinstance(field, CountField) else sentence_of(field)
    if isinstance(piece, Tally):
        measured = [field for field in known.values() if isinstance(field, FigureField)]
        counted = [f for f in measured if not piece.statuses or f.status.value in piece.statuses]
        return (str(len(counted)),)
    if isinstance(piece, Shown):
        _known(known, piece.figure)
    return (piece,)


def _known(known: dict[str, Field], key: str) -> Field:
    field = known.get(key)
    if field is None:
        raise InputError(
            "report.no-figure",
            "figures",
            key,
            Text(
                f"正文引用了数值 {key}，但文稿中没有这个数值。请删去引用，或补上该数值。",
                f"The text speaks of figure {key}, which the document does not hold. "
                "Take it out or add the figure.",
            ),
        )
    return field


def _value_text(field: FigureField) -> str:
    return printed(field, field.value) or field.text or "暂无数据"


def _previous_text(field: FigureField) -> str:
    return "" if field.previous is None else printed(field, field.previous.value)


def _target_text(field: FigureField) -> str:
    return "" if field.target is None else plan_text(field.target, field.unit)


def _path_text(field: FigureField) -> str:
    path = path_value(field)
    return "" if path is None else quantity_text(path, field.unit)


def _change_text(field: FigureField) -> str:
    """Say how much higher or lower: points of percent, the amount itself, or percent of the earlier value."""
    change = _change(field)
    if change is None or field.previous is None:
        return ""
    size, before = abs(change), rounded(field, field.previous.value)
    if field.unit == _PERCENT:
        return f"{decimal_text(size)}{_POINTS}"
    if is_amount(parse_unit(field.unit)) or not before:
        return quantity_text(size, field.unit)
    return f"{_one_place(Fraction(size) / abs(Fraction(before)) * 100)}%"


def _gap_text(field: FigureField) -> str:
    """Say how far the printed value is from its target; empty where it reaches it or cannot be compared."""
    gap = _gap(field)
    if not gap:
        return ""
    if field.unit == _PERCENT:
        return f"{decimal_text(gap)}{_POINTS}"
    return quantity_text(gap, field.unit)


_PARTS: dict[Part, Callable[[FigureField], str]] = {
    Part.VALUE: _value_text,
    Part.PREVIOUS: _previous_text,
    Part.CHANGE: _change_text,
    Part.TARGET: _target_text,
    Part.PATH: _path_text,
    Part.GAP: _gap_text,
}


def _change_words(field: FigureField) -> tuple[Mark, ...]:
    change = _change(field)
    if change is None or field.previous is None:
        return ()
    since = field.previous.period.label()
    if not change:
        return (f"，与{since}", "持平")
    amount = is_amount(parse_unit(field.unit)) or not field.unit
    up, down = ("增加", "减少") if amount else ("上升", "下降")
    return (
        f"，较{since}（",
        Shown(field.key, Part.PREVIOUS),
        f"）{up if change > 0 else down}",
        _at(field, Part.CHANGE),
    )


def _standing_words(field: FigureField) -> tuple[Mark, ...]:
    status = field.status
    if field.target is None or status in (Status.NOT_COMPUTABLE, Status.NO_TARGET):
        return ()
    target = (f"{field.target_year}年目标（", _at(field, Part.TARGET), "）")
    if status is Status.MET:
        return ("，已达到", *target)
    if status is Status.ON_TRACK:
        return ("，尚未达到", *target, "，达到序时进度")
    if status is Status.BEHIND:
        return ("，未达到", *target, *_gap_words(field), *_late_words(field))
    return ("；", *target, "为文字表述，不作数值比较")


def _gap_words(field: FigureField) -> tuple[Mark, ...]:
    return ("，相差", _at(field, Part.GAP)) if _gap(field) else ()


def _late_words(field: FigureField) -> tuple[Mark, ...]:
    if field.period.start.year > field.target_year:
        return ("，已晚于目标年度",)
    if _over(field) or path_value(field) is None:
        return ()
    return ("，晚于节点（按序时本期应为", _at(field, Part.PATH), "）")


def _over(field: FigureField) -> bool:
    """Say whether the period ends with the target's year: then the node is the target itself."""
    whole = field.period.precision is Precision.YEAR and field.period.start.year == field.target_year
    return whole or field.period.end.year > field.target_year


def _at(field: FigureField, part: Part) -> Shown:
    return Shown(field.key, part)


def _change(field: FigureField) -> Decimal | None:
    if field.value is None or field.previous is None:
        return None
    return rounded(field, field.value) - rounded(field, field.previous.value)


def _gap(field: FigureField) -> Decimal | None:
    if field.value is None or field.target is None or field.status is not Status.BEHIND:
        return None
    unit, value = parse_unit(field.unit), Fraction(rounded(field, field.value))
    low, high = plan_number(field.target, unit), plan_number(field.target, unit, high=True)
    if low is None:
        return None
    nearest = high if high is not None and value > high else low
    size = abs(value - nearest)
    return Decimal(size.numerator) / Decimal(size.denominator)


def _one_place(value: Fraction) -> str:
    tenth = Decimal(round(value * 10)).scaleb(-1)
    return decimal_text(tenth.quantize(Decimal(1)) if tenth == tenth.to_integral_value() else tenth)
