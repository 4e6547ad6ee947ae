"""What people write into the lines of a draft, checked at its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans.core.drafts import FIELDS, HEAD_FIELDS, UNIT_FIELDS, Json, Part, Standing, value_json
from wufei.records.plans.core.plan import Attribute, LineType
from wufei.records.plans.core.values import parse_value

TEXT_MAX = 4000
_NEEDED: Mapping[Part, tuple[str, ...]] = {
    Part.INDICATORS: ("name",),
    Part.TASKS: ("text",),
    Part.PROJECTS: ("name",),
    Part.TARGETS: ("name",),
}
_BETWEEN_UNITS = re.compile(r"[、,，;；\n]+")


def mended_head(head: Json, said: Mapping[str, str]) -> Json:
    """Write what a person says of the document.

    Raises
    ------
    InputError
        ``plan-draft.year``, ``plan-draft.day``, ``plan-draft.too-long``: the field and what it may be.
    """
    fields = {name: said[name].strip() for name in HEAD_FIELDS if name in said}
    for name, text in fields.items():
        _bound(name, text)
    made: Json = {**head, **fields}
    if "base_year" in fields:
        made["base_year"] = _year("base_year", fields["base_year"]) if fields["base_year"] else None
    if "target_years" in fields:
        years = [part for part in re.split(r"[、,，;；\s]+", fields["target_years"]) if part]
        made["target_years"] = sorted({_year("target_years", part) for part in years})
    if fields.get("issued_on"):
        made["issued_on"] = _day(fields["issued_on"])
    return made


def mended(part: Part, item: Json, said: Mapping[str, str]) -> Json:
    """Write what a person says of one line; what is not named stays.

    Raises
    ------
    InputError
        ``plan-draft.needed``, ``plan-draft.too-long``, ``plan-draft.year``, ``plan-draft.choice``.
    """
    made = dict(item)
    for name in FIELDS[part]:
        if name in said:
            made[name] = _field(name, said[name].strip())
    for name in _NEEDED[part]:
        if not made[name]:
            message = Text(
                "此项不能为空；不需要这一行时请选“不采用”。",
                "It cannot be empty; leave the line out instead.",
            )
            raise InputError("plan-draft.needed", name, "", message)
    if part is Part.INDICATORS:
        made["baseline"] = _value("baseline", said, item["baseline"])
        made["targets"] = [[year, _value(f"target-{year}", said, value)] for year, value in item["targets"]]
        have = {year for year, _ in item["targets"]}
        more = [name for name in said if re.fullmatch(r"target-20\d\d", name) and int(name[7:]) not in have]
        made["targets"] += [[int(name[7:]), _value(name, said, None)] for name in more if said[name].strip()]
        made["targets"].sort(key=lambda pair: pair[0] or 0)
    elif part is Part.TARGETS:
        made["value"] = _value("value", said, item["value"])
    made["standing"] = Standing.MENDED.value if made != item else Standing.ACCEPTED.value
    return made


def _field(name: str, text: str) -> Any:
    _bound(name, text)
    if name in UNIT_FIELDS:
        return [unit.strip() for unit in _BETWEEN_UNITS.split(text) if unit.strip()]
    if name == "year":
        return _year(name, text) if text else None
    if name == "indicator" and text and text not in load_indicators():
        raise _unknown(name, text, Text("没有这个指标。", "There is no such indicator."))
    if name in ("type", "attribute") and text not in [
        each.value for each in (LineType if name == "type" else Attribute)
    ]:
        raise _unknown(name, text, Text("不在可选项中。", "It is none of the choices."))
    return text


def _value(name: str, said: Mapping[str, str], before: Json | None) -> Json | None:
    """Read a value anew where its words changed; a bare number keeps the unit that the table gave it."""
    if name not in said:
        return before
    text = said[name].strip()
    _bound(name, text)
    if before is not None and text == before["text"]:
        return before
    value = value_json(parse_value(text))
    if before is not None and value["value"] is not None and not value["unit"]:
        value["unit"] = before["unit"]
    return value


def _bound(name: str, text: str) -> None:
    if len(text) > TEXT_MAX:
        message = Text(
            f"最多 {TEXT_MAX} 字，现有 {len(text)} 字。",
            f"At most {TEXT_MAX} characters; it has {len(text)}.",
        )
        raise InputError("plan-draft.too-long", name, text[:40], message)


def _year(name: str, text: str) -> int:
    digits = text.removesuffix("年")
    if not (digits.isdecimal() and 2000 <= int(digits) <= 2100):
        message = Text(f"“{text}”不是 2000 至 2100 的年份。", f"“{text}” is no year from 2000 to 2100.")
        raise InputError("plan-draft.year", name, text, message)
    return int(digits)


def _day(text: str) -> str:
    numbers = re.fullmatch(r"(20\d\d)[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月?)", text)
    period = "-".join(part.zfill(2) for part in numbers.groups() if part) if numbers else ""
    try:
        return str(Period.parse(period))
    except (ValueError, InputError) as error:
        message = Text(
            f"“{text}”不是日期；请写成 2025-06-30 或 2025-06。",
            f"“{text}” is no date; write 2025-06-30 or 2025-06.",
        )
        raise InputError("plan-draft.day", "issued_on", text, message) from error


def _unknown(name: str, text: str, message: Text) -> InputError:
    return InputError("plan-draft.choice", name, text, message)
