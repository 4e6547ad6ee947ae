"""What a signature is, what a device signs, and whether it did."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.signing.core.canonical import canonical

OFFER_LASTS = timedelta(minutes=30)
"""So long after the page was shown a device's signature is taken; a later one must be asked for anew."""

_HALF = 32


class Means(StrEnum):
    """By what a person signed, beside the session."""

    SECOND_FACTOR = "second-factor"
    DEVICE = "device"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _MEANS[self]


_MEANS = {
    Means.SECOND_FACTOR: Text("验证码签名", "Signed by code"),
    Means.DEVICE: Text("设备签名", "Signed by device"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing that is signed, and where it belongs."""

    kind: str
    id: UUID
    region_id: int
    party_id: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person gave to sign: a code, or a device's signature over the message of `message`.

    Attributes
    ----------
    signature : bytes
        64 bytes, r and s as WebCrypto gives them (IEEE P1363).
    asked_at : datetime or None
        When the page asked for a device's signature; part of what the device signed.
    """

    code: str = ""
    device_id: UUID | None = None
    signature: bytes = b""
    asked_at: datetime | None = None


def message(subject: Subject, *, digest: str, statement: str, user_id: int, asked_at: datetime) -> bytes:
    """Give the bytes that a device signs: who says what about which values of which thing, asked when."""
    return canonical(
        {
            "asked_at": asked_at.isoformat(),
            "digest": digest,
            "id": str(subject.id),
            "kind": subject.kind,
            "statement": statement,
            "user": user_id,
        }
    )


def verifies(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    """Say whether a P-256 key (SubjectPublicKeyInfo, DER) made this ECDSA-SHA-256 signature (r, s)."""
    if len(signature) != 2 * _HALF:
        return False
    numbers = (int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))
    try:
        parse_public_key(public_key).verify(encode_dss_signature(*numbers), signed, ec.ECDSA(SHA256()))
    except (InvalidSignature, InputError):
        return False
    return True


def parse_public_key(content: bytes) -> ec.EllipticCurvePublicKey:
    """Read a device's public key.

    Raises
    ------
    InputError
        ``signing.public-key``: not a P-256 key in SubjectPublicKeyInfo.
    """
    try:
        key = load_der_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InputError(
            "signing.public-key",
            "public_key",
            content[:16].hex(),
            Text(
                "没有收到可用的设备密钥（P-256）。请用支持安全连接（HTTPS）的浏览器打开本页再试。",
                "No usable device key (P-256) arrived. Open this page over HTTPS in a present browser.",
            ),
        )
    return key


def fingerprint(public_key: bytes) -> str:
    """Give the SHA-256 of a public key in hexadecimal digits: the name under which the browser keeps it."""
    return hashlib.sha256(public_key).hexdigest()


def parse_offer(fields: Mapping[str, str]) -> Offer | None:
    """Read what `signing/parts/sign.html` sends; None where nothing was signed.

    Raises
    ------
    InputError
        ``signing.unreadable``: a device's fields do not say what they should.
    """
    code = "".join(fields.get("sign_code", "").split())
    if not fields.get("sign_signature"):
        return Offer(code=code) if code else None
    try:
        return Offer(
            device_id=UUID(fields.get("sign_device", "")),
            signature=parse_base64(fields["sign_signature"]),
            asked_at=datetime.fromisoformat(fields.get("sign_asked_at", "")),
        )
    except ValueError as error:
        raise InputError(
            "signing.unreadable",
            "sign_signature",
            fields["sign_signature"][:32],
            Text(
                "设备签名无法识别。请刷新本页再签。",
                "The device's signature is unreadable. Reload and sign again.",
            ),
        ) from error


def parse_base64(text: str) -> bytes:
    """Read base64.

    Raises
    ------
    ValueError
        It is none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"{text[:16]!r} is not base64") from error
