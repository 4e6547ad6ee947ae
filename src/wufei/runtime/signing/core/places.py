"""Places in values, as JSON Pointers (RFC 6901), and what differs between two states of the same values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MISSING = object()
"""Stands for a place that does not exist, as nothing (null) is itself a value."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place at which two states differ; `MISSING` stands for a place that is not there."""

    pointer: str
    before: object
    after: object


def pointer_of(*parts: str | int) -> str:
    """Give the pointer of a place; ``~`` and ``/`` in names are escaped."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def parts_of(pointer: str) -> list[str]:
    """Split a pointer into the names and numbers on its way.

    Raises
    ------
    ValueError
        It neither is empty nor begins with ``/``.
    """
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"{pointer!r} is no JSON Pointer: it must be empty or begin with /")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def value_at(values: Any, pointer: str) -> Any:
    """Give what stands at a place, or `MISSING`."""
    found = values
    for part in parts_of(pointer):
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        elif isinstance(found, list | tuple) and _is_position(part, len(found)):
            found = found[int(part)]
        else:
            return MISSING
    return found


def with_values(values: Any, changes: Mapping[str, Any]) -> Any:
    """Give a copy of values in which existing places hold something else; other places stay away."""
    changed = values
    for pointer, value in changes.items():
        changed = _with(changed, parts_of(pointer), value)
    return changed


def leaves(values: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Give every innermost place with its value; an empty list or object is one itself."""
    if isinstance(values, Mapping) and values:
        for name, value in values.items():
            yield from leaves(value, pointer + pointer_of(name))
    elif isinstance(values, list | tuple) and values:
        for at, value in enumerate(values):
            yield from leaves(value, pointer + pointer_of(at))
    else:
        yield pointer, values


def differences(before: Any, after: Any) -> list[Difference]:
    """Give the innermost places that differ, in the order of the former values, new places last.

    Both are values as `wufei.runtime.signing.core.canonical.as_json` gives them.
    """
    old, new = dict(leaves(before)), dict(leaves(after))
    places = [*old, *(place for place in new if place not in old)]
    found = (Difference(place, old.get(place, MISSING), new.get(place, MISSING)) for place in places)
    return [each for each in found if not same(each.before, each.after)]


def same(one: object, other: object) -> bool:
    """Say whether two values are the same; yes is not one."""
    return type(one) is type(other) and one == other


def _is_position(part: str, length: int) -> bool:
    return part.isascii() and part.isdecimal() and str(int(part)) == part and int(part) < length


def _with(values: Any, parts: list[str], value: Any) -> Any:
    if not parts:
        return value
    head, rest = parts[0], parts[1:]
    if isinstance(values, Mapping) and head in values:
        return {name: _with(each, rest, value) if name == head else each for name, each in values.items()}
    if isinstance(values, list | tuple) and _is_position(head, len(values)):
        return [_with(each, rest, value) if at == int(head) else each for at, each in enumerate(values)]
    return values
