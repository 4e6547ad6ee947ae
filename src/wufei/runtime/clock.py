"""The only place that asks what time it is."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Give the present instant in UTC; ``WUFEI_NOW`` (ISO 8601 with offset) stands in for it."""
    fixed = os.environ.get("WUFEI_NOW")
    if fixed:
        return datetime.fromisoformat(fixed).astimezone(UTC)
    return datetime.now(UTC)


def today_on() -> date:
    """Give the present day by Asia/Shanghai, the zone of every day and month in Wufei."""
    return now().astimezone(LOCAL_ZONE).date()


def day_of(at: datetime) -> date:
    """Give the day of an instant by Asia/Shanghai."""
    return at.astimezone(LOCAL_ZONE).date()
