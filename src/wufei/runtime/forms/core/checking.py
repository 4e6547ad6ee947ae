"""The one validation: raw answers become typed canonical values and Findings, wherever they came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from wufei.kernel.findings import Finding, Severity, has_error
from wufei.kernel.text import Text
from wufei.kernel.units import decimal_text
from wufei.runtime.forms.core.answers import AnswerError, Json, is_empty, number_of, read_answer, typed
from wufei.runtime.forms.core.definition import Bounds, Definition, Field, Kind
from wufei.runtime.forms.core.expressions import evaluate, holds


@dataclass(frozen=True, slots=True)
class Checked:
    """What answers amount to.

    Attributes
    ----------
    values : dict
        Canonical JSON by field; what is empty, hidden or cannot be read is left out. Decimals are texts.
    findings : tuple of Finding
        ``where`` is a JSON Pointer (RFC 6901) into the answers.
    """

    values: dict[str, Json]
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """Whether nothing must be mended."""
        return not has_error(self.findings)


def check(definition: Definition, answers: Mapping[str, object], today: date) -> Checked:
    """Check raw answers; checking the values that come out gives the same values.

    Parameters
    ----------
    definition : Definition
        What is asked.
    answers : mapping
        By field; a repeat is a list of mappings. What no field asks for is left out.
    today : date
        After which a day or month of a field without ``future`` must not lie.
    """
    findings: list[Finding] = []
    values = _checked_level(_Level("", definition.fields, {}, today), answers, findings)
    return Checked(values, tuple(findings))


@dataclass(frozen=True, slots=True)
class _Level:
    place: str
    fields: tuple[Field, ...]
    outer: Mapping[str, object]
    today: date


def _checked_level(level: _Level, answers: Mapping[str, object], findings: list[Finding]) -> dict[str, Json]:
    values: dict[str, Json] = {}
    names: dict[str, object] = dict(level.outer)
    visible = []
    for field in level.fields:
        names.pop(field.key, None)
        if field.visible_if is not None and not holds(field.visible_if, names):
            continue
        visible.append(field)
        place = f"{level.place}/{field.key}"
        if field.kind is Kind.REPEAT:
            rows, typed_rows = _checked_rows(
                field, _Level(place, field.fields, names, level.today), answers.get(field.key), findings
            )
            if rows:
                values[field.key], names[field.key] = list(rows), typed_rows
            continue
        value = (
            _computed(field, names) if field.kind is Kind.COMPUTED else _read(field, place, answers, findings)
        )
        if value is not None:
            values[field.key], names[field.key] = value, typed(field, value)
            _check_value(field, place, value, findings)
            _check_past(field, place, value, level.today, findings)
    for field in visible:
        needed = field.required or (field.required_if is not None and holds(field.required_if, names))
        if needed and is_empty(answers.get(field.key)) and field.kind is not Kind.COMPUTED:
            findings.append(_required(field, f"{level.place}/{field.key}"))
    return values


def _read(field: Field, place: str, answers: Mapping[str, object], findings: list[Finding]) -> Json | None:
    raw = answers.get(field.key)
    if is_empty(raw):
        return None
    try:
        value = read_answer(field, raw)
    except AnswerError as error:
        findings.append(_finding(error.code, field, place, raw, error.message, error.fix))
        return None
    return None if is_empty(value) else value


def _checked_rows(
    field: Field, level: _Level, raw: object, findings: list[Finding]
) -> tuple[list[dict[str, Json]], list[Mapping[str, object]]]:
    place = level.place
    given = [row if isinstance(row, Mapping) else {} for row in raw] if isinstance(raw, list | tuple) else []
    if given and len(given) > field.rows_max:
        findings.append(_rows_wrong(field, place, len(given)))
        given = given[: field.rows_max]
    elif len(given) < field.rows_min:
        findings.append(_rows_wrong(field, place, len(given)))
    by_key = {inner.key: inner for inner in field.fields}
    rows: list[dict[str, Json]] = []
    typed_rows: list[Mapping[str, object]] = []
    for number, answers in enumerate(given):
        row = _checked_level(replace(level, place=f"{place}/{number}"), answers, findings)
        rows.append(row)
        typed_rows.append({key: typed(by_key[key], value) for key, value in row.items()})
    _check_unique(field, place, rows, findings)
    return rows, typed_rows


def _check_unique(field: Field, place: str, rows: list[dict[str, Json]], findings: list[Finding]) -> None:
    for inner in field.fields:
        seen: dict[str, int] = {}
        for number, row in enumerate(rows):
            if not inner.unique or inner.key not in row:
                continue
            first = seen.setdefault(str(row[inner.key]), number)
            if first != number:
                message = Text(f"与第 {first + 1} 行重复", f"is the same as in row {first + 1}")
                fix = Text("请改为不同的值，或删除此行。", "Change it, or remove the row.")
                where = f"{place}/{number}/{inner.key}"
                findings.append(_finding("forms.repeated", inner, where, row[inner.key], message, fix))


def _computed(field: Field, names: Mapping[str, object]) -> Json | None:
    result = evaluate(field.compute, names) if field.compute is not None else None
    if isinstance(result, Decimal):
        if not result.is_finite() or abs(result.adjusted()) > 30:
            return None
        rounded = (
            result.quantize(Decimal(1).scaleb(-(field.decimals or 0)), ROUND_HALF_EVEN)
            if (field.decimals is not None and result.adjusted() < 15)
            else result
        )
        plain = decimal_text(rounded)
        return (plain.rstrip("0").rstrip(".") or "0") if "." in plain else plain
    return list(result) if isinstance(result, tuple) else result


def _check_value(field: Field, place: str, value: Json, findings: list[Finding]) -> None:
    number = number_of(field, value)
    if number is not None:
        _check_number(field, place, value, number, findings)
    if isinstance(value, str) and field.kind in (Kind.TEXT, Kind.LONG_TEXT):
        if field.length_max is not None and len(value) > field.length_max:
            message = Text(
                f"有 {len(value)} 个字符，上限 {field.length_max}",
                f"has {len(value)} characters; the limit is {field.length_max}",
            )
            findings.append(
                _finding("forms.length", field, place, value, message, Text("请缩短。", "Shorten it."))
            )
        if field.pattern and not re.fullmatch(field.pattern, value):
            shown = field.example or field.pattern
            message = Text("格式不对", "has not the right form")
            fix = Text(f"请写成如 {shown}。", f"Write it like {shown}.")
            findings.append(_finding("forms.pattern", field, place, value, message, fix))


def _check_past(field: Field, place: str, value: Json, today: date, findings: list[Finding]) -> None:
    if field.future or field.kind not in (Kind.DATE, Kind.MONTH) or str(value) <= today.isoformat():
        return
    message = Text(f"{value} 晚于今天 {today}", f"{value} is later than today, {today}")
    findings.append(
        _finding("forms.future", field, place, value, message, Text("请核对日期。", "Check the date."))
    )


def _check_number(field: Field, place: str, value: Json, number: Decimal, findings: list[Finding]) -> None:
    written = Decimal(str(value["value"])) if isinstance(value, dict) else number
    exponent = written.as_tuple().exponent
    limit = None if field.kind is Kind.COMPUTED else field.decimals
    if limit is not None and isinstance(exponent, int) and -exponent > limit:
        message = Text(f"小数多于 {limit} 位", f"has more than {limit} decimals")
        fix = Text(f"请保留 {limit} 位小数。", f"Keep {limit} decimals.")
        findings.append(_finding("forms.decimals", field, place, written, message, fix))
    unit = field.units[0] if field.units else ""
    if not field.hard.hold(number):
        fix = Text("请核对数值和单位。", "Check the value and its unit.")
        findings.append(_finding("forms.bounds", field, place, written, _outside(field.hard, unit), fix))
    elif not field.soft.hold(number):
        fix = Text("如属实，请确认；否则请修改。", "Confirm it if it is right, else change it.")
        message = _outside(field.soft, unit)
        findings.append(_finding("forms.unusual", field, place, written, message, fix, Severity.WARNING))


def _outside(bounds: Bounds, unit: str) -> Text:
    least = "−∞" if bounds.least is None else decimal_text(bounds.least)
    most = "∞" if bounds.most is None else decimal_text(bounds.most)
    return Text(f"不在 {least} 至 {most} {unit} 之间", f"is not between {least} and {most} {unit}".rstrip())


def _required(field: Field, place: str) -> Finding:
    message, fix = Text("必填", "is required"), Text("请填写。", "Fill it in.")
    return _finding("forms.required", field, place, "", message, fix)


def _rows_wrong(field: Field, place: str, found: int) -> Finding:
    message = Text(
        f"有 {found} 行，应为 {field.rows_min} 至 {field.rows_max} 行",
        f"has {found} rows; there must be {field.rows_min} to {field.rows_max}",
    )
    return _finding("forms.rows", field, place, found, message, Text("请增减行。", "Add or remove rows."))


def _finding(  # noqa: PLR0913, PLR0917 - the parts of a Finding
    code: str,
    field: Field,
    place: str,
    value: object,
    message: Text,
    fix: Text,
    severity: Severity = Severity.ERROR,
) -> Finding:
    said = Text(
        f"{field.title.zh}：{message.zh}", f"{field.title.in_language('en')}: {message.in_language('en')}"
    )
    return Finding(code, severity, place, said, value=str(value)[:80], fix=fix)
