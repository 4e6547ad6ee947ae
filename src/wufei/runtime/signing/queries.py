"""Reads of signatures and devices, and whether a signature holds."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.core.kinds import Role
from wufei.runtime.identity.queries import names_of_users
from wufei.runtime.signing.core.canonical import Value, as_json, digest_of
from wufei.runtime.signing.core.places import Difference, differences
from wufei.runtime.signing.core.signature import Means, Subject, fingerprint, message, verifies
from wufei.runtime.signing.models import Device, Signature


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature as it was given.

    Attributes
    ----------
    content : str
        The canonical text of the values that were signed; ``digest`` is its SHA-256.
    """

    id: UUID
    subject: Subject
    digest: str
    content: str
    statement: str
    user_id: int
    who: str
    membership_id: int
    role: Role
    at: datetime
    means: Means
    asked_at: datetime | None
    public_key: bytes
    signature: bytes

    @property
    def digest_in_short(self) -> str:
        """The first sixteen digits, in fours."""
        return in_short(self.digest)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a signature holds, and whether the present values are those that were signed.

    Attributes
    ----------
    holds : bool
        The digest is that of the signed content, and a device's signature verifies.
    changed : tuple of Difference
        Signed before, present after; empty where nothing differs.
    """

    holds: bool
    changed: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device that signs for a person."""

    id: UUID
    name: str
    fingerprint: str
    registered_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the part ``signing/parts/sign.html`` prints: what is signed, and what a device has to sign."""

    statement: str
    digest: str
    asked_at: str
    message: str
    devices: str

    @property
    def digest_in_short(self) -> str:
        """The first sixteen digits, in fours."""
        return in_short(self.digest)


def in_short(digest: str) -> str:
    """Give the first sixteen digits of a digest, in fours, for people to compare."""
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))


def signatures_of(scope: Scope, *, kind: str, subject_id: UUID) -> list[SignatureRow]:
    """Give the signatures under a thing, the oldest first."""
    require(scope, "entry.read")
    found = list(Signature.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("at", "id"))
    names = names_of_users({row.user_id for row in found})
    return [_row(row, names.get(row.user_id, "")) for row in found]


def all_signatures(scope: Scope, *, batch: int = 500) -> Iterator[SignatureRow]:
    """Give every signature that the scope sees, the oldest first, read in batches."""
    require(scope, "audit.read")
    last: UUID | None = None
    while True:
        rows = Signature.objects.order_by("id")
        found = list((rows.filter(id__gt=last) if last else rows)[:batch])
        names = names_of_users({row.user_id for row in found})
        yield from (_row(row, names.get(row.user_id, "")) for row in found)
        if len(found) < batch:
            return
        last = found[-1].id


def verify(signature: SignatureRow, values: Value | None = None) -> Verdict:
    """Say whether a signature holds; with the present values also how they differ from the signed ones.

    Parameters
    ----------
    values : Value, optional
        The present values; None compares nothing.
    """
    signed = json.loads(signature.content)
    holds = digest_of(signed) == signature.digest
    if signature.means is Means.DEVICE and signature.asked_at is not None:
        told = message(
            signature.subject,
            digest=signature.digest,
            statement=signature.statement,
            user_id=signature.user_id,
            asked_at=signature.asked_at,
        )
        holds = holds and verifies(signature.public_key, signature.signature, told)
    changed = () if values is None else tuple(differences(signed, as_json(values)))
    return Verdict(holds, changed)


def devices_of(scope: Scope) -> list[DeviceRow]:
    """Give the devices of whoever asks, those in use first."""
    if scope.user_id is None:
        return []
    rows = Device.objects.filter(user_id=scope.user_id).order_by("revoked_at", "-registered_at")
    found = [
        DeviceRow(row.id, row.name, fingerprint(bytes(row.public_key)), row.registered_at, row.revoked_at)
        for row in rows
    ]
    return sorted(found, key=lambda row: row.revoked_at is not None)


def asked_of(scope: Scope, *, subject: Subject, values: Value, statement: Text, now: datetime) -> Asked:
    """Prepare a page that asks whoever reads it to sign values."""
    digest, said = digest_of(values), statement.in_language(scope.language)
    told = message(subject, digest=digest, statement=said, user_id=scope.user_id or 0, asked_at=now)
    devices = {row.fingerprint: str(row.id) for row in devices_of(scope) if row.revoked_at is None}
    return Asked(said, digest, now.isoformat(), base64.b64encode(told).decode(), json.dumps(devices))


def _row(row: Signature, who: str) -> SignatureRow:
    return SignatureRow(
        id=row.id,
        subject=Subject(row.subject_kind, row.subject_id, row.region_id, row.party_id),
        digest=row.digest,
        content=row.content,
        statement=row.statement,
        user_id=row.user_id,
        who=who,
        membership_id=row.membership_id,
        role=Role(row.role),
        at=row.at,
        means=Means(row.means),
        asked_at=row.asked_at,
        public_key=bytes(row.public_key or b""),
        signature=bytes(row.signature or b""),
    )
