"""Raw answers of one field, from a page, a cell or a program, read into canonical JSON values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.kernel.units import decimal_text, parse_number, parse_unit
from wufei.runtime.forms.core.definition import Field, Kind

Json = str | int | bool | list["Json"] | dict[str, "Json"]

_YES = frozenset({"true", "yes", "y", "1", "on", "是", "有", "√"})
_NO = frozenset({"false", "no", "n", "0", "off", "否", "无", "×"})
_LONGEST = {Kind.TEXT: 500, Kind.LONG_TEXT: 10_000, Kind.REFERENCE: 200}
_FILES_MAX = 50
_SPLIT = re.compile(r"[,，;；、\n]")


class AnswerError(Exception):
    """An answer cannot be read; says the rule's key, what is the matter and the fix."""

    def __init__(self, code: str, message: Text, fix: Text) -> None:
        super().__init__(code)
        self.code, self.message, self.fix = code, message, fix


def is_empty(raw: object) -> bool:
    """Say whether nothing was answered."""
    if isinstance(raw, Mapping):
        return all(is_empty(raw[key]) for key in raw if key != "unit")
    return (
        raw is None
        or (isinstance(raw, str) and not raw.strip())
        or (isinstance(raw, list | tuple) and not raw)
    )


def read_answer(field: Field, raw: object) -> Json:  # noqa: C901, PLR0911 - one case for each kind
    """Read one answer that is not empty.

    Raises
    ------
    AnswerError
        It is none for this kind of field.
    """
    match field.kind:
        case Kind.TEXT | Kind.LONG_TEXT | Kind.REFERENCE:
            return _text(field, raw)
        case Kind.WHOLE:
            return _whole(raw)
        case Kind.DECIMAL:
            return _number_text(_number(raw))
        case Kind.QUANTITY:
            return _quantity(field, raw)
        case Kind.DATE | Kind.MONTH:
            return _period(raw, Precision.DAY if field.kind is Kind.DATE else Precision.MONTH)
        case Kind.YES_NO:
            return _yes_no(raw)
        case Kind.CHOICE:
            return _choice(field, raw)
        case Kind.CHOICES:
            chosen = {
                _choice(field, one)
                for one in (_SPLIT.split(raw) if isinstance(raw, str) else _list(raw))
                if one
            }
            return [choice.key for choice in field.choices if choice.key in chosen]
        case Kind.PHOTOS | Kind.FILES:
            return _identifiers(raw)
        case Kind.POSITION:
            return _position(raw)
        case _:
            return {"signature_id": _identifier(raw.get("signature_id") if isinstance(raw, Mapping) else raw)}


def number_of(field: Field, value: Json) -> Decimal | None:
    """Give the number of a canonical value in the canonical unit, or None if it is no number."""
    if field.kind is Kind.QUANTITY and isinstance(value, dict):
        unit = parse_unit(str(value["unit"]))
        return unit.to(parse_unit(field.units[0]), Decimal(str(value["value"])))
    if field.kind in (Kind.WHOLE, Kind.DECIMAL, Kind.COMPUTED) and not isinstance(value, bool | list | dict):
        try:
            return Decimal(value)
        except ArithmeticError:
            return None
    return None


def typed(field: Field, value: Json) -> object:
    """Give a canonical value as expressions see it."""
    number = number_of(field, value)
    return value if number is None else number


def _text(field: Field, raw: object) -> str:
    if isinstance(raw, Decimal):
        raw = _number_text(raw)
    if isinstance(raw, bool | list | Mapping | tuple):
        raise AnswerError(
            "forms.text", Text("应为文字", "should be text"), Text("请填写文字。", "Write text.")
        )
    text = str(raw).replace("\r\n", "\n").replace("\0", "").strip()
    longest = _LONGEST[field.kind]
    if len(text) > longest:
        raise AnswerError(
            "forms.length",
            Text(
                f"有 {len(text)} 个字符，上限 {longest}",
                f"has {len(text)} characters; the limit is {longest}",
            ),
            Text("请缩短。", "Shorten it."),
        )
    return text


def _number(raw: object) -> Decimal:
    try:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
            raise InputError("number.malformed", "number", raw, Text("不是数字"))  # noqa: TRY301 - one way to refuse
        return parse_number(raw if isinstance(raw, str) else format(Decimal(str(raw)), "f"))
    except (InputError, ArithmeticError, ValueError) as error:
        raise AnswerError(
            "forms.number",
            Text("不是数字", "is no number"),
            Text("请只填数字，如 12.5。", "Write a number only, such as 12.5."),
        ) from error


def _number_text(number: Decimal) -> str:
    plain = decimal_text(number)
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "+0", "") else plain


def _whole(raw: object) -> int:
    number = _number(raw)
    if number != number.to_integral_value():
        raise AnswerError(
            "forms.whole", Text("不是整数", "is no whole number"), Text("请填整数。", "Write a whole number.")
        )
    return int(number)


def _quantity(field: Field, raw: object) -> Json:
    parts = raw if isinstance(raw, Mapping) else {"value": raw}
    named = str(parts.get("unit") or field.units[0]).strip()
    known = {parse_unit(unit).symbol: unit for unit in field.units}
    try:
        unit = known[parse_unit(named).symbol]
    except (InputError, KeyError) as error:
        units = "、".join(field.units)
        raise AnswerError(
            "forms.unit",
            Text(f"单位“{named[:20]}”不在可选单位中", f"the unit “{named[:20]}” is not offered"),
            Text(f"请选择：{units}。", f"Choose one of {units}."),
        ) from error
    return {"value": _number_text(_number(parts.get("value"))), "unit": unit}


def _period(raw: object, precision: Precision) -> str:
    example = "2025-03-09" if precision is Precision.DAY else "2025-03"
    if isinstance(raw, datetime):
        raw = raw.date()
    try:
        period = (
            raw
            if isinstance(raw, Period)
            else Period.parse(raw.isoformat() if isinstance(raw, date) else str(raw))
        )
        if precision is Precision.MONTH and period.precision is Precision.DAY:
            period = Period.containing(period.start, Precision.MONTH)
    except (InputError, ValueError):
        period = None
    if period is None or period.precision is not precision:
        raise AnswerError(
            "forms.date",
            Text("不是日期" if precision is Precision.DAY else "不是月份", f"is no {precision}"),
            Text(f"请写成 {example}。", f"Write it as {example}."),
        )
    return str(period)


def _yes_no(raw: object) -> bool:
    word = str(raw).strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise AnswerError(
        "forms.yes-no",
        Text("应为是或否", "should be yes or no"),
        Text("请选“是”或“否”。", "Choose yes or no."),
    )


def _choice(field: Field, raw: object) -> str:
    word = _number_text(raw) if isinstance(raw, Decimal) else str(raw).strip()
    for choice in field.choices:
        if word in (choice.key, choice.title.zh, choice.title.en):
            return choice.key
    offered = field.choices[:8]
    raise AnswerError(
        "forms.choice",
        Text(f"“{word[:40]}”不在选项中", f"“{word[:40]}” is not offered"),
        Text(
            "请选择：" + "、".join(one.title.zh for one in offered) + "。",
            "Choose one of " + ", ".join(one.title.in_language("en") for one in offered) + ".",
        ),
    )


def _list(raw: object) -> list[object]:
    return list(raw) if isinstance(raw, list | tuple) else [raw]


def _identifiers(raw: object) -> list[Json]:
    given = _SPLIT.split(raw) if isinstance(raw, str) else _list(raw)
    kept = list(dict.fromkeys(_identifier(one) for one in given if one))
    if len(kept) > _FILES_MAX:
        raise AnswerError(
            "forms.files",
            Text(
                f"有 {len(kept)} 个文件，上限 {_FILES_MAX}",
                f"has {len(kept)} files; the limit is {_FILES_MAX}",
            ),
            Text("请减少文件。", "Take fewer."),
        )
    return list(kept)


def _identifier(raw: object) -> str:
    try:
        return str(UUID(str(raw).strip()))
    except ValueError as error:
        raise AnswerError(
            "forms.file",
            Text("不是已保存的编号", "is no identifier"),
            Text("请重新上传或签名。", "Upload or sign again."),
        ) from error


def _position(raw: object) -> Json:
    if isinstance(raw, str):
        raw = dict(zip(("longitude", "latitude", "accuracy_m"), _SPLIT.split(raw), strict=False))
    parts = raw if isinstance(raw, Mapping) else {}
    longitude, latitude = _number(parts.get("longitude")), _number(parts.get("latitude"))
    if abs(longitude) > 180 or abs(latitude) > 90:
        raise AnswerError(
            "forms.position",
            Text("经度应在 ±180、纬度在 ±90 之内", "longitude is within ±180, latitude within ±90"),
            Text("请核对经度和纬度的顺序。", "Check the order of longitude and latitude."),
        )
    found: dict[str, Json] = {"longitude": _number_text(longitude), "latitude": _number_text(latitude)}
    if not is_empty(parts.get("accuracy_m")):
        found["accuracy_m"] = _number_text(_number(parts.get("accuracy_m")))
    return found
