"""One mail a day in the language of the person, urgent ones at once; a bad address holds up nobody."""

from __future__ import annotations

import tracemalloc
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import pytest
from django.db import connections
from django.test import Client

from tests.runtime.notices.conftest import NOW, PASSWORD, Postbox, by_mail, tell, to, user_of
from wufei.kernel.errors import ExternalError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.audit.core import Event
from wufei.runtime.audit.services import add_events
from wufei.runtime.environment import Environment, environment
from wufei.runtime.identity.queries import parties_by_id
from wufei.runtime.identity.services import add_membership, create_user, note_refusal
from wufei.runtime.notices import jobs
from wufei.runtime.notices.core.notices import Line, Recipients, Section
from wufei.runtime.notices.queries import mailing_of
from wufei.runtime.notices.services import (
    send_digests,
    send_urgent,
)

pytestmark = pytest.mark.usefixtures("orchard")


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
