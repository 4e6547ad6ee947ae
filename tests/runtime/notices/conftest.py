"""A room that looks after orchards, the people it tells, and a mail server of theirs."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.contrib.auth import get_user_model
from django.db import connections

from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.services import add_membership, create_user, save_contact
from wufei.runtime.notices import jobs
from wufei.runtime.notices.core.notices import Channel, Recipients, Topic
from wufei.runtime.notices.queries import unseen_count
from wufei.runtime.notices.services import notify, save_mailing

PASSWORD = "correct horse battery"
NOW = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
ORCHARD = Topic("orchard", Text("果园", "Orchard"))
QUIET = Topic("quiet", Text("小事", "Small things"), Channel.BELL)


@pytest.fixture
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


def by_mail(scope: Scope, email: str, **more: object) -> None:
    """Give the address where it is kept; choose only what is named."""
    save_contact(user_id=scope.user_id or 0, phone="13800001234", email=email)
    if more:
        with session(scope):
            save_mailing(scope, **({"digest": True, "channels": {}} | more))  # type: ignore[arg-type]


def user_of(scope: Scope) -> object:
    return get_user_model().objects.get(id=scope.user_id)


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
