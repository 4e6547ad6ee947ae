"""Identifiers: UUID version 7, whose first 48 bits are the writer's clock (RFC 9562)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62
_RANDOM_BITS = 74
_RAND_B_BITS = 62


def new_id(at: datetime) -> UUID:
    """Make a fresh UUIDv7 for an instant; ids of later milliseconds sort later.

    Parameters
    ----------
    at : datetime
        The writer's clock, with a time zone.
    """
    return id_of(at, secrets.randbits(_RANDOM_BITS))


def id_of(at: datetime, random: int) -> UUID:
    """Make the UUIDv7 of an instant and 74 bits of chance; the same two give the same identifier.

    Parameters
    ----------
    at : datetime
        The writer's clock, with a time zone.
    random : int
        Drawn, or a hash of what the identifier stands for; bits beyond the lowest 74 are left out.
    """
    return _uuid7(_milliseconds(at), random)


def id_within(whole: UUID, ordinal: int) -> UUID:
    """Make the UUIDv7 of one part of a whole, with the clock of the whole; the same two give the same one.

    Parameters
    ----------
    whole : UUID
        Of which this is a part.
    ordinal : int
        Which part, >= 0.
    """
    digest = hashlib.sha256(whole.bytes + ordinal.to_bytes(8, "big")).digest()
    return _uuid7(whole.int >> 80, int.from_bytes(digest[:10], "big"))


def id_instant(identifier: UUID) -> datetime:
    """Read the writer's clock from a UUIDv7, in UTC to the millisecond.

    Raises
    ------
    ValueError
        If the identifier is not of version 7.
    """
    if identifier.version != 7:
        raise ValueError(
            f"{identifier} is a UUID of version {identifier.version}, not 7: it carries no clock"
        )
    return _EPOCH + (identifier.int >> 80) * _MILLISECOND


def _uuid7(clock_ms: int, random: int) -> UUID:
    rand_a, rand_b = (random >> _RAND_B_BITS) & 0xFFF, random & ((1 << _RAND_B_BITS) - 1)
    return UUID(int=(clock_ms << 80) | _VERSION_7 | (rand_a << 64) | _VARIANT | rand_b)


def _milliseconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone: identifiers need an unambiguous instant")
    # In whole numbers: seconds as a float lose a microsecond at a millisecond's edge.
    return (at - _EPOCH) // _MILLISECOND
