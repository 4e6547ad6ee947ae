"""Codes that change every half minute: HOTP (RFC 4226) and TOTP (RFC 6238)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
SECRET_BYTES = 20
"""RFC 4226, section 4: at least 128 bits, 160 recommended."""

DRIFT_STEPS = 1
"""RFC 6238, section 5.2: at most one step of delay; here one on either side, as clocks go both ways."""


def hotp(secret: bytes, counter: int, *, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """Give the code of a counter (RFC 4226, section 5.3).

    Parameters
    ----------
    secret : bytes
        What both sides share.
    counter : int
        >= 0; for TOTP the number of the half minute.
    digits : int
        6 to 8.
    algorithm : str
        The hash of the HMAC: ``sha1``, ``sha256`` or ``sha512``.
    """
    digest = hmac.new(secret, counter.to_bytes(8, "big"), getattr(hashlib, algorithm)).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_at(at: datetime) -> int:
    """Give the number of the half minute since 1970 in which an instant lies."""
    return int(at.timestamp()) // STEP_S


def matching_step(secret: bytes, code: str, at: datetime, *, after_step: int | None = None) -> int | None:
    """Give the step whose code this is, or None.

    Parameters
    ----------
    secret : bytes
        What both sides share.
    code : str
        What was typed; blanks within it do not matter.
    at : datetime
        The present instant.
    after_step : int, optional
        The last step that was accepted: it and all before it are spent, so that nobody uses a code again
        (RFC 6238, section 5.2).
    """
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdecimal()):
        return None
    present = step_at(at)
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        fresh = after_step is None or step > after_step
        if step >= 0 and fresh and hmac.compare_digest(hotp(secret, step), typed):
            return step
    return None


def secret_text(secret: bytes) -> str:
    """Give the secret as people type it into an authenticator: base32 without padding."""
    return base64.b32encode(secret).decode("ascii").rstrip("=")


def enrolment_address(secret: bytes, *, account: str, issuer: str) -> str:
    """Give the ``otpauth:`` address that an authenticator reads from the QR code.

    References
    ----------
    Key URI Format of Google Authenticator, which all common authenticators read.
    """
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    query = urlencode({"secret": secret_text(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"
