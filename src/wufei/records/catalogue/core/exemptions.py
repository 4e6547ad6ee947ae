"""The list of exemptions: which step of which hazardous waste need not be managed as such, and when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.codes import category_of, is_hazardous
from wufei.records.catalogue.core.items import load_items
from wufei.records.catalogue.core.rows import (
    DATA_DIRECTORY,
    Row,
    gathered,
    once_each,
    read_rows,
    refuse_broken,
)
from wufei.records.catalogue.core.sources import Source, Status, load_sources, source_of
from wufei.records.catalogue.core.streams import load_streams

_FILE = "exemptions.yaml"
ALL_HAZARDOUS = "hazardous"
"""Stands in a rule for every hazardous waste."""


class Step(StrEnum):
    """A step of managing hazardous waste, as the list of exemptions names it."""

    COLLECT = "collect"
    TRANSPORT = "transport"
    STORE = "store"
    USE = "use"
    DISPOSE = "dispose"
    WHOLE = "whole"

    @property
    def label(self) -> Text:
        """The word of the list."""
        return _STEPS[self]


_STEPS = {
    Step.COLLECT: Text("收集", "Collection"),
    Step.TRANSPORT: Text("运输", "Transport"),
    Step.STORE: Text("贮存", "Storage"),
    Step.USE: Text("利用", "Use"),
    Step.DISPOSE: Text("处置", "Disposal"),
    Step.WHOLE: Text("全过程", "All steps"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A fact that must hold; ``id`` is its key among the facts of a case."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Exemption:
    """One line of the list.

    Attributes
    ----------
    id : str
        Our own key.
    codes : tuple of str
        Item codes, categories (``HW01``), or `ALL_HAZARDOUS`.
    waste : Text
        Which waste of these codes is meant.
    step : Step
        The exempted step; `Step.WHOLE` holds for every step.
    conditions : tuple of Condition
        All must hold, besides that the waste is the one meant.
    exempted : Text
        What need not be done.
    remains : Text
        What is still required.
    effective_on, valid_to : date, date or None
        First day, and the day from which it no longer holds.
    source : Source
        The list.
    status : Status
        Whether its wording is confirmed.
    """

    id: str
    codes: tuple[str, ...]
    waste: Text
    step: Step
    conditions: tuple[Condition, ...]
    exempted: Text
    remains: Text
    effective_on: date
    valid_to: date | None
    source: Source
    status: Status

    def speaks_of(self, code: str) -> bool:
        """Say whether the line names an item, its category, or all hazardous waste."""
        return not {code, category_of(code), ALL_HAZARDOUS}.isdisjoint(self.codes) and is_hazardous(code)

    def in_force(self, on: date) -> bool:
        """Say whether the line holds on a day."""
        return self.effective_on <= on and (self.valid_to is None or on < self.valid_to)


class Outcome(StrEnum):
    """What the list makes of a step of a case."""

    EXEMPT = "exempt"
    OPEN = "open"
    NOT_EXEMPT = "not-exempt"

    @property
    def label(self) -> Text:
        """The words shown on screen."""
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.EXEMPT: Text("可豁免", "Exempt"),
    Outcome.OPEN: Text("满足条件可豁免", "Exempt if the conditions hold"),
    Outcome.NOT_EXEMPT: Text("不豁免", "Not exempt"),
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A line of the list held against the facts of a case; ``missing`` are conditions nobody spoke of."""

    exemption: Exemption
    failed: tuple[Condition, ...]
    missing: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for a step, and the lines that it rests on, the decisive ones first."""

    outcome: Outcome
    lines: tuple[Weighed, ...]


def exemption_for(code: str, step: Step, facts: Mapping[str, bool], *, on: date = date.max) -> Decision:
    """Decide whether a step of a case is exempt from management as hazardous waste.

    Parameters
    ----------
    code : str
        Item code.
    step : Step
        What is to be done; with `Step.WHOLE` only lines for all steps decide.
    facts : mapping of str to bool
        By id of a condition, whether it holds. What is absent is unknown, never taken for granted.
    on : date
        The day.

    Returns
    -------
    Decision
        Exempt if all conditions of a line hold; open if a line has none that fails, but some unknown.

    Notes
    -----
    Which waste of a code a line means is a condition like the others where the line names only some. A line
    for every hazardous waste is weighed only if a fact speaks for it, or else all waste would be open.
    """
    return decide(load_exemptions(), code, step, facts, on)


def decide(
    exemptions: Collection[Exemption], code: str, step: Step, facts: Mapping[str, bool], on: date
) -> Decision:
    """Decide by given lines; `exemption_for` says what and how."""
    weighed = [
        _weighed(line, facts)
        for line in exemptions
        if line.in_force(on) and line.step in {step, Step.WHOLE} and _concerns(line, code, facts)
    ]
    weighed.sort(key=lambda one: (bool(one.failed), len(one.missing)))
    if any(not one.failed and not one.missing for one in weighed):
        outcome = Outcome.EXEMPT
    elif any(not one.failed for one in weighed):
        outcome = Outcome.OPEN
    else:
        outcome = Outcome.NOT_EXEMPT
    return Decision(outcome, tuple(weighed))


def exemptions_of(code: str, on: date = date.max) -> tuple[Exemption, ...]:
    """Give the lines in force that speak of an item itself or its category, in the order of the list."""
    return tuple(
        line
        for line in load_exemptions()
        if line.in_force(on) and line.speaks_of(code) and ALL_HAZARDOUS not in line.codes
    )


def conditions_of(code: str, on: date = date.max) -> tuple[Condition, ...]:
    """Give every condition that may decide about an item, its own lines first, then those for all waste."""
    lines = [line for line in load_exemptions() if line.in_force(on) and line.speaks_of(code)]
    lines.sort(key=lambda line: ALL_HAZARDOUS in line.codes)
    return tuple({one.id: one for line in lines for one in line.conditions}.values())


def parse_exemptions(
    directory: Path, sources: Mapping[str, Source], items: Collection[str]
) -> tuple[list[Exemption], list[Finding]]:
    """Read ``exemptions.yaml`` of a data folder whose lists name the codes ``items``."""
    codes = {*items, *load_streams(), ALL_HAZARDOUS}
    stated, findings = read_rows(directory, _FILE, "id", "conditions")
    conditions = {row.required("id"): Condition(row.text("id"), _text(row, "text")) for row in stated}
    rows, more = read_rows(directory, _FILE, "id", "exemptions")
    kept = once_each(rows, "id")
    lines = [found for row in kept if (found := _exemption(row, sources, conditions, codes))]
    return lines, findings + more + gathered(stated) + gathered(rows)


@lru_cache(maxsize=1)
def load_exemptions() -> tuple[Exemption, ...]:
    """Give the lines of the list.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    lines, findings = parse_exemptions(DATA_DIRECTORY, load_sources(), load_items().keys())
    refuse_broken(findings)
    return tuple(lines)


@lru_cache(maxsize=1)
def load_conditions() -> Mapping[str, Condition]:
    """Give every condition that a line of the list names, by id."""
    return MappingProxyType({one.id: one for line in load_exemptions() for one in line.conditions})


def _concerns(line: Exemption, code: str, facts: Mapping[str, bool]) -> bool:
    if ALL_HAZARDOUS in line.codes and not any(facts.get(one.id) for one in line.conditions):
        return False
    return line.speaks_of(code)


def _weighed(line: Exemption, facts: Mapping[str, bool]) -> Weighed:
    failed = tuple(one for one in line.conditions if facts.get(one.id) is False)
    missing = tuple(one for one in line.conditions if one.id not in facts)
    return Weighed(line, failed, missing)


def _exemption(
    row: Row, sources: Mapping[str, Source], conditions: Mapping[str, Condition], codes: Collection[str]
) -> Exemption | None:
    key, step, status = row.required("id"), row.choice("step", Step), row.choice("status", Status)
    effective_on, source = row.date("effective_on"), source_of(row, sources)
    valid_to = row.date("valid_to") if row.text("valid_to") else None
    waste, exempted, remains = _text(row, "waste"), _text(row, "exempted"), _text(row, "remains")
    named = _known(row, "codes", codes)
    needed = _known(row, "conditions", conditions.keys())
    if row.findings or step is None or status is None or effective_on is None or source is None:
        return None
    held = tuple(conditions[one] for one in needed)
    return Exemption(key, named, waste, step, held, exempted, remains, effective_on, valid_to, source, status)


def _text(row: Row, name: str) -> Text:
    value = row.cells.get(name)
    if isinstance(value, Mapping) and value.get("zh") and value.get("en"):
        return Text(str(value["zh"]), str(value["en"]))
    row.required(f"{name} (zh, en)")
    return Text("")


def _known(row: Row, name: str, known: Collection[str]) -> tuple[str, ...]:
    written = row.cells.get(name)
    if not isinstance(written, list) or not written:
        row.required(f"{name} (list)")
        return ()
    for value in written:
        if value not in known:
            row.refuse(
                "unknown-name",
                value,
                Text(f"“{name}”中的“{value}”未登记。", f"“{value}” in “{name}” is not listed."),
                Text("废物代码、条件须已登记。", "Codes and conditions are listed first."),
                Text("请改正，或先登记。", "Mend it, or list it first."),
            )
    return tuple(str(value) for value in written)
