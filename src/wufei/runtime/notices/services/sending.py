"""Tell people, once per key; and what they do with it: open, mark as seen, choose how to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from wufei.kernel.errors import InputError, InvariantError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.identity.queries import people_by_id, people_of
from wufei.runtime.notices.core.notices import Channel, Recipients, Topic
from wufei.runtime.notices.models import Choice, Delivery, Mailbox, Notice
from wufei.runtime.notices.queries.choices import own_id, topic_of, topics

_TEXT_MAX = 500

# Whoever writes may not read what others are told, so nothing comes back from these statements.
_NOTICE = """
    INSERT INTO notices_notice (id, key, topic, text_zh, text_en, link, urgent, region_id, party_id, sent_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_DELIVERIES = """
    INSERT INTO notices_delivery (notice_id, user_id, topic, by_mail, urgent)
    SELECT %s, told.user_id, %s, told.by_mail, %s
    FROM unnest(%s::bigint[], %s::boolean[]) AS told (user_id, by_mail)
    ON CONFLICT DO NOTHING
"""
_CHOICES = "SELECT user_id, channel FROM wufei_notice_choices(%s, %s::bigint[])"
_KEY_MAX = 200


@transaction.atomic
def notify(*, to: Recipients, topic: str, text: Text, link: str, key: str, urgent: bool = False) -> int:
    """Tell people something, in the transaction of what it is about.

    Parameters
    ----------
    to : Recipients
        Who they are is found out now.
    topic : str
        Declared by a room in ``TOPICS``.
    link : str
        The page of the site that it is about, such as ``/entries/1``.
    key : str
        Names the event, such as ``entry.returned:17:2``: the same key tells nobody again.
    urgent : bool
        By mail at once, within the bound of a day; never switched off.

    Returns
    -------
    int
        How many people were told; 0 if the key was used before. What nobody could hear of, no webhook
        either, leaves the key free: it is told once there is somebody.

    Raises
    ------
    InvariantError
        ``notice.topic``, ``notice.link``, ``notice.key``: a bug of the room that calls.
    """
    declared = topic_of(topic)
    _check(text, link, key)
    people = _resolved(to)
    if not people and to.region_id is None and to.party_id is None:
        return 0
    at = clock.now()
    notice_id = new_id(at)
    with connections["default"].cursor() as cursor:
        values: list[Any] = [
            notice_id,
            key,
            topic,
            text.zh,
            text.en,
            link,
            urgent,
            to.region_id,
            to.party_id,
            at,
        ]
        cursor.execute(_NOTICE, values)
        if cursor.rowcount == 0:
            return 0
        told = _told(people, declared, urgent=urgent)
        cursor.execute(_DELIVERIES, [notice_id, topic, urgent, list(told), list(told.values())])
        return int(cursor.rowcount)


def mark_seen(scope: Scope, *, notice_ids: list[UUID] | None = None) -> int:
    """Mark one's own notices as seen, all new ones if none are named, and give how many that were."""
    mine = Delivery.objects.filter(user_id=own_id(scope), seen_at=None)
    if notice_ids is not None:
        mine = mine.filter(notice_id__in=notice_ids)
    return mine.update(seen_at=clock.now())


def open_notice(scope: Scope, notice_id: UUID) -> str:
    """Mark one notice as seen and give the page that it is about.

    Raises
    ------
    NotFoundError
        It is not this person's.
    """
    if not Delivery.objects.filter(user_id=own_id(scope), notice_id=notice_id).exists():
        raise NotFoundError("notice", notice_id)
    mark_seen(scope, notice_ids=[notice_id])
    link: str = Notice.objects.values_list("link", flat=True).get(id=notice_id)
    return link


@transaction.atomic
def save_mailing(scope: Scope, *, digest: bool, channels: Mapping[str, str]) -> None:
    """Keep whether one wants a digest, and a channel per topic; the address is that of one's account.

    Raises
    ------
    InputError
        ``notice.channel``: no such topic or channel.
    """
    user_id = own_id(scope)
    known = topics()
    for topic, channel in channels.items():
        if topic not in known or channel not in list(Channel):
            message = Text(f"没有主题“{topic}”或方式“{channel}”。", f"No topic “{topic}” or way “{channel}”.")
            raise InputError("notice.channel", topic, channel, message)
        Choice.objects.update_or_create(user_id=user_id, topic=topic, defaults={"channel": channel})
    Mailbox.objects.update_or_create(user_id=user_id, defaults={"digest": digest})


def _check(text: Text, link: str, key: str) -> None:
    if not text.zh or max(len(text.zh), len(text.en)) > _TEXT_MAX:
        raise InvariantError(
            "notice.text", Text(f"通知须有 1 至 {_TEXT_MAX} 字", f"1 to {_TEXT_MAX} characters")
        )
    if not link.startswith("/") or link.startswith(("//", "/\\")) or len(link) > _TEXT_MAX:
        raise InvariantError("notice.link", Text(f"{link} 不是本站地址", f"{link} is no page of this site"))
    if not key or len(key) > _KEY_MAX:
        raise InvariantError("notice.key", Text(f"键 {key!r} 无效", f"{key!r} is no key"))


def _resolved(to: Recipients) -> list[int]:
    on = clock.today_on()
    found = set(to.user_ids)
    for department_id in set(to.department_ids):
        found |= people_of(on=on, department_id=department_id)
    if to.roles and to.region_id is not None:
        found |= people_of(on=on, roles=to.roles, region_id=to.region_id)
    if to.party_id is not None:
        found |= people_of(on=on, roles=to.roles if to.region_id is None else (), party_id=to.party_id)
    return sorted(people_by_id(found))


def _told(user_ids: list[int], topic: Topic, *, urgent: bool) -> dict[int, bool]:
    """Say for each person who is told whether by mail too."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_CHOICES, [topic.key, user_ids])
        chosen = dict(cursor.fetchall())
    channels = {user_id: Channel(chosen.get(user_id, topic.channel)) for user_id in user_ids}
    return {
        user_id: urgent or channel is Channel.DIGEST
        for user_id, channel in channels.items()
        if urgent or channel is not Channel.OFF
    }
