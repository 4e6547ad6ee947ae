"""Kinds of papers and places: what each is called, carries and may hold, from the room's data files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text

DATA_DIRECTORY = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of dated document.

    Attributes
    ----------
    overlap : bool
        Whether two of this kind may be in force for one party at once.
    remind_days : tuple of int
        Days before the end on which someone is told.
    public : bool
        Whether a visitor may check one by its number.
    fields, required : frozenset of str
        What it carries beyond number, issuer and dates, and what of that it must have.
    """

    key: str
    label: Text
    overlap: bool
    remind_days: tuple[int, ...]
    public: bool
    fields: frozenset[str]
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class CertificateKind:
    """The certificates of people: their name on screen, and when someone is told before the last day."""

    label: Text
    remind_days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing that a kind of place says: ``text``, ``number``, ``whole`` or ``choice``, with its bounds."""

    key: str
    label: Text
    type: str
    least: Decimal | None
    most: Decimal | None
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceKind:
    """A kind of place.

    ``capacity_unit`` is ``t`` or ``t/d``, empty where it has none; ``capacity_max`` is in that unit.
    """

    key: str
    label: Text
    capacity_unit: str
    capacity_max: Decimal | None
    source: str
    has_codes: bool
    attributes: tuple[Attribute, ...]


@lru_cache(maxsize=1)
def paper_kinds() -> Mapping[str, PaperKind]:
    """Give the kinds of papers by key, in the order of the file."""
    return {
        row["key"]: PaperKind(
            row["key"],
            Text.parse(row["label"]),
            bool(row["overlap"]),
            tuple(sorted(row["remind_days"], reverse=True)),
            bool(row["public"]),
            frozenset(row["fields"]),
            frozenset(row.get("required", ())),
        )
        for row in _read("papers.yaml")
    }


@lru_cache(maxsize=1)
def certificate_kind() -> CertificateKind:
    """Give what holds for the certificates of people."""
    (row,) = _read("certificates.yaml")
    return CertificateKind(Text.parse(row["label"]), tuple(sorted(row["remind_days"], reverse=True)))


@lru_cache(maxsize=1)
def remind_days_max() -> int:
    """Give how many days before its end a paper or certificate is spoken of at the earliest."""
    of_papers = [days for kind in paper_kinds().values() for days in kind.remind_days]
    return max(*of_papers, *certificate_kind().remind_days)


@lru_cache(maxsize=1)
def place_kinds() -> Mapping[str, PlaceKind]:
    """Give the kinds of places by key, in the order of the file."""
    return {
        row["key"]: PlaceKind(
            row["key"],
            Text.parse(row["label"]),
            row.get("capacity", ""),
            _decimal(row.get("capacity_max")),
            row.get("source", ""),
            bool(row.get("lines")),
            tuple(_attribute(each) for each in row["attributes"]),
        )
        for row in _read("places.yaml")
    }


def read_attributes(
    kind: PlaceKind, given: Mapping[str, object], where: str
) -> tuple[dict[str, str], list[Finding]]:
    """Check what was said of a place against its kind; what cannot be stays out, with a Finding.

    Returns
    -------
    values : dict
        Attributes as plain text, numbers without blanks.
    findings : list of Finding
        ``registry.attribute``: unknown, no number, or out of bounds.
    """
    known = {attribute.key: attribute for attribute in kind.attributes}
    values: dict[str, str] = {}
    findings: list[Finding] = []
    for key, value in given.items():
        text = str(value).strip()
        if not text:
            continue
        attribute = known.get(key)
        fault = _unknown(kind, key) if attribute is None else _fault(attribute, text)
        if fault is None:
            values[key] = text
        else:
            findings.append(
                Finding(
                    "registry.attribute",
                    Severity.ERROR,
                    f"{where}/attributes/{key}",
                    fault,
                    value=text,
                    fix=Text("请改正或留空。", "Mend it or leave it empty."),
                )
            )
    return values, findings


def _unknown(kind: PlaceKind, key: str) -> Text:
    names = "、".join(attribute.key for attribute in kind.attributes) or "–"
    return Text(
        f"“{kind.label.zh}”没有“{key}”这一项；可填 {names}。",
        f"A {kind.label.en} has no “{key}”; it has {names}.",
    )


def _fault(attribute: Attribute, text: str) -> Text | None:
    label = attribute.label
    if attribute.type == "choice" and text not in attribute.choices:
        choices = "、".join(attribute.choices)
        return Text(f"{label.zh}“{text}”应为 {choices} 之一。", f"{label.en} “{text}” is none of {choices}.")
    if attribute.type not in ("number", "whole"):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    whole = attribute.type == "number" or (number.is_finite() and number == number.to_integral_value())
    least, most = attribute.least, attribute.most
    if (
        number.is_finite()
        and whole
        and (least is None or least <= number)
        and (most is None or number <= most)
    ):
        return None
    return Text(
        f"{label.zh}“{text}”应为 {least} 至 {most} 的{'数' if attribute.type == 'number' else '整数'}。",
        f"{label.en} “{text}” should be a {'number' if attribute.type == 'number' else 'whole number'} "
        f"from {least} to {most}.",
    )


def _attribute(row: Mapping[str, Any]) -> Attribute:
    return Attribute(
        row["key"],
        Text.parse(row["label"]),
        row["type"],
        _decimal(row.get("min")),
        _decimal(row.get("max")),
        tuple(row.get("choices", ())),
    )


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _read(name: str) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = yaml.safe_load((DATA_DIRECTORY / name).read_text("utf8"))
    return rows
