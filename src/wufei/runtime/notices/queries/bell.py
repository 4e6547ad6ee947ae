"""One's own notices: how many are new, and which there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.notices.core.notices import NoticeRow
from wufei.runtime.notices.queries.choices import own_id, topics

UNSEEN_MAX = 99
"""The bell counts this far and then says “99+”."""

# The rows of one person, and never more of them than the bell can say.
_COUNT = """
    SELECT count(*) FROM (
        SELECT 1 FROM notices_delivery WHERE user_id = %s AND seen_at IS NULL LIMIT %s) AS unseen
"""
_LIST = """
    SELECT notice.id, notice.topic, notice.text_zh, notice.text_en, notice.urgent, notice.sent_at,
        delivery.seen_at, delivery.id
    FROM notices_delivery AS delivery JOIN notices_notice AS notice ON notice.id = delivery.notice_id
    WHERE delivery.user_id = %(user)s AND (%(topic)s = '' OR delivery.topic = %(topic)s)
        AND (%(seen)s::boolean IS NULL OR (delivery.seen_at IS NOT NULL, -delivery.id) > (%(seen)s, -%(id)s))
    ORDER BY delivery.seen_at IS NOT NULL, delivery.id DESC LIMIT %(limit)s
"""

_UNTOLD = """
    SELECT asked.key FROM unnest(%s::text[]) AS asked (key)
    WHERE NOT EXISTS (SELECT FROM notices_notice AS notice WHERE notice.key = asked.key)
"""


def unseen_count(scope: Scope) -> int:
    """Count one's own new notices, up to one more than `UNSEEN_MAX`; nobody has none."""
    if scope.user_id is None:
        return 0
    return int(_read(_COUNT, [scope.user_id, UNSEEN_MAX + 1])[0][0])


def notices_of(
    scope: Scope, *, topic: str = "", limit: int = 50, after: str = ""
) -> tuple[list[NoticeRow], str]:
    """Give one's own notices, the new ones first, each newest first; and what the next page begins after.

    Raises
    ------
    AccessError
        Nobody is signed in.
    InputError
        ``notice.after``: the page before did not end so.
    """
    seen, last = _parsed(after)
    asked = {"user": own_id(scope), "topic": topic, "seen": seen, "id": last, "limit": limit + 1}
    found = _read(_LIST, asked)
    known = topics()
    rows = [
        NoticeRow(
            notice_id,
            known[key].label if key in known else Text(key),
            key,
            Text(zh, en),
            urgent,
            sent_at,
            seen_at,
        )
        for notice_id, key, zh, en, urgent, sent_at, seen_at, _ in found[:limit]
    ]
    if len(found) <= limit:
        return rows, ""
    *_, seen_at, delivery_id = found[limit - 1]
    return rows, f"{'s' if seen_at else 'n'}{delivery_id}"


def untold(keys: Sequence[str]) -> frozenset[str]:
    """Give those keys that no notice has yet: a job asks before it tells again of what it told.

    Read as ``system``: who tells may not read what others are told, and sees here no more than keys it made.
    """
    with connections["system"].cursor() as cursor:
        cursor.execute(_UNTOLD, [list(keys)])
        return frozenset(key for (key,) in cursor.fetchall())


def _parsed(after: str) -> tuple[bool | None, int]:
    if not after:
        return None, 0
    if after[0] not in "sn" or not after[1:].isascii() or not after[1:].isdecimal() or len(after) > 19:
        message = Text("请从通知页第一页重新进入。", "Start again from the first page of notices.")
        raise InputError("notice.after", "after", after[:40], message)
    return after[0] == "s", int(after[1:])


def _read(statement: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
