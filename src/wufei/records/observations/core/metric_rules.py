"""What a value of each known metric may look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from wufei.records.catalogue.core.indicators import IndicatorKind, load_indicators
from wufei.records.catalogue.core.metrics import load_metrics

# Only what compares two years can fall below zero: a decrease that became an increase, or the reverse.
_SIGNED = ("-decrease", "-growth")


@dataclass(frozen=True, slots=True)
class MetricRule:
    """Unit and sign of a metric; ``textual`` metrics may be words."""

    id: str
    unit: str
    textual: bool = False
    signed: bool = False


@lru_cache(maxsize=1)
def load_metric_rules() -> Mapping[str, MetricRule]:
    """Give the rules of all metrics of the catalogue, and of all indicators, whose values may be reported."""
    rules = {metric.id: _rule(metric.id, metric.unit) for metric in load_metrics().values()}
    for name in load_indicators().values():
        rules[name.id] = _rule(name.id, name.unit, textual=name.kind is IndicatorKind.TEXT)
    return MappingProxyType(rules)


def _rule(key: str, unit: str, *, textual: bool = False) -> MetricRule:
    return MetricRule(key, unit, textual, signed=key.endswith(_SIGNED))
