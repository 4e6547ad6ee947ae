"""Reads of notices: one's own only."""

from wufei.runtime.notices.queries.bell import UNSEEN_MAX, notices_of, unseen_count, untold
from wufei.runtime.notices.queries.choices import Mailing, digest_days, mailing_of, topics
from wufei.runtime.notices.queries.webhooks import WebhookRow, parked_calls, webhooks_of

__all__ = [
    "UNSEEN_MAX",
    "Mailing",
    "WebhookRow",
    "digest_days",
    "mailing_of",
    "notices_of",
    "parked_calls",
    "topics",
    "unseen_count",
    "untold",
    "webhooks_of",
]
