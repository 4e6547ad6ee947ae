"""Which fields are asked as values stand, and what the computed ones hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wufei.runtime.forms.core.answers import typed
from wufei.runtime.forms.core.definition import Definition, Field, Kind
from wufei.runtime.forms.core.expressions import holds


@dataclass(slots=True)
class Standing:
    """Places that are not asked, and the values of computed ones, by JSON Pointer."""

    hidden: list[str] = field(default_factory=list)
    computed: dict[str, str] = field(default_factory=dict)


def standing(definition: Definition, values: Mapping[str, Any]) -> Standing:
    """Say how a form stands with canonical values, as `check` gives them."""
    found = Standing()
    _level(definition.fields, "", {}, values, found)
    return found


def _level(
    fields: tuple[Field, ...],
    above: str,
    outer: Mapping[str, object],
    values: Mapping[str, Any],
    found: Standing,
) -> None:
    names = dict(outer)
    for one in fields:
        place = f"{above}/{one.key}"
        names.pop(one.key, None)
        if one.visible_if is not None and not holds(one.visible_if, names):
            found.hidden.append(place)
            continue
        value = values.get(one.key)
        if one.kind is Kind.REPEAT:
            rows = value if isinstance(value, list) else []
            for number, row in enumerate(rows):
                _level(one.fields, f"{place}/{number}", names, row, found)
            by_key = {inner.key: inner for inner in one.fields}
            names[one.key] = [{key: typed(by_key[key], each) for key, each in row.items()} for row in rows]
            continue
        if one.kind is Kind.COMPUTED:
            found.computed[place] = "" if value is None else str(value)
        if value is not None:
            names[one.key] = typed(one, value)
