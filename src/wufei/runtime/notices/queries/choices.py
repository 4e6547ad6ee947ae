"""What may be told, and how a person wants to hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connections

from wufei.kernel.errors import AccessError, InvariantError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.identity.queries import contact_of
from wufei.runtime.jobs.exports import exported
from wufei.runtime.notices.core.notices import Channel, Topic
from wufei.runtime.notices.models import Choice, Mailbox

_DIGEST_DAYS = """
    SELECT user_id, digest_on FROM notices_mailbox
    WHERE user_id = ANY(%s::bigint[]) AND digest_on IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Mailing:
    """A person's address and choices; ``refused`` is what the mail server said of the address."""

    email: str
    digest: bool
    refused: str
    channels: Mapping[str, Channel]


def topics() -> dict[str, Topic]:
    """Give the topics of all rooms by key."""
    return {topic.key: topic for topic in exported("TOPICS")}


def topic_of(key: str) -> Topic:
    """Give a topic; a key that no room declares is a bug."""
    found = topics().get(key)
    if found is None:
        raise InvariantError("notice.topic", Text(f"未声明的主题 {key}", f"No room declares the topic {key}"))
    return found


def mailing_of(scope: Scope) -> Mailing:
    """Give one's own choices, with what holds where nothing was chosen, and the address of one's account."""
    user_id = own_id(scope)
    box = Mailbox.objects.filter(user_id=user_id).first() or Mailbox()
    contact = contact_of(user_id)
    chosen = dict(Choice.objects.filter(user_id=user_id).values_list("topic", "channel"))
    channels = {topic.key: Channel(chosen.get(topic.key, topic.channel)) for topic in topics().values()}
    return Mailing(contact.email, box.digest, contact.refused, channels)


def digest_days(user_ids: Iterable[int]) -> dict[int, date]:
    """Give the day of the last digest of people, also if it was not sent for want of news.

    For providers: what happened since then is new. Read as ``system``; who never had one is left out.
    """
    with connections["system"].cursor() as cursor:
        cursor.execute(_DIGEST_DAYS, [list(user_ids)])
        return dict(cursor.fetchall())


def own_id(scope: Scope) -> int:
    """Give who asks; a visitor and the command line have no notices."""
    if scope.user_id is None:
        raise AccessError("notices")
    return scope.user_id
