"""People are told once, of what is theirs, by bell, one mail a day and signed calls; nobody else sees it."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import tracemalloc
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wufei.kernel.errors import AccessError, ExternalError, InputError, InvariantError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.audit.core import Event
from wufei.runtime.audit.services import add_events
from wufei.runtime.environment import Environment, environment
from wufei.runtime.identity.queries import parties_by_id
from wufei.runtime.identity.services import add_membership, create_user, note_refusal, save_contact
from wufei.runtime.notices import jobs
from wufei.runtime.notices.core.notices import Channel, Line, Recipients, Section, Topic
from wufei.runtime.notices.core.webhooks import may_be_called, parse_address, pause_after
from wufei.runtime.notices.queries import mailing_of, notices_of, parked_calls, unseen_count, webhooks_of
from wufei.runtime.notices.services import (
    call_waiting,
    mark_seen,
    notify,
    open_notice,
    remove_webhook,
    retry_parked,
    save_mailing,
    save_webhook,
    send_digests,
    send_urgent,
    spread,
)
from wufei.runtime.notices.services.calling import call

PASSWORD = "correct horse battery"
NOW = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
ORCHARD = Topic("orchard", Text("果园", "Orchard"))
QUIET = Topic("quiet", Text("小事", "Small things"), Channel.BELL)


@pytest.fixture(autouse=True)
def orchard(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[None]:
    """A room that looks after orchards; nothing of what it tells stays for other tests."""
    monkeypatch.setattr(jobs, "TOPICS", (ORCHARD, QUIET))
    monkeypatch.setenv("WUFEI_NOW", NOW.isoformat())
    yield
    with connections["owner"].cursor() as cursor:
        for table in ("call", "webhook", "delivery", "notice", "choice", "mailbox"):
            cursor.execute(f"DELETE FROM notices_{table}")
        cursor.execute("DELETE FROM identity_contact WHERE email LIKE '%@example.org'")


@pytest.fixture
def person() -> Callable[..., Scope]:
    def make(language: str = "zh-hans", **membership: object) -> Scope:
        name = f"u-{uuid.uuid4().hex[:12]}"
        user = create_user(username=name, password=PASSWORD, display_name="王果农", language=language)
        if membership:
            add_membership(user_id=user, **membership)  # type: ignore[arg-type]
        return Scope(user, None, Role.PUBLIC)

    return make


def tell(to: Recipients, key: str = "", **more: object) -> int:
    values: dict[str, object] = {
        "topic": "orchard",
        "link": "/trees/1",
        "text": Text("三号树结果了", "Tree 3 bears"),
    }
    with session(Scope.operator()):
        return notify(to=to, key=key or uuid.uuid4().hex, **(values | more))  # type: ignore[arg-type]


def to(*scopes: Scope) -> Recipients:
    return Recipients(tuple(scope.user_id or 0 for scope in scopes))


def new_of(scope: Scope) -> int:
    with session(scope):
        return unseen_count(scope)


def test_the_same_key_tells_nobody_twice(person: Callable[..., Scope]) -> None:
    one, two = person(), person()
    key = uuid.uuid4().hex
    assert tell(to(one, two), key) == 2
    assert tell(to(one, two), key) == 0
    assert (new_of(one), new_of(two)) == (1, 1)


def test_people_are_found_by_role_in_the_region_or_the_nearest_above_and_by_party(
    person: Callable[..., Scope], region_factory: Callable[..., int], party_factory: Callable[..., int]
) -> None:
    key = f"up-{uuid.uuid4().hex[:8]}"
    up = region_factory(key=key, kind="district")
    below = region_factory(kind="township", parent_key=key)
    firm = party_factory(region_id=below)
    office = person(role="office", region_id=up)
    clerk = person(role="clerk", region_id=up)
    producer = person(role="producer", region_id=below, party_id=firm)
    gone = person(role="office", region_id=below, valid_to=date(2020, 1, 1))
    assert tell(Recipients(roles=("office",), region_id=below)) == 1
    assert [new_of(scope) for scope in (office, clerk, producer, gone)] == [1, 0, 0, 0]
    street = person(role="office", region_id=below)
    assert tell(Recipients(roles=("office",), region_id=below)) == 1
    assert [new_of(scope) for scope in (office, street)] == [1, 1]
    assert tell(Recipients(party_id=firm)) == 1
    assert new_of(producer) == 1


def test_who_tells_may_be_anybody_and_who_reads_only_the_person(person: Callable[..., Scope]) -> None:
    teller, told = person(), person()
    with session(teller):
        assert notify(to=to(told), topic="orchard", text=Text("果"), link="/a", key=uuid.uuid4().hex) == 1
        with connections["default"].cursor() as cursor:
            for table in ("notices_notice", "notices_delivery"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (0,)
            cursor.execute("UPDATE notices_delivery SET seen_at = now()")
            assert cursor.rowcount == 0
    with session(told):
        (row,), _ = notices_of(told)
        assert row.text.zh == "果"
    with session(teller), pytest.raises(NotFoundError):
        open_notice(teller, row.id)
    with pytest.raises(DatabaseError), session(teller), connections["default"].cursor() as cursor:
        cursor.execute("SELECT * FROM notices_call")
    with pytest.raises(DatabaseError), session(told), connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM notices_delivery")


def test_a_bug_of_a_room_is_told_as_one(person: Callable[..., Scope]) -> None:
    for wrong in (
        {"topic": "nothing"},
        {"link": "https://example.org"},
        {"link": "//example.org"},
        {"text": Text("")},
    ):
        with pytest.raises(InvariantError):
            tell(to(person()), **wrong)


def test_new_notices_come_first_page_by_page_and_the_topic_narrows(person: Callable[..., Scope]) -> None:
    scope = person()
    for number in range(5):
        tell(to(scope), text=Text(f"{number}"), topic="orchard" if number % 2 else "quiet")
    with session(scope):
        rows, _ = notices_of(scope)
        assert [row.text.zh for row in rows] == ["4", "3", "2", "1", "0"]
        assert open_notice(scope, rows[0].id) == "/trees/1"
        seen: list[str] = []
        after = ""
        while True:
            page, after = notices_of(scope, limit=2, after=after)
            seen += [row.text.zh for row in page]
            if not after:
                break
        assert seen == ["3", "2", "1", "0", "4"]
        assert [row.text.zh for row in notices_of(scope, topic="orchard")[0]] == ["3", "1"]
        assert mark_seen(scope) == 4
        assert unseen_count(scope) == 0
        with pytest.raises(InputError):
            notices_of(scope, after="n1; DROP")


def test_a_topic_switched_off_is_not_delivered_unless_urgent(person: Callable[..., Scope]) -> None:
    scope = person()
    with session(scope):
        save_mailing(scope, digest=True, channels={"orchard": "off"})
    assert tell(to(scope)) == 0
    assert tell(to(scope), urgent=True) == 1
    with session(scope):
        channels = mailing_of(scope).channels
        assert (channels["orchard"], channels["quiet"]) == (Channel.OFF, Channel.BELL)
        for wrong in ({"orchard": "pigeon"}, {"forest": "off"}):
            with pytest.raises(InputError):
                save_mailing(scope, digest=True, channels=wrong)


class Postbox:
    """Takes mail, and refuses one address; methods have the library's form."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: Sequence[str],  # noqa: ARG002
    ) -> str:
        if address.startswith("gone@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        self.mails.append(envelope)
        return "250 OK"

    def texts(self) -> dict[str, tuple[str, str]]:
        found = {}
        for mail in self.mails:
            content = mail.content if isinstance(mail.content, bytes) else b""
            message = message_from_bytes(content, policy=policy.default)
            body = message.get_body()
            assert body is not None
            found[mail.rcpt_tos[0]] = (str(message["Subject"]), body.get_content())
        return found


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("WUFEI_SMTP_URL", f"smtp://127.0.0.1:{port}?from=wufei@example.org")
    monkeypatch.setenv("WUFEI_SITE_URL", "https://wufei.example.org")
    yield box
    controller.stop()


def by_mail(scope: Scope, email: str, **more: object) -> None:
    """Give the address where it is kept; choose only what is named."""
    save_contact(user_id=scope.user_id or 0, phone="13800001234", email=email)
    if more:
        with session(scope):
            save_mailing(scope, **({"digest": True, "channels": {}} | more))  # type: ignore[arg-type]


def test_one_digest_a_day_holds_all_that_is_new_in_the_language_of_the_person(
    person: Callable[..., Scope], postbox: Postbox
) -> None:
    chinese, english, without, quiet = person(), person("en"), person(), person()
    by_mail(chinese, "zh@example.org")
    by_mail(english, "en@example.org")
    by_mail(without, "off@example.org", digest=False)
    by_mail(quiet, "quiet@example.org")
    for _ in range(3):
        tell(to(chinese, english, without))
    tell(to(quiet), topic="quiet")
    assert send_digests(environment(), now=NOW) == 2
    assert set(postbox.texts()) == {"zh@example.org", "en@example.org"}
    subject, body = postbox.texts()["zh@example.org"]
    assert subject == "无废每日摘要 2026-03-02（3 条）"
    assert body.count("三号树结果了") == 3
    assert "https://wufei.example.org/notices/" in body
    assert "【Orchard】" in postbox.texts()["en@example.org"][1]
    assert "Tree 3 bears" in postbox.texts()["en@example.org"][1]
    tell(to(chinese))
    assert send_digests(environment(), now=NOW + timedelta(hours=2)) == 0
    assert send_digests(environment(), now=NOW + timedelta(days=1)) == 1
    assert postbox.texts()["zh@example.org"][1].count("三号树结果了") == 1


def test_rooms_add_sections_and_nothing_new_sends_nothing(
    person: Callable[..., Scope], postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, other = person(), person()
    by_mail(told, "a@example.org")
    by_mail(other, "b@example.org")

    def expiring(user_ids: Sequence[int], on: date) -> dict[int, Section]:
        line = Line(Text(f"{on} 到期", "expires"), "/leases/1")
        return {
            user: Section(Text("即将到期", "Expires soon"), (line,))
            for user in user_ids
            if user == told.user_id
        }

    monkeypatch.setattr(jobs, "DIGESTS", (expiring,), raising=False)
    assert send_digests(environment(), now=NOW) == 1
    assert "2026-03-02 到期\n  https://wufei.example.org/leases/1" in postbox.texts()["a@example.org"][
        1
    ].replace("\r\n", "\n")


def test_an_owner_s_digest_says_what_its_agents_did_since_the_last_one(
    person: Callable[..., Scope], party_factory: Callable[..., int], postbox: Postbox
) -> None:
    owner, firm = party_factory(), party_factory()
    region = parties_by_id([owner])[owner].region_id
    boss = person(role="producer", region_id=region, party_id=owner)
    by_mail(boss, "boss@example.org")
    agent = create_user(username=f"u-{uuid.uuid4().hex[:12]}", password=PASSWORD)
    membership = add_membership(user_id=agent, role="agent", region_id=region, party_id=firm)

    def act(at: datetime) -> None:
        event = Event(
            at, "write", "entries", user_id=agent, membership_id=membership, role="agent", party_id=owner
        )
        with session(Scope.operator()):
            add_events([event])

    for hours in (40, 20, 1):
        act(NOW - timedelta(hours=hours))
    # NOW is eight in the morning of 2 March: the day before, and not that of today.
    assert send_digests(environment(), now=NOW) == 1
    name = parties_by_id([firm])[firm].name.zh
    body = postbox.texts()["boss@example.org"][1].replace("\r\n", "\n")
    assert f"【第三方代办】\n· “{name}”写入 1 次\n  https://wufei.example.org/mandates/doings" in body
    act(NOW + timedelta(hours=1))
    assert send_digests(environment(), now=NOW + timedelta(hours=2)) == 0
    # Two days without a digest: all since then.
    assert send_digests(environment(), now=NOW + timedelta(days=3)) == 1
    assert "写入 2 次" in postbox.texts()["boss@example.org"][1]
    assert send_digests(environment(), now=NOW + timedelta(days=4)) == 0


def test_digests_go_from_half_past_seven_on(
    person: Callable[..., Scope], postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = person()
    by_mail(scope, "a@example.org")
    tell(to(scope))
    monkeypatch.setenv("WUFEI_NOW", "2026-03-02T07:29:00+08:00")
    jobs.send_due_digests()
    assert postbox.mails == []
    monkeypatch.setenv("WUFEI_NOW", "2026-03-02T07:30:00+08:00")
    jobs.send_due_digests()
    assert len(postbox.mails) == 1


def test_a_refused_address_holds_up_nobody_and_is_shown_to_its_person(
    person: Callable[..., Scope], postbox: Postbox
) -> None:
    gone, fine = person(), person()
    by_mail(gone, "gone@example.org")
    by_mail(fine, "fine@example.org")
    tell(to(gone, fine))
    assert send_digests(environment(), now=NOW) == 1
    assert list(postbox.texts()) == ["fine@example.org"]
    with session(gone):
        assert "no such mailbox" in mailing_of(gone).refused
    client = Client()
    client.force_login(user_of(gone))
    for path in ("/account/notices", "/account"):
        assert "邮件被退回" in client.get(path).content.decode()
    tell(to(gone))
    assert send_digests(environment(), now=NOW + timedelta(days=1)) == 0
    # Saved again, it is tried again; what was refused is not lost.
    by_mail(gone, "back@example.org")
    assert "邮件被退回" not in client.get("/account").content.decode()
    assert send_digests(environment(), now=NOW + timedelta(days=1)) == 1
    assert postbox.texts()["back@example.org"][1].count("三号树结果了") == 2


def test_what_was_kept_and_is_no_address_holds_up_nobody_and_reaches_nobody_else(
    person: Callable[..., Scope], postbox: Postbox
) -> None:
    bad, fine = person(), person()
    by_mail(fine, "fine@example.org")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_contact (user_id, phone, email, refused) VALUES (%s, '', %s, '')",
            [bad.user_id, "one,other@example.org"],
        )
    tell(to(bad, fine))
    assert send_digests(environment(), now=NOW) == 1
    assert list(postbox.texts()) == ["fine@example.org"]
    with session(bad):
        assert mailing_of(bad).refused


def test_an_address_changed_during_the_sending_is_not_marked_by_the_old_one(
    person: Callable[..., Scope],
) -> None:
    scope = person()
    by_mail(scope, "new@example.org")
    note_refusal(user_id=scope.user_id or 0, email="old@example.org", reason="550")
    with session(scope):
        assert mailing_of(scope).refused == ""


def test_a_mail_server_that_is_down_loses_nothing(person: Callable[..., Scope], postbox: Postbox) -> None:
    scope = person()
    by_mail(scope, "a@example.org")
    tell(to(scope))
    with pytest.raises(ExternalError):
        send_digests(Environment(environment().data_dir, smtp_url="smtp://127.0.0.1:9"), now=NOW)
    assert send_digests(environment(), now=NOW) == 1


def test_urgent_ones_go_at_once_together_and_three_times_a_day_at_most(
    person: Callable[..., Scope], postbox: Postbox
) -> None:
    scope = person()
    by_mail(scope, "a@example.org")
    tell(to(scope))
    tell(to(scope), urgent=True)
    tell(to(scope), urgent=True)
    assert send_urgent(environment(), now=NOW) == 1
    assert postbox.texts()["a@example.org"][1].count("三号树结果了") == 2
    for _ in range(4):
        tell(to(scope), urgent=True)
        send_urgent(environment(), now=NOW)
    assert len(postbox.mails) == 3
    assert send_digests(environment(), now=NOW) == 1
    assert postbox.texts()["a@example.org"][1].count("三号树结果了") == 3


def test_many_digests_are_made_in_bounded_memory(person: Callable[..., Scope], postbox: Postbox) -> None:
    many = 400
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_user "
            "(username, password, display_name, language, is_active, must_change_password) "
            "SELECT %s || n, '', '果农' || n, 'zh-hans', true, false "
            "FROM generate_series(1, %s) n RETURNING id",
            [uuid.uuid4().hex[:8], many],
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO identity_contact (user_id, phone, email, refused) "
            "SELECT n, '', n || '@example.org', '' FROM unnest(%s::bigint[]) n",
            [ids],
        )
    assert tell(Recipients(tuple(ids))) == many
    tracemalloc.start()
    assert send_digests(environment(), now=NOW, batch=20) == many
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kept = sum(len(mail.content or b"") for mail in postbox.mails)
    assert len({mail.rcpt_tos[0] for mail in postbox.mails}) == many
    # What the postbox of the test keeps grows; what the sending keeps does not.
    assert peak - kept < 8_000_000


class Receiver(BaseHTTPRequestHandler):
    """Another program that is called; it answers as `statuses` say, the last one for ever."""

    statuses: list[int]
    calls: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.calls.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Receiver]]]:
    handler = type("Own", (Receiver,), {"statuses": [200], "calls": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setenv("WUFEI_WEBHOOK_NETWORKS", "127.0.0.0/8")
    yield f"http://127.0.0.1:{server.server_address[1]}/hook?a=1", handler
    server.shutdown()
    server.server_close()
    thread.join()


def spread_all(at: datetime = NOW) -> None:
    while spread(now=at):
        pass


def test_a_program_is_called_with_a_signature_that_it_can_check(
    receiver: tuple[str, type[Receiver]], person: Callable[..., Scope], region_factory: Callable[..., int]
) -> None:
    url, handler = receiver
    region, other = region_factory(), region_factory()
    person(role="office", region_id=region)
    with session(Scope.operator()):
        _, secret = save_webhook(
            Scope.operator(), region_id=region, party_id=None, url=url, topics_called=("orchard",)
        )
    tell(Recipients(roles=("office",), region_id=region))
    tell(Recipients(roles=("office",), region_id=region), topic="quiet")
    tell(Recipients(roles=("office",), region_id=other))
    spread_all()
    assert call_waiting(environment(), now=NOW) == 1
    assert call_waiting(environment(), now=NOW) == 0
    ((path, headers, body),) = handler.calls
    assert path == "/hook?a=1"
    assert json.loads(body)["text"] == {"zh": "三号树结果了", "en": "Tree 3 bears"}
    signed = f"{headers['wufei-timestamp']}.".encode() + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["wufei-signature"] == f"sha256={expected}"


def test_a_call_that_fails_is_tried_again_later_and_given_up_with_an_alarm(
    receiver: tuple[str, type[Receiver]], region_factory: Callable[..., int]
) -> None:
    url, handler = receiver
    handler.statuses[:] = [302]
    region, at = region_factory(), NOW
    with session(Scope.operator()):
        save_webhook(Scope.operator(), region_id=region, party_id=None, url=url)
    tell(Recipients(roles=("office",), region_id=region))
    spread_all()
    for tries in range(1, 9):
        assert call_waiting(environment(), now=at) == 0
        assert call_waiting(environment(), now=at) == 0
        assert len(handler.calls) == tries
        at += pause_after(tries) or timedelta()
    assert {path for path, _, _ in handler.calls} == {"/hook?a=1"}
    assert parked_calls(Scope.operator()) == (1, "HTTP 302")
    assert jobs.watch_webhooks().alarm
    handler.statuses[:] = [204]
    assert retry_parked(Scope.operator()) == 1
    assert call_waiting(environment(), now=NOW) == 1
    assert not jobs.watch_webhooks().alarm


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://user:secret@example.org/",
        "https://",
        "file:///etc/passwd",
        "https://example.org/ a",
        "https://example.org:99999/",
    ],
)
def test_addresses_that_are_not_safe_are_not_taken(url: str) -> None:
    with pytest.raises(InputError):
        parse_address(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address that must not be called
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_only_public_addresses_are_called_unless_their_network_is_named(address: str, public: bool) -> None:
    assert may_be_called(address, ()) is public
    assert may_be_called("10.1.2.3", ("10.1.0.0/16",))
    assert not may_be_called("10.2.2.3", ("10.1.0.0/16",))


def test_an_inner_address_is_not_called_even_by_a_name(receiver: tuple[str, type[Receiver]]) -> None:
    url, handler = receiver
    closed = Environment(environment().data_dir)
    for inner in (url, url.replace("127.0.0.1", "localhost")):
        assert "WUFEI_WEBHOOK_NETWORKS" in call(closed, inner, "s", b"{}", timestamp=1)
    assert handler.calls == []


def test_only_who_manages_people_there_has_programs_called_and_nobody_reads_the_secret(
    region_factory: Callable[..., int], person: Callable[..., Scope]
) -> None:
    region = region_factory()
    user = person().user_id
    office = Scope(user, 1, Role.OFFICE, region_ids=frozenset({region}))
    foreign = Scope(user, 1, Role.OFFICE, region_ids=frozenset({region_factory()}))
    with session(office):
        number, _ = save_webhook(office, region_id=region, party_id=None, url="https://example.org/")
        assert [row.id for row in webhooks_of(office)] == [number]
    with session(foreign):
        assert webhooks_of(foreign) == []
        with pytest.raises(NotFoundError):
            remove_webhook(foreign, webhook_id=number)
        with pytest.raises(AccessError):
            save_webhook(foreign, region_id=region, party_id=None, url="https://example.org/")
    with pytest.raises(DatabaseError), session(office), connections["default"].cursor() as cursor:
        cursor.execute("SELECT secret FROM notices_webhook")
    with session(office):
        remove_webhook(office, webhook_id=number)
        assert not webhooks_of(office)[0].active


def test_the_pages_show_open_and_mark_notices_and_keep_choices(person: Callable[..., Scope]) -> None:
    scope, client = person(), Client()
    client.force_login(user_of(scope))
    assert "没有通知" in client.get("/notices").content.decode()
    assert client.get("/notices").content.decode().count("wf-bell-count") == 0
    tell(to(scope), urgent=True)
    page = client.get("/notices").content.decode()
    assert "三号树结果了" in page
    assert '<span class="wf-bell-count" aria-hidden="true">1</span>' in page
    with session(scope):
        (row,), _ = notices_of(scope)
    answer = client.get(f"/notices/{row.id}")
    assert (answer.status_code, answer["Location"]) == (302, "/trees/1")
    assert new_of(scope) == 0
    tell(to(scope))
    assert client.post("/notices/seen").status_code == 303
    assert new_of(scope) == 0
    assert "没有设置邮件服务器" in client.get("/account/notices").content.decode()
    assert "您还没有填写电子邮箱" in client.get("/account/notices").content.decode()
    by_mail(scope, "a@example.org")
    wrong = client.post("/account/notices", {"digest": "on", "topic-orchard": "pigeon"})
    assert wrong.status_code == 422
    assert "a@example.org" in wrong.content.decode()
    assert client.post("/account/notices", {"topic-orchard": "bell"}).status_code == 303
    with session(scope):
        mailing = mailing_of(scope)
    assert (mailing.email, mailing.digest, mailing.channels["orchard"]) == (
        "a@example.org",
        False,
        Channel.BELL,
    )
    for path in ("/notices", "/account/notices", f"/notices/{row.id}"):
        assert Client().get(path)["Location"].startswith("/sign-in")


def user_of(scope: Scope) -> object:
    return get_user_model().objects.get(id=scope.user_id)


def test_the_bell_asks_once(person: Callable[..., Scope]) -> None:
    scope = person()
    tell(to(scope))
    with session(scope), CaptureQueriesContext(connections["default"]) as asked:
        assert unseen_count(scope) == 1
    assert sum("notices_delivery" in query["sql"] for query in asked.captured_queries) == 1
    assert len(asked) <= 2
