"""A document as data: head, sections of paragraphs and tables, tail, and the figures that it speaks of.

What stands in a paragraph is words, a part of a figure, a sentence that the rules write about a figure, or a
count of figures. The last three are written out only when the document is (`core.drafting`), so that they
follow a figure that a department corrects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wufei.actions.reports.core.counts import CountField
from wufei.actions.reports.core.fields import FigureField
from wufei.kernel.text import Text


class Kind(StrEnum):
    """What a document is; each kind has a layout of the same name."""

    BRIEFING = "briefing"
    NOTICE = "notice"
    LETTER = "letter"
    SUPERVISION = "supervision"
    PROGRESS = "progress"
    SCORES = "scores"
    SCHEDULE = "schedule"
    BULLETIN = "bulletin"
    MEETING = "meeting"
    CASE = "case"

    @property
    def label(self) -> Text:
        """The word used on screen."""
        return _KINDS[self]


_KINDS = {
    Kind.BRIEFING: Text("简报", "Briefing"),
    Kind.NOTICE: Text("通知", "Notice"),
    Kind.LETTER: Text("函", "Letter"),
    Kind.SUPERVISION: Text("督办单", "Supervision slip"),
    Kind.PROGRESS: Text("进展评价", "Progress assessment"),
    Kind.SCORES: Text("考核打分表", "Score sheet"),
    Kind.SCHEDULE: Text("调度表", "Task schedule"),
    Kind.BULLETIN: Text("信息公告数据包", "Data pack for the yearly bulletin"),
    Kind.MEETING: Text("会议材料", "Meeting pack"),
    Kind.CASE: Text("经验案例", "Case"),
}


class Part(StrEnum):
    """Which part of a figure is printed."""

    VALUE = "value"
    PREVIOUS = "previous"
    CHANGE = "change"
    TARGET = "target"
    PATH = "path"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a figure, printed at its place and marked with the figure's key."""

    figure: str
    part: Part = Part.VALUE


@dataclass(frozen=True, slots=True)
class Sentence:
    """The sentence that the rules write about a figure."""

    figure: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the document's figures have one of some statuses; none named: all of them."""

    statuses: tuple[str, ...] = ()


Piece = str | Shown | Sentence | Tally


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; level 0 is body, 1 to 3 are headings (一、 （一） 1.)."""

    pieces: tuple[Piece, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A sentence for every figure of some statuses (``sentences``), or their names in one (``names``)."""

    statuses: tuple[str, ...]
    form: str = "sentences"


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first row is its head.

    Attributes
    ----------
    widths : tuple of int
        Relative widths of the columns.
    head : bool
        Whether the first row is repeated on every page.
    """

    rows: tuple[tuple[tuple[Piece, ...], ...], ...]
    widths: tuple[int, ...]
    head: bool = True


Block = Paragraph | Listing | Table

Field = FigureField | CountField
"""What a document marks where it stands: a figure of an indicator, or a count of tasks."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the first level (without number: it is counted) and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the text.

    Attributes
    ----------
    number : str
        文号; left blank: the office system gives it.
    issue, total_issue : int or None
        第X期 and 总第X期 of a briefing; blank where they are not known yet.
    office : str
        编印单位 of a briefing, the signing unit of a letter.
    addressee : str
        主送机关 of a notice or letter.
    issued_on : date or None
        Left blank until it is issued.
    classification : str
        密级; anything but 公开 and 内部 is refused.
    """

    kind: Kind
    title: str
    office: str = ""
    issued_on: date | None = None
    issue: int | None = None
    total_issue: int | None = None
    number: str = ""
    addressee: str = ""
    classification: str = ""


@dataclass(frozen=True, slots=True)
class Tail:
    """报 / 送 / 发 and how many copies are printed; empty lines are left out."""

    report_to: str = ""
    send_to: str = ""
    issue_to: str = ""
    copies: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document with the figures that its text names by key; each stands in the annex of lineage."""

    head: Head
    sections: tuple[Section, ...]
    tail: Tail = Tail()
    figures: tuple[Field, ...] = ()
    synthetic: bool = False

    @property
    def measured(self) -> tuple[FigureField, ...]:
        """The figures of indicators, without the counts of tasks."""
        return tuple(each for each in self.figures if isinstance(each, FigureField))

    def field(self, key: str) -> Field | None:
        """Give a figure by its key."""
        return next((each for each in self.figures if each.key == key), None)

    def texts(self) -> Iterator[str]:
        """Give every text that people wrote, for checks."""
        yield from (self.head.title, self.head.office, self.head.addressee, self.head.number)
        yield from (self.tail.report_to, self.tail.send_to, self.tail.issue_to)
        for section in self.sections:
            yield section.title
            for block in section.blocks:
                yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield from (piece for piece in block.pieces if isinstance(piece, str))
    elif isinstance(block, Table):
        for row in block.rows:
            for cell in row:
                yield from (piece for piece in cell if isinstance(piece, str))
