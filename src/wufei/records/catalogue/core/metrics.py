"""Observed quantities: what is not mass, or mass that only a bulletin states."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.kernel.units import parse_unit

_METRICS_CSV = Path(__file__).parent.parent / "data" / "metrics.csv"


@dataclass(frozen=True, slots=True)
class Metric:
    """One observed quantity.

    Attributes
    ----------
    id : str
        Key that observations carry, such as ``resident-population``.
    name : Text
        Name on screen.
    unit : str
        Unit of the recorded value, such as ``万元``.
    """

    id: str
    name: Text
    unit: str


@lru_cache(maxsize=1)
def load_metrics() -> Mapping[str, Metric]:
    """Read the observed quantities, keyed by id.

    Raises
    ------
    InputError
        ``metrics.repeated`` for an id used twice, ``unit.unknown`` for a unit nobody knows.
    """
    metrics: dict[str, Metric] = {}
    with _METRICS_CSV.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            metric = Metric(row["id"], Text(row["name_zh"], row["name_en"]), row["unit"])
            if metric.id in metrics:
                raise InputError("metrics.repeated", "id", metric.id, _repeated(metric.id))
            parse_unit(metric.unit)
            metrics[metric.id] = metric
    return MappingProxyType(metrics)


def _repeated(metric_id: str) -> Text:
    return Text(
        f"metrics.csv 中“{metric_id}”出现了两次；每个编号只能有一行。",
        f"metrics.csv has “{metric_id}” twice; keep one row for each id.",
    )
