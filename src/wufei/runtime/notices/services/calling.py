"""Call other programs: signed, tried again with longer pauses, given up after some; and who is called."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import ssl
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult

from django.db import connections, transaction

from wufei.kernel.errors import ExternalError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime import clock
from wufei.runtime.access.core import Scope, require
from wufei.runtime.environment import Environment, environment
from wufei.runtime.notices.core.webhooks import may_be_called, parse_address, pause_after, signature
from wufei.runtime.notices.models import Webhook
from wufei.runtime.notices.queries.choices import topics

_WITHIN_S = 10.0
_BATCH = 50
_REASON_MAX = 200
_SPREAD = """
    WITH fresh AS (
        SELECT id, topic, region_id, party_id FROM notices_notice WHERE spread_at IS NULL
        ORDER BY sent_at LIMIT %(many)s FOR UPDATE SKIP LOCKED),
    made AS (
        INSERT INTO notices_call (webhook_id, notice_id, tries, next_at, reason)
        SELECT webhook.id, fresh.id, 0, %(now)s, '' FROM fresh JOIN notices_webhook AS webhook
            ON webhook.active AND (webhook.region_id = fresh.region_id OR webhook.party_id = fresh.party_id)
            AND (webhook.topics = '{}' OR fresh.topic = ANY(webhook.topics))
        ON CONFLICT DO NOTHING)
    UPDATE notices_notice SET spread_at = %(now)s FROM fresh WHERE notices_notice.id = fresh.id
"""
_WAITING = """
    SELECT call.id, call.tries, webhook.url, webhook.secret, notice.id, notice.topic, notice.text_zh,
        notice.text_en, notice.link, notice.urgent, notice.sent_at
    FROM notices_call AS call JOIN notices_webhook AS webhook ON webhook.id = call.webhook_id
        JOIN notices_notice AS notice ON notice.id = call.notice_id
    WHERE call.done_at IS NULL AND call.parked_at IS NULL AND call.next_at <= %s AND webhook.active
    ORDER BY call.next_at LIMIT %s
"""
_DONE = "UPDATE notices_call SET done_at = %s, tries = tries + 1, next_at = NULL, reason = '' WHERE id = %s"
_FAILED = """
    UPDATE notices_call SET tries = tries + 1, next_at = %s, parked_at = %s, reason = %s WHERE id = %s
"""
_RETRY = """
    UPDATE notices_call SET parked_at = NULL, tries = 0, next_at = %s WHERE parked_at IS NOT NULL
"""


def save_webhook(
    scope: Scope,
    *,
    region_id: int | None,
    party_id: int | None,
    url: str,
    topics_called: tuple[str, ...] = (),
) -> tuple[int, str]:
    """Have another program called about the notices of a region or a party; give id and secret, once.

    Raises
    ------
    AccessError
        Not allowed, or not here.
    InputError
        ``webhook.owner``: a region or a party, one of them; ``webhook.address``; ``webhook.topic``.
    """
    if (region_id is None) == (party_id is None):
        message = Text("请指明一个区域或一个单位。", "Name one region or one party.")
        raise InputError("webhook.owner", "region_id", region_id, message)
    require(scope, "people.manage", region_id=region_id, party_id=party_id)
    parse_address(url)
    unknown = sorted(set(topics_called) - set(topics()))
    if unknown:
        message = Text(f"没有主题 {unknown[0]}。", f"There is no topic {unknown[0]}.")
        raise InputError("webhook.topic", "topics", unknown[0], message)
    secret = secrets.token_hex(32)
    made = Webhook.objects.create(
        region_id=region_id,
        party_id=party_id,
        url=url.strip(),
        secret=secret,
        topics=list(topics_called),
        made_at=clock.now(),
    )
    return made.id, secret


def remove_webhook(scope: Scope, *, webhook_id: int) -> None:
    """Call a program no more.

    Raises
    ------
    NotFoundError
        There is none of this number, or not for this person.
    """
    found = Webhook.objects.defer("secret").filter(id=webhook_id).first()
    if found is None:
        raise NotFoundError("webhook", webhook_id)
    require(scope, "people.manage", region_id=found.region_id, party_id=found.party_id)
    Webhook.objects.filter(id=webhook_id).update(active=False)


def retry_parked(scope: Scope) -> int:
    """Try the calls again that were given up, and give how many."""
    require(scope, "audit.read")
    with connections["system"].cursor() as cursor:
        cursor.execute(_RETRY, [clock.now()])
        return int(cursor.rowcount)


def spread(*, now: datetime) -> bool:
    """Make out the calls about new notices; say whether more are waiting."""
    with transaction.atomic(using="system"), connections["system"].cursor() as cursor:
        cursor.execute(_SPREAD, {"now": now, "many": _BATCH})
        return bool(cursor.rowcount == _BATCH)


def call_waiting(surroundings: Environment, *, now: datetime) -> int:
    """Make the calls that are due, each once, and give how many succeeded."""
    with connections["system"].cursor() as cursor:
        cursor.execute(_WAITING, [now, _BATCH])
        waiting = cursor.fetchall()
    done = 0
    for call_id, tries, url, secret, *notice in waiting:
        reason = call(surroundings, url, secret, _body(notice), timestamp=int(now.timestamp()))
        with connections["system"].cursor() as cursor:
            if not reason:
                cursor.execute(_DONE, [now, call_id])
                done += 1
                continue
            pause = pause_after(tries + 1)
            following, parked = (now + pause, None) if pause else (None, now)
            cursor.execute(_FAILED, [following, parked, reason[:_REASON_MAX], call_id])
    return done


def call(surroundings: Environment, url: str, secret: str, body: bytes, *, timestamp: int) -> str:
    """Make one call; give what was the matter, empty if it was taken (2xx). A redirect is not followed."""
    try:
        parts = parse_address(url)
        connection = _connected(surroundings, parts)
    except (OSError, ValueError, InputError, ExternalError) as error:
        return str(error)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "wufei",
        "Wufei-Timestamp": str(timestamp),
        "Wufei-Signature": f"sha256={signature(secret, timestamp, body)}",
    }
    try:
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    except (OSError, ValueError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
    return "" if 200 <= status < 300 else f"HTTP {status}"


def _connected(surroundings: Environment, parts: SplitResult) -> http.client.HTTPConnection:
    """Connect to an address that was looked at; a name that leads elsewhere later changes nothing."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    refused = [address for address in found if not may_be_called(address, surroundings.webhook_networks)]
    if refused or not found:
        message = Text(
            f"{host} 指向内部地址 {refused}，不予调用。确需调用请在 WUFEI_WEBHOOK_NETWORKS 中列出该网段。",
            f"{host} leads to {refused}, which is not public. List its network in "
            "WUFEI_WEBHOOK_NETWORKS to allow it.",
        )
        raise ExternalError("webhook.network", message)
    reached = socket.create_connection((found[0], port), _WITHIN_S)
    if parts.scheme == "https":
        reached = ssl.create_default_context().wrap_socket(reached, server_hostname=host)
    connection = http.client.HTTPConnection(host, port, timeout=_WITHIN_S)
    connection.sock = reached
    return connection


def _body(notice: list[Any]) -> bytes:
    notice_id, topic, zh, en, link, urgent, sent_at = notice
    values = {
        "id": str(notice_id),
        "topic": topic,
        "text": {"zh": zh, "en": en},
        "link": environment().site_url + link,
        "urgent": urgent,
        "sent_at": sent_at.isoformat(),
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True).encode()
