"""What a room says of a kind of thing that is reviewed, by a tuple ``SUBJECTS`` in its module ``reviews``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.review.core.procedure import Procedure


@dataclass(frozen=True, slots=True)
class Row:
    """One value as people read it: its place, its name, what is shown; ``group`` is the heading above."""

    pointer: str
    label: Text
    shown: Text
    group: Text | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A thing as it stands now.

    Attributes
    ----------
    values : mapping
        What is reviewed and signed: text, whole numbers, decimals, yes and no, nothing, lists, objects.
    rows : tuple of Row
        The values to be shown, in reading order; only these places can be remarked on.
    address : str
        The page of the thing itself.
    department_id : int or None
        The department whose reviewers alone review it, with the office; None: any reviewer of the region.
    """

    title: Text
    region_id: int
    party_id: int | None
    values: Mapping[str, Any]
    rows: tuple[Row, ...]
    address: str
    department_id: int | None = None


def parse_like(pointer: str, text: str, present: Any) -> Any:
    """Read what was typed for a place as the kind of value that stands there; empty is nothing (null).

    Raises
    ------
    InputError
        ``review.value``: a whole number, or yes or no, was expected.
    """
    typed = text.strip()
    if not typed:
        return "" if isinstance(present, str) else None
    if isinstance(present, bool):
        known = {"true": True, "是": True, "yes": True, "false": False, "否": False, "no": False}
        if typed.lower() not in known:
            raise _unreadable(pointer, text, Text("请填“是”或“否”。", "Enter yes or no."))
        return known[typed.lower()]
    if isinstance(present, int):
        digits = typed.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= 15):
            raise _unreadable(pointer, text, Text("请填整数。", "Enter a whole number."))
        return int(typed)
    return typed


def _unreadable(pointer: str, text: str, fix: Text) -> InputError:
    message = Text(f"“{text}”不能用在这里。{fix.zh}", f"“{text}” cannot stand here. {fix.en}")
    return InputError("review.value", pointer, text, message)


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """How a room's things are read, amended and finished.

    Attributes
    ----------
    read : callable
        ``read(scope, id) -> Sheet``; raises `NotFoundError`.
    write : callable
        ``write(scope, id, {pointer: value})``, within the transaction of a resubmission; raises `InputError`
        whose field is the pointer.
    passed : callable
        ``passed(scope, id)``, in the transaction of the last pass.
    parse : callable
        ``parse(pointer, text, present value) -> value`` of what is typed on a page.
    """

    key: str
    title: Text
    procedure: Procedure
    read: Callable[[Scope, UUID], Sheet]
    write: Callable[[Scope, UUID, Mapping[str, Any]], None]
    passed: Callable[[Scope, UUID], None]
    parse: Callable[[str, str, Any], Any] = parse_like
