"""Which passwords are good enough: long, none of the commonest, not the person's own names."""

from __future__ import annotations

from collections.abc import Iterable

from wufei.kernel.text import Text

LENGTH_MIN = 10
LENGTH_MAX = 256
"""Hashing is slow by design: a megabyte of password would keep a processor busy."""

_LATIN_NAME_LENGTH_MIN, _CHINESE_NAME_LENGTH_MIN = 4, 2
"""Shorter ones stand in ordinary words by chance."""

_DISTINCT_SIGNS_MIN = 4


def password_fault(password: str, *, names: Iterable[str] = (), common: bool = False) -> Text | None:
    """Say why a password is not good enough, or None.

    Parameters
    ----------
    password : str
        What was typed.
    names : iterable of str
        User name, name, firm: a password that holds one of them is guessed first. Very short ones are left
        out.
    common : bool
        Whether it is in the list of the commonest passwords.

    Notes
    -----
    Length counts, not the kinds of signs, and a password does not expire by itself.

    References
    ----------
    NIST SP 800-63B, section 5.1.1.2 (length, blocklists, no composition rules, no periodic change).
    """
    faults = (
        (len(password) < LENGTH_MIN, _too_short(len(password))),
        (len(password) > LENGTH_MAX, _TOO_LONG),
        (len(set(password)) < _DISTINCT_SIGNS_MIN, _MONOTONOUS),
        (common, _COMMON),
        (_holds_a_name(password, names), _OWN_NAME),
    )
    return next((fault for found, fault in faults if found), None)


def _holds_a_name(password: str, names: Iterable[str]) -> bool:
    folded = password.casefold()
    parts = (name.strip().casefold() for name in names)
    return any(len(part) >= _length_min(part) and part in folded for part in parts)


def _length_min(name: str) -> int:
    return _LATIN_NAME_LENGTH_MIN if name.isascii() else _CHINESE_NAME_LENGTH_MIN


def _too_short(length: int) -> Text:
    return Text(
        f"口令只有 {length} 个字符，至少需要 {LENGTH_MIN} 个。可以用几个不相关的词组成一句话。",
        f"The password has {length} characters and needs {LENGTH_MIN}. A few unrelated words do well.",
    )


_TOO_LONG = Text(
    f"口令超过 {LENGTH_MAX} 个字符。请缩短。",
    f"The password has more than {LENGTH_MAX} characters. Shorten it.",
)
_MONOTONOUS = Text(
    f"口令只有不到 {_DISTINCT_SIGNS_MIN} 种字符，容易被猜到。请换一个。",
    f"The password has fewer than {_DISTINCT_SIGNS_MIN} different characters. Choose another one.",
)
_COMMON = Text(
    "这是最常见的口令之一，会最先被猜到。请换一个。",
    "This is one of the commonest passwords and is tried first. Choose another one.",
)
_OWN_NAME = Text(
    "口令中含有用户名、姓名或单位名称，容易被猜到。请换一个。",
    "The password holds your user name, name or firm. Choose another one.",
)
