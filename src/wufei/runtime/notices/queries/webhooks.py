"""Which webhooks there are, and which calls were given up."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connections

from wufei.runtime.access.core import Scope, require
from wufei.runtime.notices.models import Webhook


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook; its secret was shown once."""

    id: int
    region_id: int | None
    party_id: int | None
    url: str
    topics: tuple[str, ...]
    active: bool


def webhooks_of(scope: Scope) -> list[WebhookRow]:
    """Give the webhooks of the regions and parties in a scope."""
    require(scope, "people.manage")
    found = Webhook.objects.defer("secret").order_by("id")
    return [
        WebhookRow(one.id, one.region_id, one.party_id, one.url, tuple(one.topics), one.active)
        for one in found
    ]


def parked_calls(scope: Scope) -> tuple[int, str]:
    """Count the calls that were given up, and say why the latest was."""
    require(scope, "audit.read")
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce((array_agg(reason ORDER BY parked_at DESC))[1], '') "
            "FROM notices_call WHERE parked_at IS NOT NULL"
        )
        many, reason = cursor.fetchone()
    return int(many), str(reason)
