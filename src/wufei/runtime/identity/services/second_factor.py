"""The second factor: a code from an authenticator, or from the paper with recovery codes."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.identity.core.sessions import FAILURES_PER_USERNAME_MAX, LOCK_WINDOW, locked_until
from wufei.runtime.identity.core.tokens import RECOVERY_BYTES, RECOVERY_CODES, recovery_code, recovery_hash
from wufei.runtime.identity.core.totp import SECRET_BYTES, matching_step
from wufei.runtime.identity.models import RecoveryCode, SecondFactor, SignInFailure
from wufei.runtime.identity.models.visibility import as_person
from wufei.runtime.identity.services.encryption import decrypt, encrypt, site_key
from wufei.runtime.identity.services.failures import forget_failures, note_failure_aside

_PURPOSE, _RECOVERY = "second factor", "recovery codes"


def begin_second_factor(*, user_id: int) -> bytes:
    """Give the secret of a second factor that is being set up; it counts from `confirm_second_factor` on.

    Until then the same secret is given again: a page that was loaded twice has one QR code.

    Raises
    ------
    ConflictError
        ``identity.second-factor-stands``: this person has one already.
    """
    with as_person(user_id):
        factor = SecondFactor.objects.select_for_update().filter(user_id=user_id).first()
        if factor is not None and factor.confirmed_at is not None:
            raise ConflictError(
                "identity.second-factor-stands",
                Text(
                    "二次验证已经设置。要换手机，请先停用再重新设置。",
                    "A second factor is set up already. To change phones, turn it off first.",
                ),
            )
        if factor is not None:
            return _secret(factor)
        secret = secrets.token_bytes(SECRET_BYTES)
        sealed = encrypt(secret, purpose=_PURPOSE, owner=str(user_id))
        SecondFactor.objects.create(user_id=user_id, secret=sealed)
        return secret


def confirm_second_factor(*, user_id: int, code: str, at: datetime) -> list[str]:
    """Let the second factor count from now on, and give the recovery codes, which nobody can see again.

    Raises
    ------
    InputError
        ``identity.code``: this is not the authenticator's code.
    ConflictError
        ``identity.second-factor-locked``: too many wrong codes.
    """
    _refuse_if_locked(user_id, at)
    with as_person(user_id):
        factor = SecondFactor.objects.select_for_update().filter(user_id=user_id, confirmed_at=None).first()
        step = matching_step(_secret(factor), code, at) if factor is not None else None
        if factor is None or step is None:
            note_failure_aside(username=second_factor_failures_name(user_id), at=at)
            raise wrong_code()
        factor.confirmed_at, factor.last_step = at, step
        factor.save(update_fields=["confirmed_at", "last_step"])
        return _new_codes(user_id)


def renew_recovery_codes(*, user_id: int) -> list[str]:
    """Give ten new recovery codes; the old ones are void."""
    with as_person(user_id):
        return _new_codes(user_id)


def remove_second_factor(*, user_id: int) -> None:
    """Turn the second factor off and forget its secret and codes."""
    with as_person(user_id):
        RecoveryCode.objects.filter(user_id=user_id).delete()
        SecondFactor.objects.filter(user_id=user_id).delete()


@transaction.atomic
def check_second_factor(*, user_id: int, code: str, at: datetime) -> bool:
    """Say whether a code proves that this person holds the second factor; a code is good for once.

    Parameters
    ----------
    user_id : int
        Whose second factor.
    code : str
        Six digits of the authenticator, or a recovery code.
    at : datetime
        The present instant.

    Returns
    -------
    bool
        False too for who has no second factor.

    Raises
    ------
    ConflictError
        ``identity.second-factor-locked``: five wrong codes within fifteen minutes.

    Notes
    -----
    A wrong code is counted beside the caller's transaction; a right one is spent inside of it.
    """
    _refuse_if_locked(user_id, at)
    with as_person(user_id):
        # The row is locked: of two requests with the same code the second finds it spent.
        factor = (
            SecondFactor.objects.select_for_update()
            .filter(user_id=user_id, confirmed_at__isnull=False)
            .first()
        )
        right = factor is not None and (_spend_step(factor, code, at) or _spend_recovery(user_id, code, at))
    if right:
        forget_failures(username=second_factor_failures_name(user_id))
    else:
        note_failure_aside(username=second_factor_failures_name(user_id), at=at)
    return right


def second_factor_failures_name(user_id: int) -> str:
    """Give the name under which wrong codes of a person are counted."""
    return f"second factor of {user_id}"


def wrong_code() -> InputError:
    """Give the error that says so."""
    return InputError(
        "identity.code",
        "code",
        "",
        Text(
            "验证码不正确或已用过。请输入验证器上当前的 6 位数字；手机时间须准确。",
            "The code is wrong or was used. Type the six digits shown now; the phone's clock must be right.",
        ),
    )


def _spend_step(factor: SecondFactor, code: str, at: datetime) -> bool:
    step = matching_step(_secret(factor), code, at, after_step=factor.last_step)
    if step is None:
        return False
    factor.last_step = step
    factor.save(update_fields=["last_step"])
    return True


def _spend_recovery(user_id: int, code: str, at: datetime) -> bool:
    hashed = recovery_hash(code, site_key(_RECOVERY))
    unused = RecoveryCode.objects.filter(user_id=user_id, code_hash=hashed, used_at=None)
    return unused.update(used_at=at) == 1


def _new_codes(user_id: int) -> list[str]:
    codes = [recovery_code(secrets.token_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]
    key = site_key(_RECOVERY)
    RecoveryCode.objects.filter(user_id=user_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=user_id, code_hash=recovery_hash(code, key)) for code in codes
    )
    return codes


def _secret(factor: SecondFactor) -> bytes:
    return decrypt(bytes(factor.secret), purpose=_PURPOSE, owner=str(factor.user_id))


def _refuse_if_locked(user_id: int, at: datetime) -> None:
    failures = SignInFailure.objects.filter(
        username=second_factor_failures_name(user_id), failed_at__gt=at - LOCK_WINDOW
    ).values_list("failed_at", flat=True)
    end = locked_until(list(failures), FAILURES_PER_USERNAME_MAX, at)
    if end is None:
        return
    minutes = max(1, -(-int((end - at).total_seconds()) // 60))
    raise ConflictError(
        "identity.second-factor-locked",
        Text(
            f"验证码连续输错次数过多，已暂时锁定。请在 {minutes} 分钟后再试。",
            f"Too many wrong codes in a row. Try again in {minutes} min.",
        ),
    )
