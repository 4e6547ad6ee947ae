"""Definitions of the indicators: formula and quantities, read from data and checked when loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.kernel.units import Unit, parse_unit
from wufei.measures.indicators.core.formula import Node, dims_text, formula_dims, names_in, parse_formula
from wufei.records.catalogue.core.groupings import members_of
from wufei.records.catalogue.core.indicators import IndicatorKind, load_indicators
from wufei.records.catalogue.core.methods import MethodGroup, load_methods, methods_in
from wufei.records.catalogue.core.metrics import load_metrics
from wufei.records.catalogue.core.sources import Source, Status, load_sources
from wufei.records.ledger.core.transfers import Step

DATA_DIRECTORY = Path(__file__).parent.parent / "data"

By = Literal["origin", "place"]

GRAM = parse_unit("g")
DAY = parse_unit("d")


@dataclass(frozen=True, slots=True)
class FlowQuantity:
    """A mass that the ledger adds up.

    Attributes
    ----------
    name : str
        Its name in the formula.
    group : str
        Grouping of (stream, sector) pairs.
    steps, methods : frozenset of str
        Steps of the ledger, ids of methods; an empty set of methods means any.
    by : str
        ``origin``: whose waste it is. ``place``: where it is handled.
    """

    name: str
    group: str
    steps: frozenset[str]
    methods: frozenset[str]
    by: By

    @property
    def unit(self) -> Unit:
        """Masses of the ledger are grams."""
        return GRAM


@dataclass(frozen=True, slots=True)
class ObservedQuantity:
    """A quantity somebody observed; `zero_if_absent` where sources state it only when it is not zero."""

    name: str
    metric: str
    zero_if_absent: bool

    @property
    def unit(self) -> Unit:
        """The unit of the metric."""
        return parse_unit(load_metrics()[self.metric].unit)


DAYS_NAME = "days"


@dataclass(frozen=True, slots=True)
class PeriodQuantity:
    """The days of the period; in every formula its name is ``days``."""

    name: str

    @property
    def unit(self) -> Unit:
        """Days."""
        return DAY


Quantity = FlowQuantity | ObservedQuantity | PeriodQuantity


@dataclass(frozen=True, slots=True)
class Definition:
    """How one indicator is computed.

    Attributes
    ----------
    id : str
        Key shared with the catalogue.
    formula : Node or None
        None for an indicator that is described in words.
    quantities : tuple of Quantity
        In the order of the data file.
    tries : mapping of str to tuple of str
        Other metrics that could stand for a quantity; a checker tries them on a figure it cannot reproduce.
    zero_base_is_kept : bool
        Whether a decrease from a base of zero means that it stays zero.
    note : Text
        What is uncertain about the definition.
    """

    id: str
    formula: Node | None
    quantities: tuple[Quantity, ...]
    tries: Mapping[str, tuple[str, ...]]
    zero_base_is_kept: bool
    note: Text
    source: Source
    status: Status

    @property
    def flows(self) -> tuple[FlowQuantity, ...]:
        """The quantities that come from the ledger."""
        return tuple(quantity for quantity in self.quantities if isinstance(quantity, FlowQuantity))

    @property
    def by(self) -> By | Literal[""]:
        """Whose or where: of the flows; empty where there are none."""
        flows = self.flows
        return flows[0].by if flows else ""

    @property
    def metrics(self) -> frozenset[str]:
        """Metrics that are read for it, alternatives included."""
        own = {quantity.metric for quantity in self.quantities if isinstance(quantity, ObservedQuantity)}
        return frozenset(own).union(*self.tries.values())


@lru_cache(maxsize=1)
def load_definitions() -> Mapping[str, Definition]:
    """Read all definitions, keyed by indicator id, in the order of the data files.

    Raises
    ------
    InputError
        ``definitions.*`` where an entry is incomplete, repeated, or its dimensions do not fit its unit.
    NotFoundError
        Where it names a grouping, method, metric or source that does not exist.
    """
    return parse_definitions(DATA_DIRECTORY)


def parse_definitions(directory: Path) -> Mapping[str, Definition]:
    """Read the definitions of a data folder; see `load_definitions`."""
    definitions: dict[str, Definition] = {}
    for file in sorted(directory.glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
            where = f"{file.name}:{entry.get('id', '?')}"
            definition = _parse(entry, where)
            if definition.id in definitions:
                raise _refused("repeated", where, definition.id)
            definitions[definition.id] = definition
    return MappingProxyType(definitions)


def definition_of(indicator_id: str) -> Definition:
    """Give one definition.

    Raises
    ------
    NotFoundError
        If there is none under this id.
    """
    definition = load_definitions().get(indicator_id)
    if definition is None:
        raise NotFoundError("indicator", indicator_id)
    return definition


def _parse(entry: Mapping[str, Any], where: str) -> Definition:
    unknown = set(entry) - {
        "id",
        "text",
        "formula",
        "quantities",
        "tries",
        "zero_base",
        "note",
        "source",
        "status",
    }
    if unknown:
        raise _refused("unknown-key", where, ", ".join(sorted(unknown)))
    try:
        quantities = tuple(_quantity(name, rule, where) for name, rule in entry.get("quantities", {}).items())
        definition = Definition(
            id=entry["id"],
            formula=None if entry.get("text") else parse_formula(str(entry["formula"])),
            quantities=quantities,
            tries={
                name: tuple(map(_known_metric, metrics)) for name, metrics in entry.get("tries", {}).items()
            },
            zero_base_is_kept=entry.get("zero_base") == "keep",
            note=Text.parse(entry.get("note", "")),
            source=_known_source(entry["source"]),
            status=Status(entry["status"]),
        )
    except (KeyError, ValueError) as error:
        raise _refused("incomplete", where, str(error)) from error
    _check(definition, where)
    return definition


def _quantity(name: str, rule: Mapping[str, Any], where: str) -> Quantity:
    if "flow" in rule:
        flow, by = rule["flow"], rule["by"]
        if by not in ("origin", "place"):
            raise _refused("by", where, str(by))
        members_of(flow["group"])
        steps = frozenset(Step(step).value for step in _listed(flow["step"]))
        methods = frozenset[str]().union(*(_methods(method) for method in _listed(flow.get("method", []))))
        if methods and Step.USE in steps:
            # Direct use needs no method in the ledger: the step itself says what became of the waste.
            methods |= {""}
        return FlowQuantity(name, flow["group"], steps, methods, by)
    if "observation" in rule:
        absent = rule.get("if_absent", "missing")
        if absent not in ("missing", "zero"):
            raise _refused("if-absent", where, str(absent))
        return ObservedQuantity(name, _known_metric(rule["observation"]), absent == "zero")
    if rule.get("period") == "days" and name == DAYS_NAME:
        return PeriodQuantity(name)
    raise _refused("quantity", where, name)


def _check(definition: Definition, where: str) -> None:
    name = load_indicators().get(definition.id)
    if name is None:
        raise NotFoundError("indicator", definition.id)
    if (definition.formula is None) != (name.kind is IndicatorKind.TEXT):
        raise _refused("kind", where, name.kind)
    if definition.formula is None:
        return
    units = {quantity.name: quantity.unit for quantity in definition.quantities}
    if set(names_in(definition.formula)) != set(units):
        raise _refused("names", where, ", ".join(sorted(set(names_in(definition.formula)) ^ set(units))))
    found, wanted = formula_dims(definition.formula, units), parse_unit(name.unit).dims
    if found != wanted:
        raise _refused("dimensions", where, f"{dims_text(found)} ≠ {dims_text(wanted)}")
    for quantity, metrics in definition.tries.items():
        for metric in metrics:
            if parse_unit(load_metrics()[metric].unit).dims != units[quantity].dims:
                raise _refused("dimensions", where, metric)


def _methods(name: str) -> frozenset[str]:
    if name in set(MethodGroup):
        return methods_in(name)
    if name not in load_methods():
        raise NotFoundError("method", name)
    return frozenset({name})


def _known_metric(metric: str) -> str:
    if metric not in load_metrics():
        raise NotFoundError("metric", metric)
    return metric


def _known_source(source: str) -> Source:
    found = load_sources().get(source)
    if found is None:
        raise NotFoundError("source", source)
    return found


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


_RULES = {
    "repeated": Text("同一指标只能有一个定义", "an indicator has one definition only"),
    "unknown-key": Text("出现了不认识的字段", "a field nobody knows"),
    "incomplete": Text("缺少字段或取值不对", "a field is missing or has a wrong value"),
    "by": Text("by 只能是 origin 或 place", "by is origin or place"),
    "if-absent": Text("if_absent 只能是 zero", "if_absent can only be zero"),
    "quantity": Text(
        "量必须是 flow、observation 或 period: days", "a quantity is a flow, an observation or period: days"
    ),
    "kind": Text(
        "定性指标写 text: true，其余写公式",
        "an indicator in words says text: true, the others have a formula",
    ),
    "names": Text("公式与 quantities 的名称不一致", "formula and quantities name different things"),
    "dimensions": Text("量纲与指标单位不符", "the dimensions do not fit the unit"),
}


def _refused(rule: str, where: str, value: str) -> InputError:
    words = _RULES[rule]
    return InputError(
        f"definitions.{rule}",
        where,
        value,
        Text(
            f"指标定义 {where}：{words.zh}（{value}）。",
            f"Indicator definition {where}: {words.en} ({value}).",
        ),
    )
