"""Observations read from a YAML or CSV file, row by row, with a Finding for each row that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.kernel.units import parse_quantity
from wufei.records.catalogue.core.rows import Row, gathered, read_rows
from wufei.records.observations.core.observation import NewObservation, ObservationKind

_SECTION = "observations"


def read_observation_file(
    path: Path, region_ids: Mapping[str, int]
) -> tuple[tuple[NewObservation, ...], tuple[Finding, ...]]:
    """Read a file of observations.

    Parameters
    ----------
    path : Path
        A CSV with one observation a row, or YAML with the list ``observations`` and, beside it, what all of
        them share: ``book``, ``region``, ``kind``, ``source: {title, clause}``, ``department`` ...
    region_ids : Mapping[str, int]
        Ids of regions by key, code or name.

    Returns
    -------
    tuple
        The observations that could be read, and the Findings about the rows that could not.
    """
    rows, findings = read_rows(path.parent, path.name, "metric", _section_of(path), room="observations")
    shared = {} if findings or path.suffix == ".csv" else _shared(path)
    read = []
    for row in rows:
        row.cells = {**shared, **row.cells}
        observation = _observation(row, region_ids)
        if observation is not None:
            read.append(observation)
    return tuple(read), tuple(findings + gathered(rows))


def _section_of(path: Path) -> str:
    return "" if path.suffix == ".csv" else _SECTION


def _shared(path: Path) -> dict[str, object]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    shared = {str(name): value for name, value in document.items() if name != _SECTION}
    source = shared.pop("source", None)
    if isinstance(source, Mapping):
        shared |= {f"source_{name}": value for name, value in source.items()}
    return shared


def _observation(row: Row, region_ids: Mapping[str, int]) -> NewObservation | None:
    book, metric, kind = row.required("book"), row.required("metric"), row.choice("kind", ObservationKind)
    region_id, period = _region_id(row, region_ids), _period(row)
    written, title = row.required("value"), row.required("source_title")
    confirmed_on = row.date("confirmed_on") if row.text("confirmed_on") else None
    relative_ppm = row.number("relative_ppm") if row.text("relative_ppm") else None
    if row.findings or kind is None or region_id is None or period is None:
        return None
    observation = NewObservation(
        book=book,
        metric=metric,
        region_id=region_id,
        period=period,
        value=None,
        unit="",
        text=written,
        kind=kind,
        source_title=title,
        source_clause=row.text("source_clause"),
        department=row.text("department"),
        confirmed_by=row.text("confirmed_by"),
        confirmed_on=confirmed_on,
        provisional=row.text("provisional").lower() in {"true", "yes", "1", "是", "快报"},
        evidence=row.text("evidence") or "statistical",
        relative_ppm=int(relative_ppm or 0),
        where=row.where,
    )
    return _with_value(row, observation)


def _with_value(row: Row, observation: NewObservation) -> NewObservation | None:
    try:
        quantity = parse_quantity(observation.text)
    except InputError as error:
        # What does not begin with a number stays words: validation knows whether the metric allows them.
        if error.code == "quantity.malformed":
            return observation
        row.refuse(
            "unit",
            observation.text,
            error.message,
            Text("数值后写单位，如 16万人。", "A number is followed by its unit, such as 16万人."),
            Text("请改正单位。", "Mend the unit."),
        )
        return None
    return replace(observation, value=quantity.value, unit=quantity.unit.symbol)


def _region_id(row: Row, region_ids: Mapping[str, int]) -> int | None:
    name = row.required("region")
    if name and name not in region_ids:
        row.refuse(
            "region",
            name,
            Text(f"区域“{name}”未登记。", f"Region “{name}” is not registered."),
            Text("区域写作代码、标识或全称。", "A region is given by code, key or full name."),
            Text("请改正，或先登记该区域。", "Mend it, or register the region first."),
        )
    return region_ids.get(name)


def _period(row: Row) -> Period | None:
    written = row.required("period")
    if not written:
        return None
    try:
        return Period.parse(written)
    except InputError as error:
        row.refuse(
            "period",
            written,
            error.message,
            Text("时段为年、半年、季、月或日。", "A period is a year, half year, quarter, month or day."),
            Text("请改正时段。", "Mend the period."),
        )
        return None
