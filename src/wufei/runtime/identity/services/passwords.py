"""Set and change passwords; whatever is open elsewhere ends with the old one."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.identity.core.passwords import password_fault
from wufei.runtime.identity.models import Membership, User
from wufei.runtime.identity.services.user import checked_name, new_person


def check_new_password(password: str, *, names: Iterable[str]) -> None:
    """Refuse a password that is too easy to guess.

    Raises
    ------
    InputError
        ``identity.password``; what was typed is not repeated in it.
    """
    fault = password_fault(password, names=names, common=_is_common(password))
    if fault is not None:
        raise InputError("identity.password", "new_password", "", fault)


@transaction.atomic
def open_account(
    *, username: str, password: str, display_name: str, phone: str, email: str, language: str
) -> int:
    """Make a person who signs in with a password and has no membership yet, and give the id.

    Whoever calls has checked the password with the names of what the person applies for.

    Raises
    ------
    InputError
        ``identity.username`` or ``identity.password``: the name is taken or unfit, the password too easy.
    """
    check_new_password(password, names=[username, display_name])
    user_id = new_person(
        username=username,
        display_name=checked_name(display_name),
        phone=phone,
        email=email,
        language=language,
    )
    set_password(user_id=user_id, new=password)
    return user_id


@transaction.atomic
def change_password(*, user_id: int, old: str, new: str) -> None:
    """Change one's own password.

    Raises
    ------
    InputError
        ``identity.old-password``: the present one is another; ``identity.password``: the new one is too easy,
        or no new one.
    """
    user = User.objects.select_for_update().get(id=user_id)
    if not check_password(old, user.password):
        raise InputError(
            "identity.old-password",
            "old_password",
            "",
            Text("当前口令不正确。请重新输入。", "The present password is wrong. Type it again."),
        )
    if new == old:
        raise InputError(
            "identity.password",
            "new_password",
            "",
            Text("新口令与当前口令相同。请换一个。", "The new password is the old one. Choose another."),
        )
    set_password(user_id=user_id, new=new)


def set_password(*, user_id: int, new: str) -> None:
    """Give a person a password.

    Raises
    ------
    InputError
        ``identity.password``: it is too easy to guess.
    """
    check_new_password(new, names=names_of_person(user_id))
    User.objects.filter(id=user_id).update(password=make_password(new), must_change_password=False)


def names_of_person(user_id: int) -> list[str]:
    """Give what others know a person by: user name, name, firms."""
    own = User.objects.filter(id=user_id).values_list("username", "display_name")
    firms = Membership.objects.filter(user_id=user_id, party__isnull=False).values_list(
        F("party__name_zh"), F("party__name_en")
    )
    return [name for names in (*own, *firms) for name in names]


def _is_common(password: str) -> bool:
    """Say whether a password is among the 20,000 commonest of Django's list (by Royce Williams)."""
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return True
    return False
