"""Codes of the half minute are those of the standards, and each is good for once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.identity.core.totp import (
    STEP_S,
    enrolment_address,
    hotp,
    matching_step,
    secret_text,
    step_at,
)

SECRET = b"12345678901234567890"
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)

# RFC 4226, appendix D.
HOTP = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]

# RFC 6238, appendix B, with erratum 2866: secrets of 20, 32 and 64 bytes.
TOTP = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP)))
def test_codes_of_counters_are_those_of_rfc_4226(counter: int, code: str) -> None:
    assert hotp(SECRET, counter) == code


@pytest.mark.parametrize(("second", "sha1", "sha256", "sha512"), TOTP)
def test_codes_of_instants_are_those_of_rfc_6238(second: int, sha1: str, sha256: str, sha512: str) -> None:
    step = step_at(datetime.fromtimestamp(second, UTC))
    found = [
        hotp((SECRET * 4)[:length], step, digits=8, algorithm=name)
        for name, length in (("sha1", 20), ("sha256", 32), ("sha512", 64))
    ]
    assert found == [sha1, sha256, sha512]


@given(st.binary(min_size=16, max_size=40), st.integers(-3, 3))
def test_a_clock_may_be_off_by_one_step_and_no_more(secret: bytes, off: int) -> None:
    code = hotp(secret, step_at(AT) + off)
    near = {hotp(secret, step_at(AT) + step): step_at(AT) + step for step in (1, 0, -1)}
    assert matching_step(secret, code, AT) == near.get(code)


@given(st.binary(min_size=16, max_size=40), st.integers(-1, 1), st.integers(-2, 2))
def test_a_spent_step_and_all_before_it_are_refused(secret: bytes, off: int, last: int) -> None:
    step = step_at(AT) + off
    found = matching_step(secret, hotp(secret, step), AT, after_step=step_at(AT) + last)
    assert found is None or found > step_at(AT) + last


@given(st.text(max_size=12))
def test_anything_may_be_typed(typed: str) -> None:
    found = matching_step(SECRET, typed, AT)
    assert found is None or typed.replace(" ", "").strip().isdecimal()


def test_blanks_within_a_code_do_not_matter() -> None:
    code = hotp(SECRET, step_at(AT))
    assert matching_step(SECRET, f" {code[:3]} {code[3:]} ", AT) == step_at(AT)


def test_a_step_lasts_thirty_seconds() -> None:
    assert step_at(AT + timedelta(seconds=STEP_S)) == step_at(AT) + 1


def test_the_address_for_the_authenticator_holds_secret_and_names() -> None:
    parts = urlsplit(enrolment_address(SECRET, account="li@example.cn", issuer="无废 Wufei"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/无废 Wufei:li@example.cn"
    assert parse_qs(parts.query) == {"secret": [secret_text(SECRET)], "issuer": ["无废 Wufei"]}
    assert secret_text(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
