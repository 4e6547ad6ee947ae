"""The one way to write values as bytes: the JSON canonicalization scheme (RFC 8785).

Numbers that are not whole stand in values as text, so that two programs never round them differently; of the
scheme's number rules only those for whole numbers are needed, and floating point is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

Value = None | bool | int | str | Decimal | list["Value"] | tuple["Value", ...] | Mapping[str, "Value"]
"""What can be signed: text, whole numbers, decimals (as text), yes and no, nothing, lists, objects."""

WHOLE_MAX = 2**53 - 1
"""The largest whole number that all readers of JSON take exactly (RFC 7493, 2.2)."""


def canonical(value: Value) -> bytes:
    """Write a value as the bytes that are hashed and signed.

    Returns
    -------
    bytes
        UTF-8, without blanks, members in the order of the UTF-16 code units of their names.

    Raises
    ------
    InputError
        ``signing.not-canonical``: a number that is not whole or too large, a lone surrogate, another type.

    References
    ----------
    RFC 8785, 3.2.1 to 3.2.4.
    """
    return _written(value, "").encode("utf-8")


def digest_of(value: Value) -> str:
    """Give the SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def as_json(value: Value) -> object:
    """Give a value as it comes back from its canonical bytes: decimals as text, tuples as lists."""
    return json.loads(canonical(value))


def _written(value: Any, place: str) -> str:
    if value is None or isinstance(value, bool | str | Decimal):
        return _scalar(value, place)
    if isinstance(value, int):
        return _whole(value, place)
    if isinstance(value, list | tuple):
        return "[" + ",".join(_written(each, f"{place}/{at}") for at, each in enumerate(value)) + "]"
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        members = (f"{_text(name, place)}:{_written(value[name], f'{place}/{name}')}" for name in names)
        return "{" + ",".join(members) + "}"
    raise _refused(place, value)


def _scalar(value: bool | str | Decimal | None, place: str) -> str:  # noqa: FBT001 - a value, not a switch
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise _refused(place, value)
        return _text(format(value, "f"), place)
    return _text(value, place)


def _whole(value: int, place: str) -> str:
    if abs(value) > WHOLE_MAX:
        raise _refused(place, value)
    return str(value)


def _text(value: str, place: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _refused(place, ascii(value)) from error
    # Python escapes exactly what RFC 8785, 3.2.2.2 asks for: \b \t \n \f \r \" \\ and \u00xx below U+0020.
    return json.dumps(value, ensure_ascii=False)


def _refused(place: str, value: object) -> InputError:
    where = place or "/"
    return InputError(
        "signing.not-canonical",
        where,
        value,
        Text(
            f"{where} 的值 {value!r} 不能签名：只接受文字、±{WHOLE_MAX} 以内的整数、十进制小数、"
            "是否、空、列表和对象。"
            "小数请用十进制（Decimal）或文字。",
            f"{value!r} at {where} cannot be signed: only text, whole numbers within ±{WHOLE_MAX}, decimals, "
            "yes and no, nothing, lists and objects. Give a fraction as Decimal or as text.",
        ),
    )
