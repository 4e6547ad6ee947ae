"""Sign values, and keep the devices by which people sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.models import User
from wufei.runtime.identity.services import check_second_factor
from wufei.runtime.signing.core.canonical import Value, canonical, digest_of
from wufei.runtime.signing.core.signature import (
    OFFER_LASTS,
    Means,
    Offer,
    Subject,
    message,
    parse_public_key,
    verifies,
)
from wufei.runtime.signing.models import Device, Signature

NAME_MAX = 64
DEVICES_MAX = 10


def sign(
    scope: Scope,
    *,
    subject: Subject,
    values: Value,
    statement: Text,
    offer: Offer,
    now: datetime,
) -> UUID:
    """Keep a signature under values and give its id.

    Parameters
    ----------
    statement : Text
        What the signer was shown; kept in the language in which it was shown.
    offer : Offer
        A code of the second factor, or the signature of a device.

    Raises
    ------
    AccessError
        The role signs nothing here, or nobody is signed in.
    InputError
        ``signing.code``, ``signing.device``, ``signing.old``: the code or the device's signature is not good.
    ConflictError
        ``signing.twice``: this very signature of a device stands already.
    """
    require(scope, "entry.sign", region_id=subject.region_id, party_id=subject.party_id)
    user_id, membership_id = _person(scope)
    said, digest = statement.in_language(scope.language), digest_of(values)
    with transaction.atomic():
        by = (
            _by_device(subject, digest, said, user_id, offer, now)
            if offer.device_id
            else _by_factor(user_id, offer.code, now)
        )
        row = Signature(
            id=new_id(now),
            subject_kind=subject.kind,
            subject_id=subject.id,
            region_id=subject.region_id,
            party_id=subject.party_id,
            digest=digest,
            content=canonical(values).decode("utf-8"),
            statement=said,
            user_id=user_id,
            membership_id=membership_id,
            role=scope.role.value,
            at=now,
            **by,
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if "signature" in str(error) and "unique" in str(error):
                raise _twice() from error
            raise
    return row.id


def register_device(
    scope: Scope,
    *,
    name: str,
    public_key: bytes,
    code: str = "",
    password: str = "",
    now: datetime,
) -> UUID:
    """Let a device sign for whoever is signed in, proved by a code of the second factor or the password.

    Raises
    ------
    AccessError
        Nobody is signed in.
    InputError
        ``signing.device-name``, ``signing.public-key``, ``signing.code``, ``signing.password``.
    ConflictError
        ``signing.device-known``: the key is registered; ``signing.devices-many``: ten are in use.
    """
    user_id, _ = _person(scope)
    named = name.strip()
    if not named or len(named) > NAME_MAX:
        raise InputError("signing.device-name", "name", name, _NAME)
    parse_public_key(public_key)
    with transaction.atomic():
        _prove(user_id, code, password, now)
        if Device.objects.filter(user_id=user_id, revoked_at=None).count() >= DEVICES_MAX:
            raise ConflictError("signing.devices-many", _MANY)
        row = Device(id=new_id(now), user_id=user_id, name=named, public_key=public_key, registered_at=now)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise ConflictError("signing.device-known", _KNOWN) from error
    return row.id


def revoke_device(scope: Scope, *, device_id: UUID, now: datetime) -> None:
    """End a device of one's own: it signs nothing more, and what it signed stays signed.

    Raises
    ------
    NotFoundError
        No device in use of this person has the id.
    """
    user_id, _ = _person(scope)
    ended = Device.objects.filter(id=device_id, user_id=user_id, revoked_at=None).update(revoked_at=now)
    if not ended:
        raise NotFoundError("device", device_id)


def _by_factor(user_id: int, code: str, now: datetime) -> dict[str, Any]:
    if not code or not check_second_factor(user_id=user_id, code=code, at=now):
        raise InputError("signing.code", "sign_code", code, _CODE)
    return {"means": Means.SECOND_FACTOR}


def _by_device(
    subject: Subject, digest: str, said: str, user_id: int, offer: Offer, now: datetime
) -> dict[str, Any]:
    asked_at = offer.asked_at
    if asked_at is None or asked_at.tzinfo is None or not now - OFFER_LASTS <= asked_at <= now:
        raise InputError("signing.old", "sign_asked_at", asked_at, _OLD)
    # Locked, so that a device which is being ended signs nothing more.
    device = (
        Device.objects.select_for_update()
        .filter(id=offer.device_id or UUID(int=0), user_id=user_id, revoked_at=None)
        .first()
    )
    told = message(subject, digest=digest, statement=said, user_id=user_id, asked_at=asked_at)
    if device is None or not verifies(bytes(device.public_key), offer.signature, told):
        raise InputError("signing.device", "sign_device", str(offer.device_id), _DEVICE)
    return {
        "means": Means.DEVICE,
        "asked_at": asked_at,
        "device_id": device.id,
        "public_key": bytes(device.public_key),
        "signature": offer.signature,
    }


def _prove(user_id: int, code: str, password: str, now: datetime) -> None:
    if code:
        _by_factor(user_id, code, now)
        return
    person = User.objects.get(id=user_id)
    if authenticate(None, username=person.username, password=password) is None:
        raise InputError("signing.password", "password", "…", _PASSWORD)


def _person(scope: Scope) -> tuple[int, int]:
    if scope.user_id is None or scope.membership_id is None:
        raise AccessError("entry.sign")
    return scope.user_id, scope.membership_id


def _twice() -> ConflictError:
    return ConflictError(
        "signing.twice",
        Text(
            "这份签名已经保存。请刷新本页查看。", "This signature stands already. Reload the page to see it."
        ),
    )


_CODE = Text(
    "验证码不正确或已用过。请等待下一个 6 位验证码再签；还没有验证器的，请先在账户中开通两步验证。",
    "The code is wrong or was used. Wait for the next six digits; without an authenticator, set up the "
    "second factor of your account first.",
)
_OLD = Text(
    f"设备签名须在打开页面后 {OFFER_LASTS.seconds // 60} 分钟内完成。请刷新本页再签。",
    f"A device signs within {OFFER_LASTS.seconds // 60} minutes of opening the page. Reload it and sign.",
)
_DEVICE = Text(
    "设备签名与页面所示内容或登记的密钥不符，或设备已停用。请刷新本页再签，或改用验证码。",
    "The signature fits neither what the page shows nor a device of yours in use. Reload and sign again, or "
    "use a code.",
)
_PASSWORD = Text(
    "口令不正确，设备未登记。请重新输入口令，或改用验证码。",
    "The password is wrong; no device was registered. Enter it again, or use a code.",
)
_NAME = Text(
    f"请给设备起一个名字（1–{NAME_MAX} 个字），如“我的手机”。",
    f"Give the device a name of 1 to {NAME_MAX} characters, such as “my phone”.",
)
_MANY = Text(
    f"已有 {DEVICES_MAX} 台设备在用。请先停用不再使用的设备。",
    f"{DEVICES_MAX} devices are in use. End those you no longer use.",
)
_KNOWN = Text("这个设备密钥已经登记。", "This device key is registered already.")
