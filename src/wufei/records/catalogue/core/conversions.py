"""How many grams one cubic metre, litre or piece of a stream has, from which day, and how surely."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from wufei.kernel.errors import NotFoundError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.rows import (
    DATA_DIRECTORY,
    Row,
    gathered,
    once_each,
    read_rows,
    refuse_broken,
)
from wufei.records.catalogue.core.sources import Source, Status, load_sources, source_of
from wufei.records.catalogue.core.streams import load_streams, refuse_unknown_stream

_PPM = 1_000_000

# No waste is lighter than loose foam (about 5 kg) or heavier than slag (about 5 t) per cubic metre. A value
# outside is a factor of a thousand too large or small: a wrong unit. A piece has no such bound.
_GRAMS_BOUNDS: Mapping[str, tuple[Decimal, Decimal]] = {
    "m3": (Decimal(5_000), Decimal(5_000_000)),
    "L": (Decimal(5), Decimal(5_000)),
    "tDS": (Decimal(1_000_000), Decimal(50_000_000)),
}


class ConversionUnit(StrEnum):
    """Units that need a conversion. ``tDS`` is a tonne of dry solids: more than a tonne of wet sludge."""

    CUBIC_METRE = "m3"
    LITRE = "L"
    DRY_TONNE = "tDS"
    PIECE = "个"


@dataclass(frozen=True, slots=True)
class Conversion:
    """Grams in one unit of a stream.

    Attributes
    ----------
    id : str
        Key that a transfer keeps.
    stream : str
        Stream code.
    unit : ConversionUnit
        The unit it converts from.
    grams_per_unit : Decimal
        Grams in one unit, > 0.
    effective_on : date
        First day it is used.
    relative_ppm : int
        Relative standard uncertainty, parts per million.
    source : Source
        Where the value stands.
    status : Status
        Whether the value is confirmed.
    """

    id: str
    stream: str
    unit: ConversionUnit
    grams_per_unit: Decimal
    effective_on: date
    relative_ppm: int
    source: Source
    status: Status


def parse_conversions(
    directory: Path, sources: Mapping[str, Source], codes: Collection[str]
) -> tuple[list[Conversion], list[Finding]]:
    """Read ``conversions.csv`` of a data folder."""
    rows, findings = read_rows(directory, "conversions.csv", "id")
    kept = once_each(once_each(rows, "id"), "stream", "unit", "effective_on")
    conversions = [found for row in kept if (found := _conversion(row, sources, codes))]
    return conversions, findings + gathered(rows)


@lru_cache(maxsize=1)
def load_conversions() -> tuple[Conversion, ...]:
    """Give all conversions, each with the day from which it is used.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    conversions, findings = parse_conversions(DATA_DIRECTORY, load_sources(), load_streams().keys())
    refuse_broken(findings)
    return tuple(conversions)


def conversion_for(stream: str, unit: str, on: date) -> Conversion:
    """Give the conversion of a stream and unit in force on a day.

    Raises
    ------
    NotFoundError
        If none is in force.
    """
    found = [
        conversion
        for conversion in load_conversions()
        if (conversion.stream, conversion.unit) == (stream, unit) and conversion.effective_on <= on
    ]
    if not found:
        hint = Text(
            f"“{unit}”在 {on} 没有折算为吨的系数，请以吨填报或先登记换算。",
            f"On {on} “{unit}” cannot be turned into tonnes; report tonnes, or add a conversion first.",
        )
        raise NotFoundError("conversion", f"{stream}/{unit}", hint)
    return max(found, key=lambda conversion: conversion.effective_on)


def _conversion(row: Row, sources: Mapping[str, Source], codes: Collection[str]) -> Conversion | None:
    key, stream, unit = row.required("id"), row.required("stream"), row.choice("unit", ConversionUnit)
    grams, effective_on = row.positive("grams_per_unit"), row.date("effective_on")
    relative_ppm, source = row.number("relative_ppm"), source_of(row, sources)
    status = row.choice("status", Status)
    if stream and stream not in codes:
        refuse_unknown_stream(row, stream)
    if grams is not None and unit is not None:
        _refuse_wrong_unit(row, unit, grams)
    if relative_ppm is not None and not _is_share_ppm(relative_ppm):
        _refuse_uncertainty(row, relative_ppm)
    if row.findings or unit is None or grams is None or effective_on is None:
        return None
    if relative_ppm is None or source is None or status is None:
        return None
    return Conversion(key, stream, unit, grams, effective_on, int(relative_ppm), source, status)


def _is_share_ppm(value: Decimal) -> bool:
    return value == value.to_integral_value() and 0 <= value < _PPM


def _refuse_uncertainty(row: Row, value: Decimal) -> None:
    row.refuse(
        "out-of-range",
        value,
        Text(
            f"相对不确定度 {value} ppm 超出范围。", f"A relative uncertainty of {value} ppm is out of range."
        ),
        Text(
            "应为 0 至 999999 的整数（百万分之一）。",
            "It is an integer from 0 to 999999 (parts per million).",
        ),
        Text("例如 15% 写作 150000。", "For example 15 % is 150000."),
    )


def _refuse_wrong_unit(row: Row, unit: ConversionUnit, grams: Decimal) -> None:
    low, high = _GRAMS_BOUNDS.get(unit, (Decimal(0), grams))
    if low <= grams <= high:
        return
    row.refuse(
        "wrong-unit",
        grams,
        Text(
            f"每 {unit} 为 {grams} 克，不在 {low} 至 {high} 克之间。",
            f"{grams} g per {unit} is not within {low} to {high} g.",
        ),
        Text("grams_per_unit 的单位是克。", "grams_per_unit is in grams."),
        Text("请核对是否误填了千克或吨。", "Check whether kilograms or tonnes were entered."),
    )
