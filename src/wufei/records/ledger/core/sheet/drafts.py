"""One row of a ledger file, read into values; what cannot be read is a Finding with its cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.period import Precision
from wufei.kernel.text import Text
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.checks import local_date
from wufei.records.ledger.core.sheet import words
from wufei.records.ledger.core.sheet.cells import (
    Cells,
    read_book,
    read_id,
    read_name,
    read_period,
    read_ppm,
    read_word,
    read_yes,
)
from wufei.records.ledger.core.sheet.dates import read_date
from wufei.records.ledger.core.sheet.headers import Header, LedgerSheet
from wufei.records.ledger.core.sheet.messages import RowFinding, cell_finding, listed
from wufei.records.ledger.core.sheet.units import mass_of, read_amount, unit_in
from wufei.records.ledger.core.steps import allowed_kinds
from wufei.records.ledger.core.transfers import Evidence, Step
from wufei.records.ledger.core.words import EVIDENCE, KINDS, STEPS
from wufei.runtime.files.core.sheets import SheetRow, Value

_KEY_COLUMNS = ("date", "step", "stream", "quantity")
_STEPS = listed(STEPS.values())
_KINDS = listed(KINDS.values())
_EVIDENCE = listed(EVIDENCE.values())
_SECTORS = listed(sector.label for sector in Sector)
_REASONS = listed(words.REASONS.values())
_NONE = Text("")
_TOTALS = frozenset(
    {"合计", "总计", "小计", "总和", "累计", "本页合计", "本月合计", "total", "subtotal", "sum", "grandtotal"}
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row says, names not yet looked up.

    Attributes
    ----------
    row : int
        `LedgerSheet.key` of where it stands.
    kinds : (Kind, Kind)
        From which kind of account to which.
    grams : int
        Whole grams, rounded once from quantity and unit; `conversion` names the factor if one was needed.
    occurred_at : datetime
        In UTC; `precision` says how exactly that is known.
    holder, site, other_holder, other_site, region, origin : str
        Names as written.
    sector : str
        By which sector it was first made.
    book : str
        Empty: by the region.
    id : UUID, optional
        None: made from the content.
    """

    row: int
    step: Step
    kinds: tuple[Kind, Kind]
    stream: str
    quantity: Decimal
    unit: str
    grams: int
    conversion: str
    evidence: Evidence
    occurred_at: datetime
    precision: Precision
    sector: str
    method: str = ""
    holder: str = ""
    site: str = ""
    other_holder: str = ""
    other_site: str = ""
    region: str = ""
    origin: str = ""
    ref: str = ""
    finish: bool = False
    group: str = ""
    document: str = ""
    dry_share_ppm: int | None = None
    uncertainty_ppm: int = 0
    amends_period: str = ""
    reason: str = ""
    book: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A row that was read.

    Attributes
    ----------
    row : int
        `LedgerSheet.key` of it.
    draft : Draft, optional
        None if it cannot be posted, or if it is no record.
    findings : tuple of RowFinding
        What was found in it.
    group : str
        The posting group, also of a row that cannot be posted.
    record : bool
        False for totals and remarks.
    names : tuple of (str, str)
        Parties that it names, by column: they are looked up although other cells are wrong.
    """

    row: int
    draft: Draft | None
    findings: tuple[RowFinding, ...] = ()
    group: str = ""
    record: bool = True
    names: tuple[tuple[str, str], ...] = ()


def read_row(row: SheetRow, sheet: LedgerSheet) -> Reading | None:
    """Read one row; None if nothing stands in it.

    Parameters
    ----------
    row : SheetRow
        Below the header.
    sheet : LedgerSheet
        Which column is what.
    """
    if row.empty:
        return None
    key = sheet.key(row.number)
    note = _no_record(row, sheet.header)
    if note is not None:
        found = RowFinding(key, "", cell_finding(note[0], sheet.place(row.number), note[1]))
        return Reading(key, None, (found,), record=False)
    cells = Cells(sheet, row)
    draft = _draft(cells)
    group = cells.text("group")
    graves = any(found.grave for found in cells.found)
    # A column may be asked twice; what is wrong with it is said once.
    names = tuple((column, cells.text(column)) for column in ("holder", "other_holder"))
    return Reading(key, None if graves else draft, tuple(dict.fromkeys(cells.found)), group, names=names)


def _no_record(row: SheetRow, header: Header) -> tuple[str, str] | None:
    """Tell totals and remarks from records."""
    own = [
        row.values[at] if at < len(row.values) else None
        for key in _KEY_COLUMNS
        if (at := header.columns[key]) >= 0
    ]
    step = own[1]
    for value in row.values:
        if (
            isinstance(value, str)
            and words.plain(value).rstrip(":") in _TOTALS
            and (step is None or step == value)
        ):
            return "total-row", value
    flawed = any(header.columns[key] in row.flaws for key in _KEY_COLUMNS)
    return (
        None
        if flawed or any(value is not None for value in own[1:]) or _is_date(own[0])
        else ("remark-row", "")
    )


def _is_date(value: Value) -> bool:
    """Say whether the date column holds more than a remark, such as 制表人 in the first column."""
    if value is None or isinstance(value, bool):
        return False
    try:
        read_date(value)
    except InputError:
        return False
    return True


def _draft(cells: Cells) -> Draft | None:
    for key in _KEY_COLUMNS:
        cells.demand(key)
    step = _step(cells)
    kinds = _kinds(cells, step)
    stream, when = _stream(cells), _when(cells)
    how = read_word(cells, "evidence", words.evidence(), "unknown-evidence", _EVIDENCE)
    evidence = Evidence(how or Evidence.DECLARED)
    amount = _amount(cells, evidence)
    mass = _mass(cells, amount, stream, when)
    sector = _sector(cells, stream)
    optional = _optional(cells)
    if step is None or kinds is None or when is None or amount is None or mass is None:
        return None
    (quantity, unit), (grams, conversion) = amount, mass
    return Draft(
        row=cells.key,
        step=step,
        kinds=kinds,
        stream=stream,
        quantity=quantity,
        unit=unit,
        grams=grams,
        conversion=conversion,
        evidence=evidence,
        occurred_at=when[0],
        precision=when[1],
        sector=sector,
        **optional,
    )


def _optional(cells: Cells) -> dict[str, Any]:
    """Read the columns that may be left out."""
    texts = ("ref", "group", "document")
    names = ("holder", "site", "other_holder", "other_site", "region", "origin")
    return {
        **{key: cells.text(key) for key in texts},
        **{key: read_name(cells, key) for key in names},
        "method": read_word(cells, "method", words.methods(), "unknown-method", _NONE),
        "reason": read_word(cells, "reason", words.reasons(), "unknown-reason", _REASONS),
        "book": read_book(cells.text("book")),
        "amends_period": read_period(cells),
        "dry_share_ppm": read_ppm(cells, "dry_share"),
        "uncertainty_ppm": read_ppm(cells, "uncertainty") or 0,
        "finish": read_yes(cells),
        "id": read_id(cells),
    }


def _step(cells: Cells) -> Step | None:
    code = read_word(cells, "step", words.steps(), "unknown-step", _STEPS)
    return Step(code) if code else None


def _kinds(cells: Cells, step: Step | None) -> tuple[Kind, Kind] | None:
    """Give the kinds that a step joins; where it has several pairs, the columns From and To choose."""
    source = read_word(cells, "source_kind", words.kinds(), "unknown-kind", _KINDS)
    target = read_word(cells, "target_kind", words.kinds(), "unknown-kind", _KINDS)
    if step is None:
        return None
    pairs = allowed_kinds(step)
    fitting = [pair for pair in pairs if source in ("", pair[0]) and target in ("", pair[1])]
    # A weighing difference is a leg's unless the row says that it is a run's.
    fitting = [pair for pair in fitting if Kind.PROCESS not in pair] or fitting
    if len(fitting) == 1:
        return fitting[0]
    choices = listed(
        Text(f"{KINDS[one].zh}→{KINDS[two].zh}", f"{KINDS[one].en} → {KINDS[two].en}")
        for one, two in (fitting or pairs)
    )
    column = "target_kind" if "target_kind" in cells.header.columns else "step"
    cells.say(column, "kind-needed", cells.text("step"), choices=choices)
    return None


def _stream(cells: Cells) -> str:
    text = cells.text("stream")
    code, near = words.stream_named(text)
    if text and not code:
        if near:
            cells.say("stream", "ambiguous-stream", text, choices=listed(map(words.stream_label, near)))
        else:
            cells.say("stream", "unknown-stream", text)
    return code


def _when(cells: Cells) -> tuple[datetime, Precision] | None:
    value = cells.value("date")
    if value is None or isinstance(value, bool):
        return None
    try:
        instant, precision = read_date(value)
    except InputError:
        cells.say("date", "date-form", cells.text("date"))
        return None
    if precision in (Precision.QUARTER, Precision.HALF):
        cells.say("date", "precision-not-kept", cells.text("date"))
    return instant, precision


def _amount(cells: Cells, evidence: Evidence) -> tuple[Decimal, str] | None:
    """Give quantity and unit: of the cell before that of its row, of the row before that of the header."""
    value = cells.value("quantity")
    if not isinstance(value, str | Decimal):
        if value is not None:
            cells.say("quantity", "quantity-form", str(value))
        return None
    try:
        amount = read_amount(value)
    except InputError:
        cells.say("quantity", "quantity-form", cells.text("quantity"))
        return None
    if amount.value <= 0:
        cells.say("quantity", "quantity-not-positive", amount.value)
        return None
    if amount.approximate and evidence is not Evidence.ESTIMATED:
        cells.say("quantity", "quantity-about", cells.text("quantity"), other=EVIDENCE[evidence])
    unit = _unit(cells, amount.unit)
    return (amount.value, unit) if unit else None


def _unit(cells: Cells, of_cell: str) -> str:
    written = cells.text("unit")
    of_column = unit_in(written)
    if written and not of_column:
        cells.say("unit", "unknown-unit", written)
        return ""
    if of_cell and of_column and of_cell != of_column:
        cells.say("quantity", "units-disagree", cells.text("quantity"), other=written)
        return ""
    unit, of_header = of_cell or of_column, cells.header.unit
    if not (unit or of_header):
        cells.say("unit" if "unit" in cells.header.columns else "quantity", "unit-missing", "")
    elif unit and of_header and unit != of_header:
        column = "quantity" if of_cell else "unit"
        cells.say(column, "unit-beside-header", cells.text(column), other=of_header)
    return unit or of_header


def _mass(
    cells: Cells, amount: tuple[Decimal, str] | None, stream: str, when: tuple[datetime, Precision] | None
) -> tuple[int, str] | None:
    if amount is None or when is None or not stream:
        return None
    quantity, unit = amount
    on = local_date(when[0])
    try:
        return mass_of(quantity, unit, stream, on)
    except NotFoundError:
        cells.say(
            "unit" if cells.text("unit") else "quantity",
            "no-conversion",
            unit,
            stream=words.stream_label(stream),
            on=on,
        )
        return None


def _sector(cells: Cells, stream: str) -> str:
    given = read_word(cells, "sector", words.sectors(), "unknown-sector", _SECTORS)
    sector = given or words.default_sector(stream)
    if stream and not sector and not cells.text("sector"):
        cells.say("sector", "sector-needed", "", choices=_SECTORS)
    return sector
