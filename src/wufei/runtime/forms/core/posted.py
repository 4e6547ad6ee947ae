"""Fields of a sent page as answers: the name of a field is the JSON Pointer of its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wufei.runtime.forms.core.definition import Definition, Field, Kind

_SEVERAL = frozenset({Kind.CHOICES, Kind.PHOTOS, Kind.FILES})
_ROWS_MAX = 10_000


def answers_of(definition: Definition, sent: Iterable[tuple[str, list[str]]]) -> dict[str, Any]:
    """Give raw answers of what a page sent; names that no field has are left out.

    Parameters
    ----------
    sent : iterable of (name, values)
        ``/loans/2/book`` with what was typed there. Parts of a quantity or position follow with their key:
        ``/weight/value``, ``/weight/unit``.
    """
    tree: dict[str, Any] = {}
    for name, values in sent:
        if name.startswith("/"):
            _put(tree, name[1:].split("/"), values)
    return _level(definition.fields, tree)


def add_row(answers: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Give answers with one more empty row of a repeat."""
    return {**answers, key: [*answers.get(key, []), {}]}


def without_row(answers: Mapping[str, Any], key: str, number: int) -> dict[str, Any]:
    """Give answers without one row of a repeat, counted from 0."""
    rows = answers.get(key, [])
    return {**answers, key: [row for at, row in enumerate(rows) if at != number]}


def _put(tree: dict[str, Any], path: list[str], values: list[str]) -> None:
    for step in path[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    if not isinstance(tree.get(path[-1]), dict):
        tree[path[-1]] = values


def _level(fields: tuple[Field, ...], tree: Mapping[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for field in fields:
        given = tree.get(field.key)
        if field.kind is Kind.REPEAT:
            answers[field.key] = _rows(field, given)
        elif isinstance(given, Mapping):
            answers[field.key] = {
                key: values[-1] for key, values in given.items() if isinstance(values, list)
            }
        elif given:
            answers[field.key] = [one for one in given if one] if field.kind in _SEVERAL else given[-1]
    return answers


def _rows(field: Field, given: object) -> list[dict[str, Any]]:
    if not isinstance(given, Mapping):
        return []
    numbers = sorted(int(key) for key in given if key.isdecimal() and int(key) < _ROWS_MAX)
    rows = (given[str(number)] for number in numbers)
    return [_level(field.fields, row) for row in rows if isinstance(row, Mapping)]
