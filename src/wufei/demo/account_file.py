"""A published account of a region, read from its file; a defective file gives Findings and no account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.kernel.uncertainty import PPM, relative_ppm, variance_g2
from wufei.kernel.units import grams_of, parse_quantity
from wufei.records.catalogue.core.methods import load_methods
from wufei.records.catalogue.core.rows import Row, gathered, once_each, read_rows
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.streams import load_streams
from wufei.records.ledger.core.transfers import Evidence

_ROOM = "demo"


class AccountStep(StrEnum):
    """What a line of an account may say: that waste arose, or that it was treated."""

    GENERATE = "generate"
    TREAT_IN = "treat-in"


class Into(StrEnum):
    """Where treated waste may be known to have ended."""

    USED = "used"
    ENERGY = "energy"
    DISCHARGED = "discharged"
    LANDFILLED = "landfilled"


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One published amount.

    Attributes
    ----------
    quantity, unit : Decimal, str
        As published; for a difference in tonnes.
    grams : int
        Mass in grams, > 0.
    into : Into or None
        None leaves the mass in an open process account: the source does not say where it went.
    clause : str
        Where in the source the amount stands, or how it follows.
    """

    id: str
    step: AccountStep
    stream: str
    sector: str
    quantity: Decimal
    unit: str
    grams: int
    evidence: Evidence
    relative_ppm: int
    clause: str
    method: str = ""
    into: Into | None = None


@dataclass(frozen=True, slots=True)
class PublishedAccount:
    """What a source says about the waste of one region in one year."""

    id: str
    book: str
    region_key: str
    period: Period
    holder_key: str
    holder_name: Text
    source_title: str
    declared_total_g: int
    lines: tuple[AccountLine, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: the account, or the Findings that kept it out."""

    account: PublishedAccount | None
    findings: tuple[Finding, ...]


def read_account(path: Path) -> Reading:
    """Read an account file whole or not at all.

    Parameters
    ----------
    path : Path
        YAML with ``book``, ``region``, ``period``, ``holder``, ``source`` and the list ``lines``.
    """
    rows, findings = read_rows(path.parent, path.name, "id", "lines", room=_ROOM)
    if findings:
        return Reading(None, tuple(findings))
    document: Mapping[str, Any] = yaml.safe_load(path.read_text("utf8"))
    head, head_findings = _head(document, path.name)
    lines = _lines(once_each(rows, "id"))
    findings = head_findings + gathered(rows)
    if findings or head is None:
        return Reading(None, tuple(findings))
    return Reading(replace(head, lines=lines), ())


def _head(document: Mapping[str, Any], file: str) -> tuple[PublishedAccount | None, list[Finding]]:
    source, holder = document.get("source"), document.get("holder")
    fields = {
        **document,
        "source_title": source.get("title") if isinstance(source, Mapping) else None,
        "holder_key": holder.get("key") if isinstance(holder, Mapping) else None,
        "holder_name": holder.get("name") if isinstance(holder, Mapping) else None,
    }
    row = Row(file, fields, _ROOM)
    names = ("id", "book", "region", "holder_key", "holder_name", "source_title", "declared_total")
    read = {name: row.required(name) for name in names}
    period = _period(row)
    total = _amount(row, "declared_total")
    if row.findings or period is None or total is None:
        return None, row.findings
    return (
        PublishedAccount(
            id=read["id"],
            book=read["book"],
            region_key=read["region"],
            period=period,
            holder_key=read["holder_key"],
            holder_name=Text.parse(fields["holder_name"]),
            source_title=read["source_title"],
            declared_total_g=total[2],
            lines=(),
        ),
        [],
    )


def _period(row: Row) -> Period | None:
    written = row.required("period")
    if not written:
        return None
    try:
        period = Period.parse(written)
    except InputError as error:
        row.refuse("period", written, error.message, _PERIOD_RULE, _PERIOD_FIX)
        return None
    if period.precision is not Precision.YEAR:
        row.refuse("period", written, _not_a_year(written), _PERIOD_RULE, _PERIOD_FIX)
    return period


def _lines(rows: list[Row]) -> tuple[AccountLine, ...]:
    """Read the amounts first, then what follows from them by subtraction; the file's order is kept."""
    known: dict[str, AccountLine] = {}
    for row in rows:
        if not row.text("rest_of"):
            line = _stated(row, known)
            if line is not None:
                known[line.id] = line
    for row in rows:
        if row.text("rest_of"):
            line = _rest(row, known)
            if line is not None:
                known[line.id] = line
    return tuple(known[row.text("id")] for row in rows if row.text("id") in known)


def _stated(row: Row, known: Mapping[str, AccountLine]) -> AccountLine | None:
    amount, evidence = _amount(row, "amount"), row.choice("evidence", Evidence)
    ppm = row.number("relative_ppm")
    line = _described(row, known)
    if row.findings or line is None or amount is None or evidence is None or ppm is None:
        return None
    quantity, unit, grams = amount
    return replace(line, quantity=quantity, unit=unit, grams=grams, evidence=evidence, relative_ppm=int(ppm))


def _rest(row: Row, known: Mapping[str, AccountLine]) -> AccountLine | None:
    line = _described(row, known)
    less = row.cells.get("less")
    names = [row.text("rest_of"), *([str(name) for name in less] if isinstance(less, list) else [])]
    for name in names:
        if name not in known:
            row.refuse("unknown-line", name, _unknown_line(name), _LINE_RULE, _LINE_FIX)
    if row.findings or line is None:
        return None
    whole, parts = known[names[0]], [known[name] for name in names[1:]]
    grams = whole.grams - sum(part.grams for part in parts)
    if grams <= 0:
        row.refuse("rest-not-positive", grams, _no_rest(row.text("id"), grams), _REST_RULE, _REST_FIX)
        return None
    # The uncertainty of a difference is that of its terms, carried by what is left of the mass.
    variance = sum(variance_g2(each.grams, each.relative_ppm) for each in (whole, *parts))
    return replace(
        line,
        quantity=Decimal(grams) / 1_000_000,
        unit="t",
        grams=grams,
        evidence=Evidence.DERIVED_BY_DIFFERENCE,
        relative_ppm=min(PPM, relative_ppm(variance, grams)),
    )


def _described(row: Row, known: Mapping[str, AccountLine]) -> AccountLine | None:
    """Read all of a line except its amount."""
    key, step, clause = row.required("id"), row.choice("step", AccountStep), row.required("clause")
    stream, sector, method, into = row.text("stream"), row.text("sector"), "", None
    if step is AccountStep.TREAT_IN:
        made = known.get(row.required("of"))
        if made is None:
            name = row.text("of")
            row.refuse("unknown-line", name, _unknown_line(name), _LINE_RULE, _LINE_FIX)
        else:
            stream, sector = made.stream, made.sector
        method = row.required("method")
        _among(row, "method", method, load_methods())
        into = row.choice("into", Into) if row.text("into") else None
    else:
        _among(row, "stream", row.required("stream"), load_streams())
        row.choice("sector", Sector)
    if row.findings or step is None:
        return None
    return AccountLine(
        key, step, stream, sector, Decimal(0), "t", 0, Evidence.STATISTICAL, 0, clause, method, into
    )


def _amount(row: Row, name: str) -> tuple[Decimal, str, int] | None:
    written = row.required(name)
    if not written:
        return None
    try:
        quantity = parse_quantity(written)
        grams = grams_of(quantity.value, quantity.unit)
    except InputError as error:
        row.refuse("unit", written, error.message, _UNIT_RULE, _UNIT_FIX)
        return None
    if grams <= 0:
        row.refuse("amount-not-positive", written, _not_positive(written), _UNIT_RULE, _AMOUNT_FIX)
        return None
    return quantity.value, quantity.unit.symbol, grams


def _among(row: Row, name: str, value: str, known: Mapping[str, object]) -> None:
    if value and value not in known:
        row.refuse(
            f"unknown-{name}",
            value,
            Text(f"“{name}”的值“{value}”不在目录中。", f"“{value}” in “{name}” is not in the catalogue."),
            Text("代码取自目录。", "Codes come from the catalogue."),
            Text("请改为目录中的代码。", "Use a code of the catalogue."),
        )


_PERIOD_RULE = Text("时段为年。", "The period is a year.")
_PERIOD_FIX = Text("请写作 2018。", "Write it like 2018.")
_UNIT_RULE = Text("数量写明数字和质量单位。", "An amount is a number with a unit of mass.")
_UNIT_FIX = Text("请改为如 23.35万吨 的写法。", "Write it like 23.35万吨.")
_AMOUNT_FIX = Text("请核对数量；没有的项不写。", "Check the amount; leave out what there is none of.")
_LINE_RULE = Text(
    "引用的行须在本文件中且写明了数量。", "A line that is named stands in this file with an amount."
)
_LINE_FIX = Text("请改正行号，或补上该行。", "Mend the id, or add the line.")
_REST_RULE = Text("由相减得出的量大于零。", "What follows by subtraction is above zero.")
_REST_FIX = Text("请核对被减数与减数。", "Check both amounts.")


def _not_a_year(written: str) -> Text:
    return Text(f"时段“{written}”不是一年。", f"Period “{written}” is not a year.")


def _unknown_line(name: str) -> Text:
    return Text(f"没有名为“{name}”的行。", f"There is no line “{name}”.")


def _no_rest(name: str, grams: int) -> Text:
    return Text(f"“{name}”相减后为 {grams} 克。", f"“{name}” leaves {grams} g.")


def _not_positive(written: str) -> Text:
    return Text(f"数量“{written}”不大于零。", f"The amount “{written}” is not above zero.")
