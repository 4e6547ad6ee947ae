"""What was read from a plan: its head, indicators, tasks, projects, targets of the text, and every doubt."""

from __future__ import annotations

from dataclasses import dataclass, field

from wufei.kernel.findings import Finding
from wufei.records.plans.core.reading.blocks import Place
from wufei.records.plans.core.values import PlanValue

Glued = tuple[tuple[str, tuple[str, ...]], ...]
"""Names that seem to hold two units, with the two."""


@dataclass(frozen=True, slots=True)
class Head:
    """Title, region, document number and dates; empty where the document does not say."""

    title: str = ""
    region: str = ""
    number: str = ""
    issued_on: str = ""
    base_year: int | None = None
    target_years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadIndicator:
    """A row of an indicator table; ``targets`` by year, ascending."""

    no: str
    level1: str
    level2: str
    name: str
    type: str
    attribute: str
    baseline: PlanValue | None
    targets: tuple[tuple[int | None, PlanValue], ...]
    units: tuple[str, ...]
    place: Place
    glued: Glued = ()


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A task: a row of a task list or a numbered item of the text.

    ``support`` is 责任部门 as written; where a plan names units in one list only, ``lead`` holds the first
    and ``support`` the rest.
    """

    no: str
    section: str
    title: str
    text: str
    lead: tuple[str, ...]
    support: tuple[str, ...]
    due: str
    place: Place
    glued: Glued = ()


@dataclass(frozen=True, slots=True)
class ReadProject:
    """A row of a project list."""

    no: str
    field: str
    name: str
    content: str
    units: tuple[str, ...]
    due: str
    place: Place
    glued: Glued = ()


@dataclass(frozen=True, slots=True)
class ReadTarget:
    """A target in the running text; ``year`` is None where the sentence and those before it name none."""

    name: str
    year: int | None
    value: PlanValue
    place: Place


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """Everything read from one document."""

    head: Head
    indicators: tuple[ReadIndicator, ...] = ()
    tasks: tuple[ReadTask, ...] = ()
    projects: tuple[ReadProject, ...] = ()
    targets: tuple[ReadTarget, ...] = ()
    findings: tuple[Finding, ...] = field(default_factory=tuple)
