"""Who signs what, by which means; what a signature proves; and that none is ever changed."""

import dataclasses
import uuid
from base64 import b64encode
from datetime import timedelta
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import DatabaseError, connections, transaction
from django.test import Client
from typer.testing import CliRunner

from tests.runtime.conftest import NOW, PASSWORD
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.models import User
from wufei.runtime.signing.commands import app
from wufei.runtime.signing.core.canonical import digest_of
from wufei.runtime.signing.core.signature import Means, Offer, Subject, message, verifies
from wufei.runtime.signing.queries import devices_of, signatures_of, verify
from wufei.runtime.signing.services import register_device, revoke_device, sign

VALUES = {"name": "红灯笼", "candles": 3, "weight": Decimal("1.50"), "lit": True}
COLUMNS = (
    "id, subject_kind, subject_id, digest, statement, role, at, means, region_id, user_id, membership_id"
)
COPIED = COLUMNS.replace("id,", "gen_random_uuid(),", 1)
STATEMENT = Text("我点了灯笼的数。", "I have counted the candles.")


class Phone:
    """What WebCrypto does in a browser: a P-256 key, signatures as r and s of 32 bytes each."""

    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.public_key = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, content):
        numbers = decode_dss_signature(self._key.sign(content, ec.ECDSA(SHA256())))
        return b"".join(number.to_bytes(32, "big") for number in numbers)


@pytest.fixture
def lantern(region_factory):
    return Subject("lantern", uuid.uuid4(), region_factory())


@pytest.fixture
def clerk(person, lantern):
    return person("clerk", lantern.region_id)


@pytest.fixture
def phone(clerk):
    phone = Phone()
    with session(clerk):
        phone.id = register_device(
            clerk, name="手机", public_key=phone.public_key, password=PASSWORD, now=NOW
        )
    return phone


def by_code(scope, subject, code, values=VALUES):
    with session(scope):
        return sign(
            scope,
            subject=subject,
            values=values,
            statement=STATEMENT,
            offer=Offer(code),
            now=NOW,
        )


def by_phone(scope, subject, phone, *, asked_at=NOW, now=NOW, said=STATEMENT.zh, values=VALUES):
    told = message(
        subject, digest=digest_of(values), statement=said, user_id=scope.user_id, asked_at=asked_at
    )
    offer = Offer(device_id=phone.id, signature=phone.sign(told), asked_at=asked_at)
    with session(scope):
        return sign(scope, subject=subject, values=VALUES, statement=STATEMENT, offer=offer, now=now)


def signed(scope, subject):
    with session(scope):
        return signatures_of(scope, kind=subject.kind, subject_id=subject.id)


def test_a_code_signs_and_all_that_was_shown_is_kept(clerk, lantern, right_code):
    by_code(clerk, lantern, right_code(clerk))
    (row,) = signed(clerk, lantern)
    assert (row.user_id, row.membership_id, row.role) == (clerk.user_id, clerk.membership_id, clerk.role)
    assert (row.means, row.statement, row.at) == (Means.SECOND_FACTOR, STATEMENT.zh, NOW)
    assert row.digest == digest_of(VALUES)
    assert verify(row, VALUES).holds
    assert verify(row, VALUES).changed == ()


@pytest.mark.parametrize("code", ["", "65432", "654321x"])
def test_a_wrong_code_signs_nothing(clerk, lantern, right_code, code):
    right_code(clerk)
    with pytest.raises(InputError) as refused:
        by_code(clerk, lantern, code)
    assert refused.value.code == "signing.code"
    assert signed(clerk, lantern) == []


def test_a_registered_device_signs_and_its_signature_verifies(clerk, lantern, phone):
    by_phone(clerk, lantern, phone)
    (row,) = signed(clerk, lantern)
    assert row.means is Means.DEVICE
    assert verify(row, VALUES).holds
    assert not verify(dataclasses.replace(row, statement="别的话")).holds
    assert not verify(dataclasses.replace(row, content=row.content.replace("3", "4"))).holds
    assert not verify(dataclasses.replace(row, user_id=row.user_id + 1)).holds


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"said": "别的话"}, "signing.device"),
        ({"values": {"name": "白灯笼"}}, "signing.device"),
        ({"asked_at": NOW - timedelta(minutes=31)}, "signing.old"),
        ({"asked_at": NOW + timedelta(minutes=1)}, "signing.old"),
        ({"asked_at": NOW.replace(tzinfo=None)}, "signing.old"),
    ],
)
def test_a_device_that_signed_something_else_or_long_ago_is_refused(clerk, lantern, phone, changed, code):
    with pytest.raises(InputError) as refused:
        by_phone(clerk, lantern, phone, **changed)
    assert refused.value.code == code
    assert signed(clerk, lantern) == []


def test_the_device_of_another_person_signs_nothing(person, lantern, phone):
    other = person("clerk", lantern.region_id)
    with pytest.raises(InputError, match=r"signing\.device"):
        by_phone(other, lantern, phone)


def test_the_same_signature_of_a_device_counts_once(clerk, lantern, phone):
    told = message(
        lantern, digest=digest_of(VALUES), statement=STATEMENT.zh, user_id=clerk.user_id, asked_at=NOW
    )
    offer = Offer(device_id=phone.id, signature=phone.sign(told), asked_at=NOW)
    terms = {"subject": lantern, "values": VALUES, "statement": STATEMENT, "offer": offer, "now": NOW}
    with session(clerk):
        sign(clerk, **terms)
    with session(clerk), pytest.raises(ConflictError, match=r"signing\.twice"):
        sign(clerk, **terms)


def test_an_ended_device_signs_nothing_more_and_what_it_signed_still_holds(clerk, lantern, phone):
    by_phone(clerk, lantern, phone)
    with session(clerk):
        revoke_device(clerk, device_id=phone.id, now=NOW)
        assert devices_of(clerk)[0].revoked_at == NOW
    with pytest.raises(InputError, match=r"signing\.device"):
        by_phone(clerk, lantern, phone, asked_at=NOW - timedelta(minutes=1))
    (row,) = signed(clerk, lantern)
    assert verify(row).holds
    with session(clerk), pytest.raises(NotFoundError):
        revoke_device(clerk, device_id=phone.id, now=NOW)


def test_nobody_ends_the_device_of_another(person, lantern, phone):
    other = person("clerk", lantern.region_id)
    with session(other), pytest.raises(NotFoundError):
        revoke_device(other, device_id=phone.id, now=NOW)


def test_a_device_is_registered_by_the_right_password_or_code_only(clerk, right_code):
    terms = {"name": "手机", "public_key": Phone().public_key, "now": NOW}
    with session(clerk), pytest.raises(InputError, match=r"signing\.password"):
        register_device(clerk, **terms, password="wrong")
    with session(clerk), pytest.raises(InputError, match=r"signing\.code"):
        register_device(clerk, **terms, code="00000")
    with session(clerk):
        register_device(clerk, **terms, code=right_code(clerk))
        with pytest.raises(ConflictError, match=r"signing\.device-known"):
            register_device(clerk, **terms, code=right_code(clerk))


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"name": " "}, "signing.device-name"), ({"public_key": b"no key"}, "signing.public-key")],
)
def test_a_device_without_name_or_key_is_refused(clerk, right_code, changed, code):
    terms = {
        "name": "手机",
        "public_key": Phone().public_key,
        "code": right_code(clerk),
        "now": NOW,
    } | changed
    with session(clerk), pytest.raises(InputError) as refused:
        register_device(clerk, **terms)
    assert refused.value.code == code


def test_a_key_of_another_curve_verifies_nothing():
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    public = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert not verifies(public, bytes(64), b"anything")


def test_who_may_not_sign_or_not_here_is_refused(person, region_factory, lantern, right_code):
    for scope in (person("auditor", lantern.region_id), person("clerk", region_factory())):
        with pytest.raises(AccessError):
            by_code(scope, lantern, right_code(scope))
    with pytest.raises(AccessError):
        by_code(Scope.operator(), lantern, "000000")


def test_what_changed_since_is_told_with_both_values(clerk, lantern, right_code):
    by_code(clerk, lantern, right_code(clerk))
    (row,) = signed(clerk, lantern)
    verdict = verify(row, {**VALUES, "candles": 4})
    assert verdict.holds
    assert [(each.pointer, each.before, each.after) for each in verdict.changed] == [("/candles", 3, 4)]


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE signing_signature SET statement = 'x' WHERE id = %s",
        "DELETE FROM signing_signature WHERE id = %s",
        "TRUNCATE signing_signature CASCADE",
    ],
)
def test_no_role_changes_a_signature(clerk, lantern, right_code, alias, statement):
    signature_id = by_code(clerk, lantern, right_code(clerk))
    parameters = [signature_id] if "%s" in statement else []
    with (
        session(clerk),
        connections[alias].cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(using=alias),
    ):
        cursor.execute(statement, parameters)
    assert len(signed(clerk, lantern)) == 1


def test_row_security_alone_shows_signatures_and_devices_to_those_they_belong_to(
    clerk, person, region_factory, lantern, phone, right_code
):
    by_code(clerk, lantern, right_code(clerk))
    stranger = person("clerk", region_factory())
    for scope, many in ((clerk, 1), (stranger, 0)):
        with session(scope), connections["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM signing_signature WHERE subject_id = %s", [lantern.id])
            assert cursor.fetchone()[0] == many
    colleague = person("clerk", lantern.region_id)
    for scope, many in ((clerk, 1), (colleague, 0)):
        with session(scope), connections["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM signing_device")
            assert cursor.fetchone()[0] == many
    with session(clerk):
        assert [row.id for row in devices_of(clerk)] == [phone.id]


def test_row_security_alone_lets_nobody_sign_for_another(clerk, person, lantern, right_code):
    by_code(clerk, lantern, right_code(clerk))
    other = person("clerk", lantern.region_id)
    statement = (
        f"INSERT INTO signing_signature ({COLUMNS}, content) SELECT {COPIED}, content"
        " FROM signing_signature WHERE subject_id = %s"
    )
    with (
        session(other),
        connections["default"].cursor() as cursor,
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        cursor.execute(statement, [lantern.id])


def test_the_database_refuses_a_digest_that_is_not_that_of_the_content(clerk, lantern, right_code):
    by_code(clerk, lantern, right_code(clerk))
    with (
        pytest.raises(DatabaseError, match="signature_digest"),
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO signing_signature ({COLUMNS}, content) SELECT {COPIED}, content || ' '"
            " FROM signing_signature WHERE subject_id = %s",
            [lantern.id],
        )


def test_the_command_checks_every_signature_and_finds_a_forged_one(clerk, lantern, phone):
    by_phone(clerk, lantern, phone)
    good = CliRunner().invoke(app, ["verify"])
    assert good.exit_code == 0, good.output
    forged = uuid.uuid4()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO signing_signature ({COLUMNS}, content, asked_at, device_id, public_key, signature)"
            f" SELECT {COPIED.replace('gen_random_uuid()', '%s')}, content, asked_at, device_id, public_key,"
            " signature || '\\x00' FROM signing_signature WHERE subject_id = %s",
            [forged, lantern.id],
        )
    try:
        bad = CliRunner().invoke(app, ["verify"])
        assert bad.exit_code == 1
        assert str(forged) in bad.output
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE signing_signature DISABLE TRIGGER signing_signature_stays")
            cursor.execute("DELETE FROM signing_signature WHERE id = %s", [forged])
            cursor.execute("ALTER TABLE signing_signature ENABLE TRIGGER signing_signature_stays")


def test_the_page_lists_registers_and_ends_devices(clerk, phone):
    client = Client()
    assert client.get("/account/devices").status_code == 302
    client.post("/sign-in", {"username": User.objects.get(id=clerk.user_id).username, "password": PASSWORD})
    assert "手机" in client.get("/account/devices").content.decode()
    form = {"name": "台式机", "public_key": b64encode(Phone().public_key).decode(), "password": "wrong"}
    refused = client.post("/account/devices", form)
    assert refused.status_code == 422
    assert "台式机" in refused.content.decode()
    assert client.post("/account/devices", form | {"password": PASSWORD}).status_code == 303
    assert client.post(f"/account/devices/{phone.id}/end").status_code == 303
    with session(clerk):
        rows = devices_of(clerk)
    assert [(row.name, row.revoked_at is None) for row in rows] == [("台式机", True), ("手机", False)]
