"""What may be told, and how a person wants to hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wufei.kernel.errors import AccessError, InvariantError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.jobs.exports import exported
from wufei.runtime.notices.core.notices import Channel, Topic
from wufei.runtime.notices.models import Choice, Mailbox


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
    """Give one's own address and choices, with what holds where nothing was chosen."""
    user_id = own_id(scope)
    box = Mailbox.objects.filter(user_id=user_id).first() or Mailbox()
    chosen = dict(Choice.objects.filter(user_id=user_id).values_list("topic", "channel"))
    channels = {topic.key: Channel(chosen.get(topic.key, topic.channel)) for topic in topics().values()}
    return Mailing(box.email, box.digest, box.refused, channels)


def own_id(scope: Scope) -> int:
    """Give who asks; a visitor and the command line have no notices."""
    if scope.user_id is None:
        raise AccessError("notices")
    return scope.user_id
