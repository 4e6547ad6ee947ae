"""OpenID Connect without the network: what is sent to a provider, and what must be true of its answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from wufei.runtime.identity.core.tokens import token_hash

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures with a public key only: ``none`` and those with a shared secret are never accepted."""

CLOCK_SKEW = timedelta(seconds=60)
WAIT_MAX = timedelta(minutes=10)
"""How long a person may take at the provider."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider says of itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back, kept in the session meanwhile.

    Attributes
    ----------
    state, nonce, verifier : str
        Random: they tie the answer to this browser (RFC 6749, section 10.12), the token to this attempt
        (OpenID Connect Core 1.0, section 3.1.2.1), and the code to this program (RFC 7636).
    started_at : datetime
        UTC.
    next_path : str
        Where the person wanted to go.
    purpose : str
        ``sign-in``, ``link`` (to the account of who is signed in) or ``invitation``.
    invitation : str
        The token of the invitation that is being accepted.
    """

    state: str
    nonce: str
    verifier: str
    started_at: datetime
    next_path: str
    purpose: str = "sign-in"
    invitation: str = ""

    def as_json(self) -> dict[str, str]:
        """Give the attempt as the session keeps it."""
        return {
            "state": self.state,
            "nonce": self.nonce,
            "verifier": self.verifier,
            "started_at": self.started_at.isoformat(),
            "next_path": self.next_path,
            "purpose": self.purpose,
            "invitation": self.invitation,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, str]) -> Attempt:
        """Read what `as_json` wrote."""
        return cls(**{**values, "started_at": datetime.fromisoformat(values["started_at"])})  # type: ignore[arg-type]


def challenge(verifier: str) -> str:
    """Give the PKCE challenge of a verifier, method S256 (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def authorization_address(provider: Provider, attempt: Attempt, *, client_id: str, return_to: str) -> str:
    """Give the address to which the browser is sent (OpenID Connect Core 1.0, section 3.1.2.1)."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": return_to,
        "scope": "openid",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    joined = "&" if "?" in provider.authorization_endpoint else "?"
    return f"{provider.authorization_endpoint}{joined}{urlencode(query)}"


def answer_fault(attempt: Attempt, answer: Mapping[str, str], *, issuer: str, at: datetime) -> str:
    """Say why the provider's answer to the browser cannot be used, or "".

    Notes
    -----
    ``iss`` in the answer guards against a mix-up of providers (RFC 9207); one that sends none is not refused.
    """
    if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        return "state"
    if at - attempt.started_at > WAIT_MAX:
        return "late"
    if answer.get("iss", issuer) != issuer:
        return "issuer"
    if answer.get("error"):
        return "refused"
    return "" if answer.get("code") else "code"


def claims_fault(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, at: datetime) -> str:
    """Say which claim of a signed ID token is wrong, or "".

    Parameters
    ----------
    claims : mapping
        The content of the token; its signature has been checked.
    issuer, client_id, nonce : str
        What they must be.
    at : datetime
        The present instant; clocks may differ by `CLOCK_SKEW`.

    References
    ----------
    OpenID Connect Core 1.0, section 3.1.3.7, steps 2 to 5 and 9 to 11.
    """
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    tests = (
        ("iss", claims.get("iss") == issuer),
        ("aud", client_id in audiences and (len(audiences) == 1 or party == client_id)),
        ("azp", party is None or party == client_id),
        ("exp", _instant(claims, "exp") + CLOCK_SKEW.total_seconds() > at.timestamp()),
        ("iat", 0 < _instant(claims, "iat") <= at.timestamp() + CLOCK_SKEW.total_seconds()),
        ("nonce", hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())),
        ("sub", bool(claims.get("sub")) and isinstance(claims.get("sub"), str)),
    )
    return next((name for name, right in tests if not right), "")


def subject_hash(issuer: str, subject: str) -> str:
    """Give the hash under which a person of a provider is kept: the identifier itself is not needed."""
    return token_hash(f"{issuer}\n{subject}")


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
