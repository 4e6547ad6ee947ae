"""A zero-waste plan as published: its indicator table, the totals it declares, the targets in its text."""

from dataclasses import dataclass, field
from enum import StrEnum

from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.plans.core.values import PlanValue


class LineSet(StrEnum):
    """The table a line stands in: the numbered system, or a separate list of own indicators."""

    MAIN = "main"
    OWN = "own"


class LineType(StrEnum):
    """指标类型 of the national system: must (必选, ★), may (可选), own (自选), or not stated."""

    MUST = "必选"
    MAY = "可选"
    OWN = "自选"
    NONE = ""


class Attribute(StrEnum):
    """属性: binding, expected, or not stated."""

    BINDING = "约束性"
    EXPECTED = "预期性"
    NONE = ""


class Counted(StrEnum):
    """What a total declared by the plan counts."""

    LINES = "lines"
    LEVEL1 = "level1"
    LEVEL2 = "level2"
    TYPE = "type"
    ATTRIBUTE = "attribute"
    OWN_LINES = "own"


@dataclass(frozen=True, slots=True)
class DeclaredTotal:
    """A count the plan states in words; ``value`` names the type or attribute counted."""

    counted: Counted
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where the plan was read: title of the document, clause or page, and a remark."""

    title: str
    clause: str
    note: Text = field(default_factory=lambda: Text(""))


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One indicator of the plan.

    Attributes
    ----------
    no : int
        Number within its set.
    baseline : PlanValue
        Value of the plan's base year.
    targets : tuple of (year, PlanValue)
        By year, ascending.
    units : tuple of str
        Responsible units in the order printed.
    notes : tuple of Text
        The plan's own footnotes to the line.
    doubts : tuple of Text
        What the reader of the document could not see or settle.
    """

    no: int
    set: LineSet
    level1: str
    level2: str
    name: str
    indicator_id: str
    type: LineType
    attribute: Attribute
    baseline: PlanValue
    targets: tuple[tuple[int, PlanValue], ...]
    units: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()
    doubts: tuple[Text, ...] = ()

    @property
    def label(self) -> str:
        """The line's place as Findings print it: ``#13``, own lines ``自选#1``."""
        return f"#{self.no}" if self.set is LineSet.MAIN else f"自选#{self.no}"

    def target(self, year: int) -> PlanValue | None:
        """Return the target set for a year."""
        return dict(self.targets).get(year)


@dataclass(frozen=True, slots=True)
class TextTarget:
    """A target stated in the running text, to be held against the table.

    ``indicator_id`` is empty where the table has no such line.
    """

    year: int
    name: str
    indicator_id: str
    value: PlanValue
    clause: str


@dataclass(frozen=True, slots=True)
class PlanTask:
    """A task that the plan gives to units, as printed.

    Attributes
    ----------
    code : str
        What tells it apart within the plan, also in a later edition: its number, or a place in the list.
    lead, support : tuple of str
        牵头 and 责任 units in the words of the document.
    due : str
        As printed; `due_on` says what it means.
    clause : str
        Where it stands in the document.
    """

    code: str
    no: str
    section: str
    title: str
    text: str
    lead: tuple[str, ...]
    support: tuple[str, ...]
    due: str
    clause: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        """All units that are named, the leading ones first."""
        return (*self.lead, *(unit for unit in self.support if unit not in self.lead))


@dataclass(frozen=True, slots=True)
class PlanProject:
    """A project of the plan's list, as printed; ``code`` as in `PlanTask`."""

    code: str
    no: str
    field: str
    name: str
    content: str
    units: tuple[str, ...]
    due: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A published plan.

    Attributes
    ----------
    id : str
        Stable key, such as ``miyun-2022``.
    number : str
        文号, empty where the document names none.
    issued_on : Period
        Day or month of issue, as precise as the document.
    doubts : tuple of Text
        What the reader of the document could not settle about its running text.
    status : str
        ``official``, or ``to-be-confirmed`` where the wording could not be checked against the original.
    """

    id: str
    title: Text
    region_key: str
    number: str
    issuer: str
    issued_on: Period
    base_year: int
    target_years: tuple[int, ...]
    declared_totals: tuple[DeclaredTotal, ...]
    lines: tuple[PlanLine, ...]
    text_targets: tuple[TextTarget, ...]
    source: Source
    status: str
    doubts: tuple[Text, ...] = ()
    tasks: tuple[PlanTask, ...] = ()
    projects: tuple[PlanProject, ...] = ()

    def line_of(self, indicator_id: str) -> PlanLine | None:
        """Return the first line with this indicator."""
        return next((line for line in self.lines if line.indicator_id == indicator_id), None)
