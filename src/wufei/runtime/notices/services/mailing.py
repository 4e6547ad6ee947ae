"""One digest per person and day, urgent notices at once within a bound; nothing item by item."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.db import connections, transaction

from wufei.kernel.errors import ExternalError
from wufei.kernel.text import Text
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.environment import Environment
from wufei.runtime.identity.core.personal import is_email
from wufei.runtime.identity.queries import UserRow, people_by_id
from wufei.runtime.identity.services import note_refusal
from wufei.runtime.jobs.exports import exported
from wufei.runtime.notices.core.mail import LINES_MAX, digest_mail
from wufei.runtime.notices.core.notices import Line, Provider, Section
from wufei.runtime.notices.queries.choices import topics

URGENT_PER_DAY_MAX = 3
"""Mails that a person gets at once in a day; what is urgent beyond waits for the digest."""

BATCH = 200
"""People whose digests are in memory at once."""

_WITHIN_S = 30.0
_NO_ADDRESS = "no e-mail address (kept before addresses were checked as they are now)"
# A person, with or without anything new: rooms may have something to say that is no notice.
_DUE = """
    SELECT contact.user_id, contact.email
    FROM identity_contact AS contact LEFT JOIN notices_mailbox AS box ON box.user_id = contact.user_id
    WHERE contact.email <> '' AND contact.refused = '' AND coalesce(box.digest, true)
        AND (box.digest_on IS NULL OR box.digest_on < %s) AND contact.user_id > %s
    ORDER BY contact.user_id LIMIT %s
"""
_URGENT_DUE = """
    SELECT contact.user_id, contact.email
    FROM identity_contact AS contact LEFT JOIN notices_mailbox AS box ON box.user_id = contact.user_id
    WHERE contact.email <> '' AND contact.refused = ''
        AND (box.urgent_on IS DISTINCT FROM %s OR box.urgent_count < %s) AND contact.user_id > %s AND EXISTS (
            SELECT 1 FROM notices_delivery AS delivery
            WHERE delivery.user_id = contact.user_id AND delivery.urgent AND delivery.seen_at IS NULL
                AND delivery.mailed_at IS NULL AND delivery.by_mail)
    ORDER BY contact.user_id LIMIT %s
"""
# No more of each person's than a mail may hold and count.
_NEW = """
    SELECT person.user_id, new.id, new.topic, new.text_zh, new.text_en, new.notice_id
    FROM unnest(%s::bigint[]) AS person (user_id), LATERAL (
        SELECT delivery.id, delivery.topic, notice.text_zh, notice.text_en, notice.id AS notice_id
        FROM notices_delivery AS delivery JOIN notices_notice AS notice ON notice.id = delivery.notice_id
        WHERE delivery.user_id = person.user_id AND delivery.seen_at IS NULL AND delivery.mailed_at IS NULL
            AND delivery.by_mail AND (delivery.urgent OR NOT %s)
        ORDER BY delivery.id DESC LIMIT %s) AS new
    ORDER BY person.user_id, new.id DESC
"""
_MAILED = "UPDATE notices_delivery SET mailed_at = %s WHERE id = ANY(%s)"
_DIGEST_SENT = """
    INSERT INTO notices_mailbox AS box (user_id, digest, digest_on, urgent_count)
    VALUES (%(user)s, true, %(on)s, 0) ON CONFLICT (user_id) DO UPDATE SET digest_on = excluded.digest_on
"""
_URGENT_SENT = """
    INSERT INTO notices_mailbox AS box (user_id, digest, urgent_on, urgent_count)
    VALUES (%(user)s, true, %(on)s, 1) ON CONFLICT (user_id) DO UPDATE SET urgent_on = excluded.urgent_on,
        urgent_count = CASE WHEN box.urgent_on = excluded.urgent_on THEN box.urgent_count + 1 ELSE 1 END
"""
_NEW_MAX = 10 * LINES_MAX


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is sent."""

    user: UserRow
    email: str
    sections: tuple[Section, ...]
    delivery_ids: tuple[int, ...]


def send_digests(environment: Environment, *, now: datetime, batch: int = BATCH) -> int:
    """Send the digest of a day to everyone who wants one and has not had it; give how many were sent.

    Who has nothing new gets none. A mail that the server refuses is noted at the person and holds up nobody.

    Raises
    ------
    ExternalError
        ``notice.mail``: the server does not answer; the next round goes on behind the last one sent.
    """
    on, sent, last = now.astimezone(LOCAL_ZONE).date(), 0, 0
    providers: tuple[Provider, ...] = tuple(exported("DIGESTS"))
    with _server(environment) as server:
        while people := _rows(_DUE, [on, last, batch]):
            last = people[-1][0]
            for letter in _letters(people, providers, on, urgent=False):
                sent += _sent(server, environment, letter, now, urgent=False)
    return sent


def send_urgent(environment: Environment, *, now: datetime, batch: int = BATCH) -> int:
    """Send what is urgent and new, one mail per person for all of it; errors as `send_digests`."""
    on, sent, last = now.astimezone(LOCAL_ZONE).date(), 0, 0
    due = _rows(_URGENT_DUE, [on, URGENT_PER_DAY_MAX, last, batch])
    if not due:
        return 0
    with _server(environment) as server:
        while due:
            last = due[-1][0]
            for letter in _letters(due, (), on, urgent=True):
                sent += _sent(server, environment, letter, now, urgent=True)
            due = _rows(_URGENT_DUE, [on, URGENT_PER_DAY_MAX, last, batch])
    return sent


def _letters(
    people: list[tuple[Any, ...]], providers: Sequence[Provider], on: date, *, urgent: bool
) -> Iterator[Letter]:
    emails: dict[int, str] = dict(people)
    users = people_by_id(emails)
    new: dict[int, list[tuple[Any, ...]]] = {}
    for user_id, *row in _rows(_NEW, [list(users), urgent, _NEW_MAX]):
        new.setdefault(user_id, []).append(tuple(row))
    given = [provide(list(users), on) for provide in providers]
    for user_id, user in users.items():
        rows = new.get(user_id, [])
        sections = (*_by_topic(rows), *(part[user_id] for part in given if user_id in part))
        yield Letter(user, emails[user_id], sections, tuple(row[0] for row in rows))


def _by_topic(rows: list[tuple[Any, ...]]) -> Iterator[Section]:
    known = topics()
    lines: dict[str, list[Line]] = {}
    for _, topic, zh, en, notice_id in rows:
        lines.setdefault(topic, []).append(Line(Text(zh, en), f"/notices/{notice_id}"))
    for topic, found in lines.items():
        yield Section(known[topic].label if topic in known else Text(topic), tuple(found))


def _sent(
    server: smtplib.SMTP, environment: Environment, letter: Letter, now: datetime, *, urgent: bool
) -> int:
    on = now.astimezone(LOCAL_ZONE).date()
    if letter.sections:
        refused = _refusal(server, environment, letter, now, urgent=urgent)
        if refused:
            note_refusal(user_id=letter.user.id, email=letter.email, reason=refused)
            return 0
    # Noted behind the sending: a process that is killed between sends one mail twice, never none.
    with transaction.atomic(using="system"), connections["system"].cursor() as cursor:
        cursor.execute(_MAILED, [now, list(letter.delivery_ids)])
        cursor.execute(_URGENT_SENT if urgent else _DIGEST_SENT, {"on": on, "user": letter.user.id})
    return int(bool(letter.sections))


def _refusal(
    server: smtplib.SMTP, environment: Environment, letter: Letter, now: datetime, *, urgent: bool
) -> str:
    """Send a letter and give what the server has against its address, empty if nothing."""
    if not is_email(letter.email):
        return _NO_ADDRESS
    try:
        server.send_message(_message(environment, letter, now, urgent=urgent))
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError) as error:
        return str(error)
    except (OSError, smtplib.SMTPException) as error:
        raise _no_answer(environment, error) from error
    return ""


def _message(environment: Environment, letter: Letter, now: datetime, *, urgent: bool) -> EmailMessage:
    sender = _options(environment)["from"]
    subject, body = digest_mail(
        letter.user.display_name or letter.user.username,
        letter.sections,
        now.astimezone(LOCAL_ZONE).date(),
        language=letter.user.language,
        site_url=environment.site_url,
        urgent=urgent,
    )
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.email, subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "wufei.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _options(environment: Environment) -> Mapping[str, str]:
    parts = urlsplit(environment.smtp_url)
    asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {"from": f"wufei@{parts.hostname}", "starttls": ""} | asked


@contextmanager
def _server(environment: Environment) -> Iterator[smtplib.SMTP]:
    """Open one connection for many mails: ``smtps://``, or ``smtp://`` with ``starttls=1`` or clear."""
    parts = urlsplit(environment.smtp_url)
    host, context = parts.hostname or "", ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=_WITHIN_S, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=_WITHIN_S)
            if _options(environment)["starttls"]:
                server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException) as error:
        raise _no_answer(environment, error) from error
    with server:
        yield server


def _no_answer(environment: Environment, error: Exception) -> ExternalError:
    host = urlsplit(environment.smtp_url).hostname
    return ExternalError(
        "notice.mail",
        Text(
            f"邮件服务器 {host} 没有正常应答：{error}。请检查 WUFEI_SMTP_URL；稍后会自动重试。",
            f"The mail server {host} did not answer as it should: {error}. Look at WUFEI_SMTP_URL; "
            "it is tried again.",
        ),
    )


def _rows(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connections["system"].cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
