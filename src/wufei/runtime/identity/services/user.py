"""What a person may change about themselves: name, language, phone, e-mail; and how a person comes to be."""

from __future__ import annotations

import re
import secrets
from datetime import date

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, connections, transaction
from django.db.models import Exists, OuterRef, Q

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.identity.core.personal import contact_kept_since, is_email, is_phone, plain_phone
from wufei.runtime.identity.core.sessions import USERNAME_LENGTH_MAX
from wufei.runtime.identity.models import Contact, Membership, User
from wufei.runtime.identity.models.visibility import as_person

NAME_LENGTH_MAX = 64
REFUSED_MAX = 200
_REFUSED = "UPDATE identity_contact SET refused = %s WHERE user_id = %s AND email = %s"
_USERNAME = re.compile(r"[\w.@+-]+")


def new_person(*, username: str, display_name: str, phone: str, email: str, language: str = "zh-hans") -> int:
    """Make a person who cannot sign in yet: a password or a provider is still to be given.

    Raises
    ------
    InputError
        ``identity.username``: the name is taken or unfit; the phone or e-mail cannot be one.
    """
    name = checked_username(username)
    try:
        with transaction.atomic():
            if User.objects.filter(username__iexact=name).exists():
                raise IntegrityError  # noqa: TRY301 - one answer for a name taken now or a moment ago
            user = User.objects.create(
                username=name,
                display_name=display_name,
                language=language,
                password=UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(20),
            )
    except IntegrityError as error:
        raise InputError(
            "identity.username",
            "username",
            name,
            Text(
                f"用户名“{name}”已有人使用。请换一个；如果就是您本人，请先登录再打开此页。",
                f"The user name “{name}” is taken. Choose another; if it is you, sign in first.",
            ),
        ) from error
    save_contact(user_id=user.id, phone=phone, email=email)
    return user.id


def checked_username(text: str) -> str:
    """Give a user name without outer blanks, or refuse it."""
    name = text.strip()
    if not (0 < len(name) <= USERNAME_LENGTH_MAX and _USERNAME.fullmatch(name)):
        raise InputError(
            "identity.username",
            "username",
            name[:USERNAME_LENGTH_MAX],
            Text(
                f"用户名“{name[:USERNAME_LENGTH_MAX]}”不可用：只能用文字、数字和 . @ + - _，"
                f"不超过 {USERNAME_LENGTH_MAX} 个字符。",
                "A user name has letters, digits and . @ + - _ only, "
                f"at most {USERNAME_LENGTH_MAX} characters.",
            ),
        )
    return name


@transaction.atomic
def save_person(*, user_id: int, display_name: str, phone: str, email: str) -> None:
    """Keep name, phone and e-mail of a person.

    Raises
    ------
    InputError
        ``identity.name``, ``identity.phone`` or ``identity.email``: it cannot be one.
    """
    User.objects.filter(id=user_id).update(display_name=checked_name(display_name))
    save_contact(user_id=user_id, phone=phone, email=email)


def save_contact(*, user_id: int, phone: str, email: str) -> None:
    """Keep phone and e-mail of a person; without either, the row is erased. Mail is tried there again."""
    values = {"phone": checked_phone(phone), "email": checked_email(email)}
    with as_person(user_id):
        if any(values.values()):
            Contact.objects.update_or_create(user_id=user_id, defaults=values | {"refused": ""})
        else:
            Contact.objects.filter(user_id=user_id).delete()


def note_refusal(*, user_id: int, email: str, reason: str) -> None:
    """Keep what a mail server said of an address, unless it was changed meanwhile; written as ``system``."""
    with connections["system"].cursor() as cursor:
        cursor.execute(_REFUSED, [reason[:REFUSED_MAX], user_id, email])


def forget_contacts(*, on: date) -> int:
    """Erase phone and e-mail of people whose last membership ended longer ago than the rule allows.

    Under a scope that sees everything. Who never had a membership keeps theirs: such an account is in use.

    Returns
    -------
    int
        How many were erased.
    """
    held = Membership.objects.filter(user_id=OuterRef("user_id"))
    lasting = held.filter(Q(valid_to=None) | Q(valid_to__gt=contact_kept_since(on)))
    erased, _ = Contact.objects.filter(Exists(held), ~Exists(lasting)).delete()
    return erased


def checked_name(text: str) -> str:
    """Give a name without outer blanks, or refuse it."""
    name = " ".join(text.split())
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise InputError(
            "identity.name",
            "display_name",
            name[:NAME_LENGTH_MAX],
            Text(
                f"请填写姓名，不超过 {NAME_LENGTH_MAX} 个字。",
                f"Enter a name of at most {NAME_LENGTH_MAX} characters.",
            ),
        )
    return name


def checked_phone(text: str) -> str:
    """Give a phone number without blanks and dashes, or refuse it; empty is allowed."""
    phone = plain_phone(text)
    if phone and not is_phone(phone):
        raise InputError(
            "identity.phone",
            "phone",
            text,
            Text(
                f"“{text}”不是电话号码：应为 5 至 15 位数字，可带国际区号 +86。",
                f"“{text}” is no phone number: 5 to 15 digits, with a country code such as +86 if you like.",
            ),
        )
    return phone


def checked_email(text: str) -> str:
    """Give an e-mail address without outer blanks, or refuse it; empty is allowed."""
    email = text.strip()
    if email and not is_email(email):
        raise InputError(
            "identity.email",
            "email",
            text,
            Text(
                f"“{text}”不是电子邮箱地址，应形如 zhang@example.cn。",
                f"“{text}” is no e-mail address; it should look like zhang@example.cn.",
            ),
        )
    return email
