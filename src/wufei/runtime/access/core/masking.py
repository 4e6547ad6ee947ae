"""What of a phone, identity number, name or address is shown to whom."""

from __future__ import annotations

from wufei.runtime.access.core import PARTY_ROLES, Role, Scope, allowed, reaches

HIDDEN = "*"
_SHORT = 7


def mask_phone(value: str) -> str:
    """Hide the middle of a phone number: ``13812345678`` is ``138****5678``."""
    return _masked(value, 3, 4)


def mask_id_number(value: str) -> str:
    """Hide the middle of an identity number: six figures of the place and the last two stay.

    The birthday and the order number, which make a person known, are hidden.
    """
    return _masked(value, 6, 2)


def mask_name(value: str) -> str:
    """Give the family name: the first sign of a Chinese name."""
    return value[:1] + HIDDEN * (len(value) - 1)


def mask_email(value: str) -> str:
    """Show an address by the first character of its name and its domain: ``z***@example.cn``."""
    name, _, domain = value.partition("@")
    return f"{name[:1]}{HIDDEN * 3}@{domain}" if domain else ""


def may_see_personal(scope: Scope, *, region_id: int | None = None, party_id: int | None = None) -> bool:
    """Say whether personal data is shown in full: for who inspects there, and for the people's own firm.

    An agent writes for a firm, but does not read its people's numbers.
    """
    if scope.role in PARTY_ROLES and scope.role is not Role.AGENT and party_id in scope.party_ids:
        return True
    placed = region_id is not None or party_id is not None
    return (
        allowed(scope, "personal.read")
        and (scope.everything or placed)
        and reaches(scope, region_id, party_id)
    )


def shown_phone(
    scope: Scope, value: str, *, region_id: int | None = None, party_id: int | None = None
) -> str:
    """Give a phone number as this person may see it; `audit.services` also notes it."""
    return value if may_see_personal(scope, region_id=region_id, party_id=party_id) else mask_phone(value)


def shown_id_number(
    scope: Scope, value: str, *, region_id: int | None = None, party_id: int | None = None
) -> str:
    """Give an identity number as this person may see it."""
    return value if may_see_personal(scope, region_id=region_id, party_id=party_id) else mask_id_number(value)


def _masked(value: str, first: int, last: int) -> str:
    text = value.strip()
    if len(text) < max(_SHORT, first + last + 1):
        return HIDDEN * max(0, len(text) - 2) + text[-2:] if len(text) > 2 else HIDDEN * len(text)
    return text[:first] + HIDDEN * (len(text) - first - last) + text[-last:]
