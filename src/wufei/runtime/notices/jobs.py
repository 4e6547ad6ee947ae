"""What notices do by themselves: mail and calls; and what doctor looks at."""

from __future__ import annotations

from datetime import time

from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import LOCAL_ZONE, now
from wufei.runtime.environment import environment
from wufei.runtime.jobs.core import Job, Watched
from wufei.runtime.notices.core.notices import Topic
from wufei.runtime.notices.queries.webhooks import parked_calls
from wufei.runtime.notices.services import call_waiting, send_digests, send_urgent, spread

DIGEST_AT = time(7, 30)

TOPICS = (Topic("site", Text("系统通知", "About this site")),)


def send_due_digests() -> bool:
    """Send the digests of the day, from half past seven in the morning on."""
    at = now()
    if environment().smtp_url and at.astimezone(LOCAL_ZONE).time() >= DIGEST_AT:
        send_digests(environment(), now=at)
    return False


def send_what_is_urgent() -> bool:
    """Send urgent notices."""
    if environment().smtp_url:
        send_urgent(environment(), now=now())
    return False


def call_webhooks() -> bool:
    """Make out calls and make those that are due; say whether more are waiting."""
    at = now()
    more = spread(now=at)
    call_waiting(environment(), now=at)
    return more


def watch_webhooks() -> Watched:
    """Say whether calls were given up."""
    many, reason = parked_calls(Scope.operator())
    return Watched(
        part="webhooks",
        title=Text("回调", "Webhooks"),
        alarm=bool(many),
        found=Text(f"搁置 {many} 次 {reason}".strip(), f"{many} calls given up {reason}".strip()),
        fix=Text(
            "请对方检查接收程序；修好后执行 wufei notices retry。",
            "Have the receiving program looked at; when it works, run wufei notices retry.",
        ),
    )


JOBS = (
    Job("notices-digest", 60, send_due_digests),
    Job("notices-urgent", 5, send_what_is_urgent),
    Job("notices-webhooks", 5, call_webhooks),
)
WATCHES = (watch_webhooks,)
