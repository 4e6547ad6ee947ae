"""Calls to other programs: which addresses may be called, how a call is signed, when it is tried again."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

TRIES_MAX = 8
_FIRST_PAUSE = timedelta(minutes=1)
_PAUSE_MAX = timedelta(hours=6)
_URL_CHARACTERS_MAX = 500


def parse_address(text: str) -> SplitResult:
    """Read the address of a webhook.

    Raises
    ------
    InputError
        ``webhook.address``: neither https nor http to this machine, or with a password in it.
    """
    try:
        parts = urlsplit(text.strip())
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_one = urlsplit(""), False
    own = parts.scheme == "http" and _is_loopback(parts.hostname or "")
    good = (
        bool(parts.hostname) and port_is_one and "@" not in parts.netloc and len(text) <= _URL_CHARACTERS_MAX
    )
    if not good or not (parts.scheme == "https" or own) or any(sign <= " " for sign in text.strip()):
        message = Text(
            f"“{text[:80]}”不能用作回调地址：须为 https://，不含口令。",
            f"“{text[:80]}” cannot be called: it must begin with https:// and hold no password.",
        )
        raise InputError("webhook.address", "url", text[:80], message)
    return parts


def may_be_called(address: str, networks: Sequence[str]) -> bool:
    """Say whether an IP address is public, or in a network that was allowed by name."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    if found.is_global and not found.is_multicast:
        return True
    return any(found in ipaddress.ip_network(network, strict=False) for network in networks)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Sign a call: HMAC-SHA256 over ``timestamp.body``, as hexadecimal digits."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def pause_after(tries: int) -> timedelta | None:
    """Give the pause after so many tries that failed; None when it is enough."""
    if tries >= TRIES_MAX:
        return None
    growth: int = 4 ** (tries - 1)
    return min(_PAUSE_MAX, _FIRST_PAUSE * growth)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
