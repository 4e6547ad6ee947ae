"""The bell, the list of notices and the page of choices."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.runtime.notices.conftest import by_mail, new_of, tell, to, user_of
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.notices.core.notices import Channel
from wufei.runtime.notices.queries import mailing_of, notices_of, unseen_count

pytestmark = pytest.mark.usefixtures("orchard")


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


def test_the_bell_asks_once(person: Callable[..., Scope]) -> None:
    scope = person()
    tell(to(scope))
    with session(scope), CaptureQueriesContext(connections["default"]) as asked:
        assert unseen_count(scope) == 1
    assert sum("notices_delivery" in query["sql"] for query in asked.captured_queries) == 1
    assert len(asked) <= 2
