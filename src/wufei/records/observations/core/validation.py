"""What an observation must be like before it may be recorded, and what about it should be looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.kernel.units import Unit, parse_unit
from wufei.records.observations.core.metric_rules import MetricRule
from wufei.records.observations.core.observation import EVIDENCE, NewObservation, ObservationKind

# Values are kept with 12 decimal places and 26 digits before the point, more than any sum of money needs.
PLACES = 12
DIGITS = 38
TEXT_MAX = 2000
PPM_MAX = 10_000_000

_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_LIMIT = Decimal(10) ** (DIGITS - PLACES)
_BOOK = re.compile(r"actual|declared|synthetic|(?:published|scenario):[a-z0-9][a-z0-9._-]{0,49}", re.ASCII)


def check_observation(
    observation: NewObservation, rules: Mapping[str, MetricRule], today_on: date
) -> list[Finding]:
    """Give every Finding about one observation by itself; an error means it cannot be recorded."""
    findings = [finding for check in _CHECKS for finding in check(observation)]
    findings += _check_dates(observation, today_on)
    rule = rules.get(observation.metric)
    if rule is None:
        return [_unknown_metric(observation), *findings]
    return findings + _check_value(observation, rule)


def in_metric_unit(observation: NewObservation, rule: MetricRule) -> NewObservation:
    """Give the observation with its value in the unit of the metric; the text keeps what was written.

    Raises
    ------
    InputError
        If the unit does not measure what the metric measures; `check_observation` says so before.
    """
    if observation.value is None:
        return replace(observation, unit=rule.unit)
    return replace(
        observation, value=plain(_converted(observation.value, observation.unit, rule)), unit=rule.unit
    )


def _converted(value: Decimal, unit: str, rule: MetricRule) -> Decimal:
    in_unit = parse_unit(unit).to(parse_unit(rule.unit), value)
    return in_unit.quantize(Decimal(1).scaleb(-PLACES), context=_CONTEXT)


def plain(value: Decimal) -> Decimal:
    """Give a number without trailing zeros and without an exponent."""
    whole = value.to_integral_value(context=_CONTEXT)
    return whole if whole == value else value.normalize(_CONTEXT)


def _check_book(observation: NewObservation) -> list[Finding]:
    if _BOOK.fullmatch(observation.book):
        return []
    return [
        _error(
            observation,
            "book",
            observation.book,
            Text(f"账本“{observation.book}”无法识别。", f"Book “{observation.book}” is not understood."),
            Text(
                "账本为 actual、declared、synthetic、published:来源 或 scenario:编号。",
                "A book is actual, declared, synthetic, published:<source> or scenario:<id>.",
            ),
            Text("请写明账本。", "Name the book."),
        )
    ]


def _check_texts(observation: NewObservation) -> list[Finding]:
    texts = {
        "text": observation.text,
        "source_title": observation.source_title,
        "source_clause": observation.source_clause,
        "department": observation.department,
        "confirmed_by": observation.confirmed_by,
        "reason": observation.reason,
    }
    return [
        _error(
            observation,
            "text",
            name,
            Text(f"“{name}”过长或含有无效字符。", f"“{name}” is too long or holds what is no character."),
            Text(f"文字不超过 {TEXT_MAX} 字。", f"A text has at most {TEXT_MAX} characters."),
            Text("请改正文字。", "Mend the text."),
        )
        for name, text in texts.items()
        if len(text) > TEXT_MAX or not _is_storable(text)
    ]


def _is_storable(text: str) -> bool:
    # Half a surrogate pair is no character, and the database keeps no null character.
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _check_source(observation: NewObservation) -> list[Finding]:
    if observation.source_title.strip():
        return []
    return [
        _error(
            observation,
            "source",
            "",
            Text("没有出处。", "It has no source."),
            Text("每个值须注明文件名称和条款。", "Every value names its document and clause."),
            Text("请填写出处文件。", "Name the document it comes from."),
        )
    ]


def _check_dates(observation: NewObservation, today_on: date) -> list[Finding]:
    findings = []
    begun = observation.period.start <= today_on
    if not begun:
        findings.append(_future(observation, "period", str(observation.period), today_on))
    confirmed_on = observation.confirmed_on
    if confirmed_on is not None and confirmed_on > today_on:
        findings.append(_future(observation, "confirmed_on", confirmed_on.isoformat(), today_on))
    if begun and observation.period.end > today_on and not observation.provisional:
        findings.append(
            _warning(
                observation,
                "unfinished",
                str(observation.period),
                Text(
                    f"{observation.period.label()}尚未结束，却作为正式数填报。",
                    f"{observation.period.label('en')} is not over, yet the value is given as final.",
                ),
                Text("期末之前的数为快报。", "A value before the end of its period is provisional."),
                Text("请标为快报，或在期末后再报。", "Mark it provisional, or wait for the end."),
            )
        )
    return findings


def _check_reporting(observation: NewObservation) -> list[Finding]:
    if observation.kind is not ObservationKind.REPORTED:
        return []
    missing = [] if observation.department.strip() else [Text("责任部门", "the department")]
    if not observation.provisional and not (observation.confirmed_by.strip() and observation.confirmed_on):
        missing.append(Text("确认单位和日期", "who confirmed it and when"))
    return [
        _warning(
            observation,
            "unconfirmed",
            "",
            Text(f"上报值缺少{what.zh}。", f"The reported value lacks {what.en}."),
            Text(
                "上报值须有责任部门、文件、确认单位和日期。",
                "A reported value has department, document, confirming office and date.",
            ),
            Text("请补充后更正该值。", "Add it and correct the value."),
        )
        for what in missing
    ]


def _check_evidence(observation: NewObservation) -> list[Finding]:
    findings = []
    if observation.evidence not in EVIDENCE:
        findings.append(
            _error(
                observation,
                "evidence",
                observation.evidence,
                Text(
                    f"取得方式“{observation.evidence}”无法识别。",
                    f"Evidence “{observation.evidence}” is unknown.",
                ),
                Text(f"允许：{'、'.join(EVIDENCE)}。", f"Allowed: {', '.join(EVIDENCE)}."),
                Text("请改为允许的取值。", "Use one of these."),
            )
        )
    if not 0 <= observation.relative_ppm <= PPM_MAX:
        findings.append(
            _error(
                observation,
                "uncertainty",
                str(observation.relative_ppm),
                Text(
                    f"相对不确定度为 {observation.relative_ppm} ppm。",
                    f"The relative uncertainty is {observation.relative_ppm} ppm.",
                ),
                Text(f"不确定度为 0 至 {PPM_MAX} ppm。", f"An uncertainty is 0 to {PPM_MAX} ppm."),
                Text("请填 0（未知）或正整数。", "Give 0 (not known) or a positive integer."),
            )
        )
    return findings


_CHECKS: tuple[Callable[[NewObservation], list[Finding]], ...] = (
    _check_book,
    _check_texts,
    _check_source,
    _check_reporting,
    _check_evidence,
)


def _check_value(observation: NewObservation, rule: MetricRule) -> list[Finding]:
    if observation.value is None:
        return _check_words(observation, rule)
    if not _is_bounded(observation.value):
        return [_bad_number(observation)]
    findings = _check_unit(observation, rule)
    if not findings and abs(_converted(observation.value, observation.unit, rule)) >= _LIMIT:
        return [_bad_number(observation)]
    if observation.value < 0 and not rule.signed:
        findings.append(
            _error(
                observation,
                "negative",
                _written(observation),
                Text(
                    f"值为负：{_written(observation)}。", f"The value is negative: {_written(observation)}."
                ),
                Text(f"“{rule.id}”不小于 0。", f"“{rule.id}” is not below 0."),
                Text("请核对正负号。", "Check the sign."),
            )
        )
    return findings


def _is_bounded(value: Decimal) -> bool:
    # Exact arithmetic with 1E-999999 would take for ever.
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_CONTEXT.prec and abs(value) < _LIMIT


def _check_words(observation: NewObservation, rule: MetricRule) -> list[Finding]:
    if not observation.text.strip():
        return [
            _error(
                observation,
                "empty",
                "",
                Text("没有数值，也没有文字。", "There is neither a number nor a text."),
                Text("一条记录须有值。", "An observation has a value."),
                Text("请填写数值和单位，或删去该行。", "Give number and unit, or leave the row out."),
            )
        ]
    if rule.textual:
        return []
    return [
        _warning(
            observation,
            "words",
            observation.text,
            Text(
                f"“{rule.id}”应为数值，只有文字“{observation.text}”。",
                f"“{rule.id}” is a number, but only the words “{observation.text}” are given.",
            ),
            Text("只有文字的值不参与计算。", "A value in words is not computed with."),
            Text("有数值时请补充。", "Add the number once it is known."),
        )
    ]


def _check_unit(observation: NewObservation, rule: MetricRule) -> list[Finding]:
    expected = parse_unit(rule.unit)
    try:
        unit = parse_unit(observation.unit)
    except InputError as error:
        return [_wrong_unit(observation, rule, error.message)]
    if _compares(unit, expected):
        return []
    return [
        _wrong_unit(
            observation,
            rule,
            Text(
                f"单位“{unit.symbol or '（无）'}”与“{rule.id}”的单位“{expected.symbol or '（无）'}”不可比。",
                f"Unit “{unit.symbol or 'none'}” does not measure what “{rule.id}” does "
                f"(“{expected.symbol or 'none'}”).",
            ),
        )
    ]


def _compares(unit: Unit, expected: Unit) -> bool:
    # A percentage without its sign is a hundredfold jump: a plain number never stands for a percentage.
    if not unit.dims and not expected.dims:
        return (unit.symbol == "") == (expected.symbol == "")
    return unit.measures_like(expected)


def _unknown_metric(observation: NewObservation) -> Finding:
    return _error(
        observation,
        "metric",
        observation.metric,
        Text(f"指标或变量“{observation.metric}”不存在。", f"There is no metric “{observation.metric}”."),
        Text("须是目录中的变量或指标标识。", "It is the id of a metric or an indicator of the catalogue."),
        Text("请改正标识，或先在目录登记。", "Mend the id, or list the metric first."),
    )


def _wrong_unit(observation: NewObservation, rule: MetricRule, message: Text) -> Finding:
    return _error(
        observation,
        "unit",
        _written(observation),
        message,
        Text(
            f"“{rule.id}”以“{rule.unit or '（无单位）'}”计。",
            f"“{rule.id}” is in “{rule.unit or 'no unit'}”.",
        ),
        Text("请改正单位，并核对数值。", "Mend the unit and check the number."),
    )


def _bad_number(observation: NewObservation) -> Finding:
    return _error(
        observation,
        "number",
        str(observation.value),
        Text(f"数值 {observation.value} 无法记录。", f"The number {observation.value} cannot be recorded."),
        Text(
            f"数值须有限且小于 10 的 {DIGITS - PLACES} 次方。",
            f"A number is finite and below 10^{DIGITS - PLACES}.",
        ),
        Text("请核对数值和单位。", "Check the number and its unit."),
    )


def _future(observation: NewObservation, field: str, value: str, today_on: date) -> Finding:
    return _error(
        observation,
        "future",
        value,
        Text(
            f"{field} 为 {value}，晚于今天（{today_on}）。", f"{field} is {value}, after today ({today_on})."
        ),
        Text("观测值只记已经发生的事。", "An observation speaks of what has happened."),
        Text("请核对日期。", "Check the date."),
    )


def _written(observation: NewObservation) -> str:
    return observation.text or f"{observation.value} {observation.unit}".strip()


def _error(
    observation: NewObservation, code: str, value: str, message: Text, rule: Text, fix: Text
) -> Finding:
    return Finding(f"observations.{code}", Severity.ERROR, observation.where, message, value, rule, fix)


def _warning(
    observation: NewObservation, code: str, value: str, message: Text, rule: Text, fix: Text
) -> Finding:
    return Finding(f"observations.{code}", Severity.WARNING, observation.where, message, value, rule, fix)
