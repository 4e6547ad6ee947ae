"""Writes of notices: tell people, mark as seen, keep choices, send mail, call webhooks."""

from wufei.runtime.notices.services.calling import (
    call_waiting,
    remove_webhook,
    retry_parked,
    save_webhook,
    spread,
)
from wufei.runtime.notices.services.mailing import send_digests, send_urgent
from wufei.runtime.notices.services.sending import mark_seen, notify, open_notice, save_mailing

__all__ = [
    "call_waiting",
    "mark_seen",
    "notify",
    "open_notice",
    "remove_webhook",
    "retry_parked",
    "save_mailing",
    "save_webhook",
    "send_digests",
    "send_urgent",
    "spread",
]
