"""The form of a plan file: which fields it has, and what each accepts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.plans.core.plan import Attribute, Counted, LineSet, LineType


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field: what it accepts, in code and in words."""

    accepts: Callable[[object], bool]
    rule: Text
    required: bool = True


def _is_words(value: object) -> bool:
    return isinstance(value, str)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_name(value: object) -> bool:
    """Accept a Chinese text, or a mapping {zh, en}."""
    if isinstance(value, Mapping):
        return _is_text(value.get("zh")) and set(value) <= {"zh", "en"} and all(map(_is_text, value.values()))
    return _is_text(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_year(value: object) -> bool:
    return _is_count(value) and isinstance(value, int) and 1990 <= value <= 2100


def _is_period(value: object) -> bool:
    try:
        Period.parse(str(value))
    except InputError:
        return False
    return True


def _is_targets(value: object) -> bool:
    return isinstance(value, Mapping) and all(_is_year(y) and _is_text(v) for y, v in value.items())


def _list_of(accepts: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(map(accepts, value))


def _one_of(*words: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in words


def _words_rule(words: list[str]) -> Text:
    return Text(f"只能是 {'、'.join(words)}", f"must be one of {', '.join(words)}")


_TEXT = Text("必须是非空文字", "must be text")
_WORDS = Text("必须是文字，可为空", "must be text, may be empty")
_NAME = Text("必须是文字或 {zh, en}", "must be text or {zh, en}")
_COUNT = Text("必须是不小于0的整数", "must be a whole number, 0 or more")
_YEAR = Text("必须是1990—2100之间的年份", "must be a year from 1990 to 2100")
_QUOTED = Text(
    "必须是加引号的文字，以保留原写法（如 0.500）", "must be quoted text, so that 0.500 stays 0.500"
)
_TYPES = [kind.value for kind in LineType]
_ATTRIBUTES = [kind.value for kind in Attribute if kind.value]
_SETS = [kind.value for kind in LineSet]
_STATUSES = ["official", "to-be-confirmed"]
_COUNTED = [kind.value for kind in Counted]

PLAN_RULES: Mapping[str, FieldRule] = {
    "id": FieldRule(_is_text, _TEXT),
    "title": FieldRule(_is_name, _NAME),
    "region": FieldRule(
        _is_text, Text('必须是加引号的区域键，如 "110118"', 'must be a quoted region key, such as "110118"')
    ),
    "number": FieldRule(_is_words, _WORDS),
    "issuer": FieldRule(_is_words, _WORDS),
    "issued_on": FieldRule(
        _is_period, Text("必须是日期或月份，如 2022-10-10", "must be a day or month, such as 2022-10-10")
    ),
    "base_year": FieldRule(_is_year, _YEAR),
    "target_years": FieldRule(_list_of(_is_year), Text("必须是年份列表", "must be a list of years")),
    "status": FieldRule(_one_of(*_STATUSES), _words_rule(_STATUSES)),
    "source": FieldRule(lambda value: isinstance(value, Mapping), Text("必须是映射", "must be a mapping")),
    "declared_totals": FieldRule(
        _list_of(lambda value: isinstance(value, Mapping)), Text("必须是列表", "must be a list")
    ),
    "lines": FieldRule(
        _list_of(lambda value: isinstance(value, Mapping)), Text("必须是列表", "must be a list")
    ),
    "text_targets": FieldRule(
        _list_of(lambda value: isinstance(value, Mapping)),
        Text("必须是列表", "must be a list"),
        required=False,
    ),
    "tasks": FieldRule(
        _list_of(lambda value: isinstance(value, Mapping)),
        Text("必须是列表", "must be a list"),
        required=False,
    ),
    "projects": FieldRule(
        _list_of(lambda value: isinstance(value, Mapping)),
        Text("必须是列表", "must be a list"),
        required=False,
    ),
    "footnotes": FieldRule(
        lambda value: isinstance(value, Mapping) and all(map(_is_name, value.values())),
        Text("必须是“记号: 文字”", "must be mark: text"),
        required=False,
    ),
    "doubts": FieldRule(_list_of(_is_name), _NAME, required=False),
}

SOURCE_RULES: Mapping[str, FieldRule] = {
    "title": FieldRule(_is_text, _TEXT),
    "clause": FieldRule(_is_text, _TEXT),
    "note": FieldRule(_is_name, _NAME, required=False),
}

TOTAL_RULES: Mapping[str, FieldRule] = {
    "counted": FieldRule(_one_of(*_COUNTED), _words_rule(_COUNTED)),
    "value": FieldRule(_one_of(*_TYPES, *_ATTRIBUTES), _words_rule([*_TYPES, *_ATTRIBUTES]), required=False),
    "count": FieldRule(_is_count, _COUNT),
}

LINE_RULES: Mapping[str, FieldRule] = {
    # `no` would be read as false: YAML 1.1 takes it for a truth value.
    "number": FieldRule(_is_count, _COUNT),
    "set": FieldRule(_one_of(*_SETS), _words_rule(_SETS), required=False),
    "level1": FieldRule(_is_text, _TEXT),
    "level2": FieldRule(_is_text, _TEXT),
    "name": FieldRule(_is_text, _TEXT),
    "indicator": FieldRule(_is_text, _TEXT),
    "type": FieldRule(_one_of(*_TYPES), _words_rule(_TYPES)),
    "attribute": FieldRule(_one_of(*_ATTRIBUTES), _words_rule(_ATTRIBUTES), required=False),
    "base": FieldRule(_is_text, _QUOTED),
    "target": FieldRule(_is_targets, Text(f"必须是“年份: 值”，值{_QUOTED.zh}", f"year: value, {_QUOTED.en}")),
    "units": FieldRule(
        _list_of(_is_text), Text("必须是单位名称列表", "must be a list of names"), required=False
    ),
    "notes": FieldRule(
        _list_of(_is_text), Text("必须是脚注记号列表", "must be a list of marks"), required=False
    ),
    "doubts": FieldRule(_list_of(_is_name), _NAME, required=False),
}

TEXT_TARGET_RULES: Mapping[str, FieldRule] = {
    "year": FieldRule(_is_year, _YEAR),
    "name": FieldRule(_is_text, _TEXT),
    "indicator": FieldRule(_is_text, _TEXT, required=False),
    "value": FieldRule(_is_text, _QUOTED),
    "clause": FieldRule(_is_text, _TEXT),
}

_UNITS = FieldRule(_list_of(_is_text), Text("必须是单位名称列表", "must be a list of names of units"))

TASK_RULES: Mapping[str, FieldRule] = {
    "number": FieldRule(_is_text, _QUOTED),
    "section": FieldRule(_is_words, _WORDS),
    "title": FieldRule(_is_text, _TEXT),
    "text": FieldRule(_is_words, _WORDS, required=False),
    "lead": _UNITS,
    "support": _UNITS,
    "due": FieldRule(_is_words, _WORDS),
}

PROJECT_RULES: Mapping[str, FieldRule] = {
    "number": FieldRule(_is_text, _QUOTED),
    "field": FieldRule(_is_words, _WORDS),
    "name": FieldRule(_is_text, _TEXT),
    "content": FieldRule(_is_words, _WORDS, required=False),
    "units": _UNITS,
    "due": FieldRule(_is_words, _WORDS),
}
