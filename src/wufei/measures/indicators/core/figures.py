"""What a figure is made of: value, quantities, quality, status, and the values it stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.measures.indicators.core.definitions import By
from wufei.records.ledger.core.as_of import AsOf
from wufei.records.ledger.core.selection import FlowSelection
from wufei.records.plans.core.values import PlanValue


class Status(StrEnum):
    """How a figure stands to its target."""

    MET = "met"
    ON_TRACK = "on-track"
    BEHIND = "behind"
    NOT_COMPUTABLE = "not-computable"
    NOT_NUMERIC = "not-numeric"
    NO_TARGET = "no-target"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    Status.MET: Text("已达标", "Met"),
    Status.ON_TRACK: Text("达到序时", "On track"),
    Status.BEHIND: Text("滞后", "Behind"),
    Status.NOT_COMPUTABLE: Text("不可算", "Not computable"),
    Status.NOT_NUMERIC: Text("非数值", "In words"),
    Status.NO_TARGET: Text("无目标", "No target"),
}

NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class Place:
    """A region as figures name it; the fields of `wufei.runtime.identity.queries.RegionRow`."""

    id: int
    key: str
    code: str | None
    name: Text
    kind: str
    parent_id: int | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation as figures use it: a quantity, or a reported value of an indicator.

    Attributes
    ----------
    metric : str
        A metric, or the id of an indicator for its reported value.
    value, text, unit : Decimal or None, str, str
        The number in its unit, or the words where there is none.
    relative_ppm : int
        Relative standard uncertainty in parts per million.
    """

    uuid: UUID
    book: str
    region_id: int
    metric: str
    value: Decimal | None
    text: str
    unit: str
    kind: str
    source_title: str = ""
    source_clause: str = ""
    department: str = ""
    confirmed_by: str = ""
    confirmed_on: date | None = None
    provisional: bool = False
    relative_ppm: int = 0


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a figure is known.

    Attributes
    ----------
    weighed_share, declared_share, estimated_share, statistical_share, derived_share : Decimal
        Shares in 0..1 of the mass of all flow quantities, by evidence; all 0 where there is no mass.
    relative_ppm : int
        Relative standard uncertainty of the value in parts per million, to first order.
    """

    weighed_share: Decimal
    declared_share: Decimal
    estimated_share: Decimal
    statistical_share: Decimal
    derived_share: Decimal
    relative_ppm: int


@dataclass(frozen=True, slots=True)
class QuantityValue:
    """One quantity of a formula, with the way back to its rows.

    Attributes
    ----------
    kind : str
        ``flow``, ``observation`` or ``count`` (the days of the period).
    by : str
        ``origin`` or ``place`` for a flow, else empty.
    value : Decimal or None
        In `unit`; None where nothing was recorded, then `missing` says what and where to enter it.
    grams, transfers : int
        Of a flow: its mass as an integer, and how many transfers it sums.
    selection : FlowSelection or None
        Of a flow: the transfers it sums.
    observation_ids : tuple of UUID
        Of an observation.
    evidence_g : tuple of int
        Of a flow: grams weighed, declared, estimated, statistical, derived.
    """

    name: str
    title: Text
    kind: Literal["flow", "observation", "count"]
    by: By | Literal[""]
    value: Decimal | None
    unit: str
    grams: int = 0
    transfers: int = 0
    selection: FlowSelection | None = None
    observation_ids: tuple[UUID, ...] = ()
    evidence_g: tuple[int, ...] = (0, 0, 0, 0, 0)
    relative_ppm: int = 0
    missing: Text = NOTHING


@dataclass(frozen=True, slots=True)
class ReportedValue:
    """上报值: what the responsible department reported, and how the computed value differs.

    Attributes
    ----------
    value : Decimal or None
        In the indicator's unit; None where it is in words.
    difference : Decimal or None
        Computed minus reported.
    agrees : bool or None
        Whether the two agree in the digits that were reported; None where they cannot be compared.
    causes : tuple of Text
        Likely causes of a difference.
    """

    value: Decimal | None
    text: str
    unit: str
    department: str
    source_title: str
    source_clause: str
    confirmed_by: str
    confirmed_on: date | None
    provisional: bool
    observation_id: UUID
    difference: Decimal | None
    agrees: bool | None
    causes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of one region, period and book.

    Attributes
    ----------
    id : str
        ``indicator@region/period/book``.
    value : Decimal or None
        测算值, in `unit`.
    text : str
        Words where the indicator is described, or what a zero base means.
    reason : Text
        Why there is no value, or how the status was judged.
    basis : str
        Which value the status was judged on: ``reported``, ``computed``, or empty.
    path : Decimal or None
        What the straight line from base to target asks for in this period.
    """

    id: str
    indicator: str
    name: Text
    region: Place
    period: Period
    book: str
    as_of: AsOf
    value: Decimal | None
    unit: str
    text: str
    by: By | Literal[""]
    quantities: tuple[QuantityValue, ...]
    quality: Quality
    status: Status
    reason: Text
    reported: ReportedValue | None
    basis: Literal["reported", "computed", ""]
    baseline: PlanValue | None
    target: PlanValue | None
    target_year: int | None
    path: Decimal | None
    plan_id: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Computation:
    """All figures of one pass; `books` says which book each region was read from."""

    figures: tuple[Figure, ...]
    period: Period
    as_of: AsOf
    books: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FigureKey:
    """The parts of a figure's id."""

    indicator: str
    region_key: str
    period: Period
    book: str


def figure_id(indicator: str, region_key: str, period: Period, book: str) -> str:
    """Write the id under which a figure can be asked for again."""
    return f"{indicator}@{region_key}/{period}/{book}"


def parse_figure_id(text: str) -> FigureKey:
    """Read a figure's id.

    Raises
    ------
    InputError
        ``figure.id`` where the form is not ``indicator@region/period/book``.
    """
    indicator, at, rest = text.strip().partition("@")
    parts = rest.split("/", 2)
    if not indicator or not at or len(parts) != 3 or not all(parts):
        raise InputError(
            "figure.id",
            "figure",
            text,
            Text(
                f"“{text}”不是数值编号；应写作 指标@区域/时段/账簿，"
                "如 household-waste-per-head@BDA/2018/published:bda-2020。",
                f"“{text}” is no figure id; write indicator@region/period/book, "
                "such as household-waste-per-head@BDA/2018/published:bda-2020.",
            ),
        )
    return FigureKey(indicator, parts[0], Period.parse(parts[1]), parts[2])
