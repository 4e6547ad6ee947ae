"""The second factor: asked after the password, spent by use, locked by guessing, lost and recovered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client

from wufei.kernel.errors import ConflictError, InputError
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now
from wufei.runtime.identity.core.totp import hotp, step_at
from wufei.runtime.identity.models import RecoveryCode, SecondFactor
from wufei.runtime.identity.queries import count_recovery_codes, has_second_factor
from wufei.runtime.identity.services import (
    begin_second_factor,
    check_second_factor,
    confirm_second_factor,
    remove_second_factor,
    renew_recovery_codes,
)

PASSWORD = "correct horse battery"


def _code(secret: bytes) -> str:
    return hotp(secret, step_at(now()))


def _wrong(secret: bytes) -> str:
    near = {hotp(secret, step_at(now()) + off) for off in range(-2, 4)}
    return next(
        code
        for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666")
        if code not in near
    )


def test_a_person_signs_in_with_password_and_code(
    person_factory: Any, factor_of: Callable[[int], bytes], browser: Client
) -> None:
    person = person_factory()
    secret = factor_of(person.id)
    answer = browser.post("/sign-in", {"username": person.username, "password": PASSWORD, "next": "/account"})
    assert answer.headers["Location"] == "/sign-in/code"
    assert browser.get("/account").headers["Location"].startswith("/sign-in")
    assert browser.post("/sign-in/code", {"code": _wrong(secret)}).status_code == 422
    answer = browser.post("/sign-in/code", {"code": _code(secret)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert browser.get("/account").status_code == 200


def test_the_page_of_the_code_alone_lets_nobody_in(browser: Client) -> None:
    assert browser.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert browser.post("/sign-in/code", {"code": "123456"}).headers["Location"] == "/sign-in"


def test_a_right_password_waits_ten_minutes_for_its_code(
    person_factory: Any, factor_of: Callable[[int], bytes], browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = person_factory()
    secret = factor_of(person.id)
    browser.post("/sign-in", {"username": person.username, "password": PASSWORD})
    monkeypatch.setenv("WUFEI_NOW", (now() + timedelta(minutes=11)).isoformat())
    assert browser.post("/sign-in/code", {"code": _code(secret)}).headers["Location"] == "/sign-in"


def test_a_code_is_good_for_once(person_factory: Any, factor_of: Callable[[int], bytes]) -> None:
    person = person_factory()
    code = _code(factor_of(person.id))
    assert check_second_factor(user_id=person.id, code=code, at=now())
    assert not check_second_factor(user_id=person.id, code=code, at=now())


def test_of_two_requests_with_one_code_only_one_passes(
    person_factory: Any, factor_of: Callable[[int], bytes]
) -> None:
    person = person_factory()
    code, start, passed = _code(factor_of(person.id)), threading.Barrier(2), []

    def ask() -> None:
        start.wait(10)
        passed.append(check_second_factor(user_id=person.id, code=code, at=now()))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(passed) == [False, True]


def test_five_wrong_codes_lock_even_if_the_caller_rolls_back(
    person_factory: Any, factor_of: Callable[[int], bytes]
) -> None:
    person = person_factory()
    secret = factor_of(person.id)
    for _ in range(5):
        with session(Scope.public()):
            assert not check_second_factor(user_id=person.id, code=_wrong(secret), at=now())
            transaction.set_rollback(True)
    with pytest.raises(ConflictError) as caught:
        check_second_factor(user_id=person.id, code=_code(secret), at=now())
    assert caught.value.code == "identity.second-factor-locked"
    later = now() + timedelta(minutes=16)
    assert check_second_factor(user_id=person.id, code=hotp(secret, step_at(later)), at=later)


def test_who_has_none_passes_with_no_code(person_factory: Any) -> None:
    person = person_factory()
    assert not has_second_factor(person.id)
    assert not check_second_factor(user_id=person.id, code="123456", at=now())


def test_it_counts_only_after_its_first_right_code(person_factory: Any) -> None:
    person = person_factory()
    secret = begin_second_factor(user_id=person.id)
    assert begin_second_factor(user_id=person.id) == secret
    assert not has_second_factor(person.id)
    assert not check_second_factor(user_id=person.id, code=_code(secret), at=now())
    with pytest.raises(InputError):
        confirm_second_factor(user_id=person.id, code=_wrong(secret), at=now())
    codes = confirm_second_factor(user_id=person.id, code=_code(secret), at=now())
    assert len(set(codes)) == 10
    assert has_second_factor(person.id)
    with pytest.raises(ConflictError):
        begin_second_factor(user_id=person.id)


def test_a_recovery_code_is_good_for_once_however_it_is_written(
    person_factory: Any, factor_of: Callable[[int], bytes]
) -> None:
    person = person_factory()
    factor_of(person.id)
    code = renew_recovery_codes(user_id=person.id)[0]
    written = code.lower().replace("-", " ")
    assert check_second_factor(user_id=person.id, code=written, at=now())
    assert not check_second_factor(user_id=person.id, code=code, at=now())
    assert count_recovery_codes(person.id) == 9


def test_new_recovery_codes_void_the_old_ones(person_factory: Any, factor_of: Callable[[int], bytes]) -> None:
    person = person_factory()
    factor_of(person.id)
    old = renew_recovery_codes(user_id=person.id)
    renew_recovery_codes(user_id=person.id)
    assert not check_second_factor(user_id=person.id, code=old[0], at=now())


def test_the_recovery_code_of_another_person_does_not_pass(
    person_factory: Any, factor_of: Callable[[int], bytes]
) -> None:
    first, second = person_factory(), person_factory()
    factor_of(first.id)
    factor_of(second.id)
    code = renew_recovery_codes(user_id=first.id)[0]
    assert not check_second_factor(user_id=second.id, code=code, at=now())


def test_neither_secret_nor_codes_stand_in_the_database(
    person_factory: Any, factor_of: Callable[[int], bytes]
) -> None:
    person = person_factory()
    secret = factor_of(person.id)
    codes = renew_recovery_codes(user_id=person.id)
    with session(Scope.operator()):
        kept = bytes(SecondFactor.objects.get(user_id=person.id).secret)
        hashes = list(RecoveryCode.objects.filter(user_id=person.id).values_list("code_hash", flat=True))
    assert secret not in kept
    assert not any(code.replace("-", "").lower() in kept_hash for code in codes for kept_hash in hashes)


def test_a_secret_copied_to_another_person_does_not_open(
    person_factory: Any, factor_of: Callable[[int], bytes]
) -> None:
    first, second = person_factory(), person_factory()
    secret = factor_of(first.id)
    factor_of(second.id)
    with session(Scope.operator()):
        stolen = SecondFactor.objects.get(user_id=first.id).secret
        SecondFactor.objects.filter(user_id=second.id).update(secret=stolen)
    with pytest.raises(ConflictError) as caught:
        check_second_factor(user_id=second.id, code=_code(secret), at=now())
    assert caught.value.code == "identity.not-ours"


def test_the_pages_set_it_up_and_turn_it_off(person_factory: Any, sign_in: Callable[..., Client]) -> None:
    person = person_factory()
    browser = sign_in(person)
    page = browser.get("/account/second-factor").content.decode()
    assert "data:image/svg+xml" in page
    secret = begin_second_factor(user_id=person.id)
    assert browser.post("/account/second-factor", {"code": _wrong(secret)}).status_code == 422
    page = browser.post("/account/second-factor", {"code": _code(secret)}).content.decode()
    assert page.count('<li class="wf-code">') == 10
    code = renew_recovery_codes(user_id=person.id)[0]
    assert browser.post("/account/second-factor", {"code": code, "do": "remove"}).status_code == 302
    assert not has_second_factor(person.id)


def test_where_it_is_required_nothing_else_opens_before_it_is_set_up(
    person_factory: Any, sign_in: Callable[..., Client], settings: Any
) -> None:
    settings.SECOND_FACTOR = "required"
    person = person_factory()
    browser = sign_in(person)
    assert browser.get("/people").headers["Location"] == "/account/second-factor"
    secret = begin_second_factor(user_id=person.id)
    browser.post("/account/second-factor", {"code": _code(secret)})
    assert browser.get("/people").status_code == 200
    clerk = sign_in(person_factory("clerk"))
    assert clerk.get("/account").status_code == 200


def test_removing_it_forgets_everything(person_factory: Any, factor_of: Callable[[int], bytes]) -> None:
    person = person_factory()
    factor_of(person.id)
    remove_second_factor(user_id=person.id)
    assert (has_second_factor(person.id), count_recovery_codes(person.id)) == (False, 0)
