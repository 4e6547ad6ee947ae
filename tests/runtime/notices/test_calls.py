"""Programs are called with a signature, again when they fail, and only by who may have them called."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import DatabaseError, connections

from tests.runtime.notices.conftest import NOW, tell
from wufei.kernel.errors import AccessError, NotFoundError
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.environment import Environment, environment
from wufei.runtime.notices import jobs
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.core.webhooks import pause_after
from wufei.runtime.notices.queries import parked_calls, webhooks_of
from wufei.runtime.notices.services import (
    call_waiting,
    remove_webhook,
    retry_parked,
    save_webhook,
    spread,
)
from wufei.runtime.notices.services.calling import call

pytestmark = pytest.mark.usefixtures("orchard")


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
