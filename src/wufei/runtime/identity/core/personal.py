"""A person's phone and e-mail: which are plausible, and how long they are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

EMAIL_LENGTH_MAX = 254
"""RFC 5321 with erratum 1690: the longest address that can be written to."""

_PHONE = re.compile(r"\+?[0-9]{5,15}")
# No sign that ends an address or joins two in the head of a mail.
_EMAIL = re.compile(r"[^@\s<>\",;:()\\\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def plain_phone(text: str) -> str:
    """Give a phone number without the blanks, dashes and brackets that people write."""
    return re.sub(r"[\s()（）-]", "", text)


def is_phone(text: str) -> bool:
    """Say whether this can be a phone number: 5 to 15 digits (ITU-T E.164), with or without a plus."""
    return _PHONE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Say whether this can be an e-mail address; whether it exists shows when something is sent there."""
    return len(text) <= EMAIL_LENGTH_MAX and _EMAIL.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class ContactRule:
    """How many days at most phone and e-mail are kept behind the last membership, from a day on."""

    from_on: date
    days_max: int
    source: str
    status: str


CONTACT_RULES = (
    ContactRule(
        date(2021, 11, 1),
        90,
        "中华人民共和国个人信息保护法（2021）第四十七条：处理目的已实现或者不再必要的，应当删除；天数为本系统所定",
        # Cited from memory; the law sets no number of days.
        "to-be-confirmed",
    ),
)


def contact_kept_since(on: date) -> date:
    """Give the day up to which a last membership must have ended for phone and e-mail to go."""
    in_force = [rule.days_max for rule in CONTACT_RULES if rule.from_on <= on]
    return on - timedelta(days=min(in_force, default=CONTACT_RULES[0].days_max))
