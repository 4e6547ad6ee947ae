"""A person's phone and e-mail: which are plausible."""

from __future__ import annotations

import re

EMAIL_LENGTH_MAX = 254
"""RFC 5321 with erratum 1690: the longest address that can be written to."""

_PHONE = re.compile(r"\+?[0-9]{5,15}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def plain_phone(text: str) -> str:
    """Give a phone number without the blanks, dashes and brackets that people write."""
    return re.sub(r"[\s()（）-]", "", text)


def is_phone(text: str) -> bool:
    """Say whether this can be a phone number: 5 to 15 digits (ITU-T E.164), with or without a plus."""
    return _PHONE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Say whether this can be an e-mail address; whether it exists shows when something is sent there."""
    return len(text) <= EMAIL_LENGTH_MAX and _EMAIL.fullmatch(text) is not None
