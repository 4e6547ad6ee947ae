"""Encrypt what must be read again, under keys derived from the signing key of the data directory."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text

_NONCE_BYTES = 12


def site_key(purpose: str) -> bytes:
    """Give 32 bytes for one purpose (HKDF, RFC 5869); who has the database alone does not have them."""
    material = str(settings.SECRET_KEY).encode()
    return HKDF(SHA256(), 32, salt=None, info=f"wufei {purpose}".encode()).derive(material)


def encrypt(content: bytes, *, purpose: str, owner: str) -> bytes:
    """Encrypt with AES-256-GCM, bound to its owner: copied into another row it does not open."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(site_key(purpose)).encrypt(nonce, content, owner.encode())


def decrypt(content: bytes, *, purpose: str, owner: str) -> bytes:
    """Give what `encrypt` was given.

    Raises
    ------
    ConflictError
        ``identity.not-ours``: the signing key is another one than then, or the row was changed.
    """
    try:
        return AESGCM(site_key(purpose)).decrypt(
            content[:_NONCE_BYTES], content[_NONCE_BYTES:], owner.encode()
        )
    except InvalidTag as error:
        raise ConflictError(
            "identity.not-ours",
            Text(
                "二次验证密钥无法解密：本机的签名密钥（secrets.json）与设置时不同。请恢复该文件，"
                "或由管理员执行 wufei people reset 后重新设置。",
                "The second factor cannot be decrypted: the signing key (secrets.json) is another one. "
                "Restore that file, or set it up anew after wufei people reset.",
            ),
        ) from error
