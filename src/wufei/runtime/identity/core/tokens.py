"""What is shown once and kept only as a hash: links, keys, recovery codes."""

from __future__ import annotations

import base64
import hashlib
import hmac

API_KEY_SIGN = "wf_"
API_KEY_DAYS_MAX = 365
API_KEY_SHOWN_LENGTH = 9
"""The beginning by which a person knows a key again; 36 of its 256 bits."""

LINK_DAYS = 7
RECOVERY_CODES = 10
RECOVERY_BYTES = 8
_RECOVERY_LENGTH = 13
_GROUP = 5


def token_hash(token: str) -> str:
    """Give the hash under which a secret of at least 128 random bits is kept: SHA-256, in hex.

    Such a secret cannot be guessed, so the hash needs neither salt nor slowness.
    """
    return hashlib.sha256(token.encode("utf8", "surrogatepass")).hexdigest()


def recovery_code(randomness: bytes) -> str:
    """Write random bytes as a code that can be copied from paper, such as ``ABCDE-FGHIJ-KLM``."""
    text = base64.b32encode(randomness).decode("ascii").rstrip("=")[:_RECOVERY_LENGTH]
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def recovery_hash(code: str, key: bytes) -> str:
    """Give the hash of a recovery code under a key of the site; case, blanks and dashes do not matter.

    A code has 64 random bits: without the key, who only has the table cannot try them all.
    """
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hmac.new(key, plain.encode("utf8", "surrogatepass"), hashlib.sha256).hexdigest()
