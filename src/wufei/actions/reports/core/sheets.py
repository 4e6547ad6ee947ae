"""Sheets as data: 调度表, 考核打分表 and data pack; the slip and the score sheet as documents.

Whoever has the tasks and the points gives them as these rows; what a figure says is a piece of the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wufei.actions.reports.core.document import Document, Field, Head, Kind, Part, Piece, Section, Table
from wufei.actions.reports.core.drafting import part_text, plain, written
from wufei.actions.reports.core.fields import FigureField, rounded
from wufei.actions.reports.core.layouts import Layout
from wufei.actions.reports.core.lineage import BASIS_WORDS
from wufei.kernel.units import decimal_text

Value = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on its own: title, remarks above it, rows in the order of the layout's columns."""

    kind: Kind
    title: str
    remarks: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    synthetic: bool = False
    totals: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One task of the 调度表; `state` is one of 已完成 达到序时 进度滞后 未启动 长期坚持."""

    task: str
    goal: str
    lead: str
    support: str
    progress: str
    problems: str
    next_step: str
    due: str
    state: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One line of the 考核打分表: what is judged, the points it can give, of what, how, and those it got.

    ``points`` is None for what gives or takes points beside the scheme, ``score`` where there is no data.
    """

    part: str
    item: str
    points: Decimal | None
    inputs: str
    formula: str
    score: Decimal | None
    reason: str
    appeal: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """What a 督办单 says; progress may hold figures of the document."""

    matter: str
    basis: str
    goal: str
    node: str
    progress: tuple[Piece, ...]
    request: str
    lead: str
    support: str
    issued_on: date | None
    reply_by: date | None
    number: str = ""
    reply: str = ""
    closed: str = ""


def schedule_sheet(
    title: str,
    office: str,
    as_of: str,
    rows: Sequence[ScheduleRow],
    layout: Layout,
    *,
    synthetic: bool = False,
) -> Sheet:
    """Lay out tasks as the 调度表."""
    lines = tuple(
        (n, r.task, r.goal, r.lead, r.support, r.progress, r.problems, r.next_step, r.due, r.state)
        for n, r in enumerate(rows, start=1)
    )
    remarks = (layout.word("office", office=office), layout.word("as_of", as_of=as_of))
    return Sheet(Kind.SCHEDULE, title, remarks, lines, synthetic)


def score_sheet(
    title: str,
    department: str,
    rows: Sequence[ScoreRow],
    layout: Layout,
    *,
    standing: str = "",
    synthetic: bool = False,
) -> Sheet:
    """Lay out every point of a department as the 考核打分表; the last line adds them up.

    Parameters
    ----------
    standing : str
        By which scheme, and how far the assessment is.
    """
    unknown = layout.word("unknown")
    lines = tuple(
        (
            n,
            r.part,
            r.item,
            r.points,
            r.inputs,
            r.formula,
            unknown if r.score is None else r.score,
            r.reason,
            r.appeal,
        )
        for n, r in enumerate(rows, start=1)
    )
    points = sum((r.points for r in rows if r.points is not None), Decimal(0))
    scored = sum((r.score for r in rows if r.score is not None), Decimal(0))
    left = sum((r.points for r in rows if r.score is None and r.points is not None), Decimal(0))
    said = layout.word("left", left=decimal_text(left)) if left else None
    totals: tuple[Value, ...] = (None, layout.word("total"), None, points, None, None, scored, said, None)
    remarks = (layout.word("department", department=department), standing)
    return Sheet(Kind.SCORES, title, remarks, lines, synthetic, totals)


def data_pack(title: str, office: str, as_of: str, figures: Sequence[FigureField], layout: Layout) -> Sheet:
    """Lay out figures with their lineage for the city's yearly bulletin."""
    remarks = (layout.word("office", office=office), layout.word("as_of", as_of=as_of))
    return Sheet(Kind.BULLETIN, title, remarks, tuple(_pack_row(field) for field in figures))


def document_of_scores(sheet: Sheet, office: str, layout: Layout) -> Document:
    """Give the score sheet as a document, for signing."""
    rows = [tuple(column.title for column in layout.columns)]
    rows += [tuple(_words(value) for value in row) for row in (*sheet.rows, sheet.totals) if row]
    cells = tuple(tuple((value,) for value in row) for row in rows)
    widths = tuple(round(column.width) for column in layout.columns)
    remark = Table((tuple((each,) for each in sheet.remarks),), (1,) * len(sheet.remarks), head=False)
    sign = Table((((layout.word("sign"),),),), (1,), head=False)
    return Document(
        Head(Kind.SCORES, sheet.title, office),
        (Section("", (remark, Table(cells, widths), sign)),),
        synthetic=sheet.synthetic,
    )


def slip_document(
    title: str, slip: Slip, figures: Sequence[Field], layout: Layout, *, synthetic: bool = False
) -> Document:
    """Write a 督办单: what is asked of whom until when, with room for answer, comment and 销号."""
    word = layout.word

    def wide(key: str, *pieces: Piece) -> tuple[tuple[Piece, ...], ...]:
        return ((word(key),), pieces)

    def pair(left: str, a: str, right: str, b: str) -> tuple[tuple[Piece, ...], ...]:
        return ((word(left),), (a,), (word(right),), (b,))

    rows = (
        wide("matter", slip.matter),
        wide("basis", slip.basis),
        pair("goal", slip.goal, "node", slip.node),
        wide("progress", *slip.progress),
        wide("request", slip.request),
        pair("lead", slip.lead, "support", slip.support),
        pair("issued_on", _day(slip.issued_on), "reply_by", _day(slip.reply_by)),
        wide("comment", _ROOM),
        wide("reply", f"{slip.reply or _ROOM}{_ROOM}{word('sign')}"),
        wide("closed", slip.closed or _ROOM),
    )
    return Document(
        Head(Kind.SUPERVISION, title, issued_on=slip.issued_on, number=slip.number),
        (
            Section(
                "",
                (Table(rows, (15, 30, 15, 30), head=False), Table((((word("issuer"),),),), (1,), head=False)),
            ),
        ),
        figures=tuple(figures),
        synthetic=synthetic,
    )


_ROOM = "\n\n"


def _day(day: date | None) -> str:
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"


def _words(value: Value) -> str:
    return "" if value is None else decimal_text(value) if isinstance(value, Decimal) else str(value)


def _pack_row(field: FigureField) -> tuple[Value, ...]:
    value = None if field.value is None else rounded(field, field.value)
    return (
        field.key,
        field.name,
        field.period.label(),
        field.text if value is None else value,
        field.unit,
        BASIS_WORDS[field.basis],
        part_text(field, Part.PREVIOUS),
        part_text(field, Part.TARGET),
        field.book,
        field.as_of,
        field.formula,
        field.transfers,
        field.address,
    )


def words_of(pieces: Sequence[Piece], figures: Sequence[Field]) -> str:
    """Give pieces as the words of a cell."""
    return plain(written(pieces, figures), figures)
