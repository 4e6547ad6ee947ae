"""Which passwords are good enough, and what ends when one is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.runtime.identity.core.passwords import LENGTH_MAX, LENGTH_MIN, password_fault
from wufei.runtime.identity.models import User
from wufei.runtime.identity.services import change_password, check_new_password

OLD = "correct horse battery"
NEW = "seven green kettles sing"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "123456789",
        "x" * 300,
        "aaaaaaaaaaaa",
        "abababababab",
        "zhangsan-2026!",
        "北京一厂的口令很长吧",
    ],
)
def test_an_easy_password_is_refused(password: str) -> None:
    assert password_fault(password, names=["zhangsan", "北京一厂"]) is not None


@pytest.mark.parametrize("password", [OLD, "我家的猫在屋顶上睡觉", "q8#Lm2!vTz"])
def test_length_is_enough_without_signs_and_digits(password: str) -> None:
    assert password_fault(password, names=["zhangsan", "王", "li"]) is None


@given(st.text(max_size=LENGTH_MAX + 40))
def test_what_passes_is_long_enough_and_not_too_long(password: str) -> None:
    if password_fault(password) is None:
        assert LENGTH_MIN <= len(password) <= LENGTH_MAX


@given(st.text(min_size=4, max_size=20).filter(lambda name: name.strip() == name and len(name) >= 4))
def test_a_password_that_holds_the_own_name_is_refused(name: str) -> None:
    assert password_fault(f"QwErt-{name}-82756!", names=[name]) is not None


@pytest.mark.parametrize("common", ["1234567890", "qwertyuiop", "password123", "1q2w3e4r5t"])
def test_the_commonest_passwords_are_refused(common: str) -> None:
    with pytest.raises(InputError) as caught:
        check_new_password(common, names=[])
    assert caught.value.value == ""
    assert common not in str(caught.value)


def test_a_changed_password_ends_the_other_sessions_and_not_this_one(
    person_factory: Any, sign_in: Callable[..., Client]
) -> None:
    person = person_factory()
    here, there = sign_in(person), sign_in(person)
    before = here.cookies["wufei_session"].value
    answer = here.post("/account/password", {"old_password": OLD, "new_password": NEW, "repeated": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert here.get("/account").status_code == 200
    assert here.cookies["wufei_session"].value != before
    assert there.get("/account").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("old", "new", "repeated", "words"),
    [
        ("wrong wrong wrong", NEW, NEW, "当前口令不正确"),
        (OLD, "short", "short", "至少需要 10 个"),
        (OLD, OLD, OLD, "与当前口令相同"),
        (OLD, NEW, NEW + "x", "两次输入的口令不一致"),
        (OLD, "张三丰的口令真的很长", "张三丰的口令真的很长", "含有用户名、姓名"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    person_factory: Any, sign_in: Callable[..., Client], old: str, new: str, repeated: str, words: str
) -> None:
    person = person_factory()
    browser = sign_in(person)
    answer = browser.post(
        "/account/password", {"old_password": old, "new_password": new, "repeated": repeated}
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    change_password(user_id=person.id, old=OLD, new=NEW)


def test_a_password_set_by_somebody_else_is_changed_before_all_else(
    person_factory: Any, sign_in: Callable[..., Client]
) -> None:
    person = person_factory()
    User.objects.filter(id=person.id).update(must_change_password=True)
    browser = sign_in(person)
    assert browser.get("/people").headers["Location"] == "/account/password"
    assert browser.get("/account/password").status_code == 200
    browser.post("/account/password", {"old_password": OLD, "new_password": NEW, "repeated": NEW})
    assert browser.get("/people").status_code == 200
