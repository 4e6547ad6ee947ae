"""What the register does by itself: once a day it looks at what ends soon."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.records.registry.services.applying import TO_APPLICANT, TO_OFFICE
from wufei.records.registry.services.reminding import keep_reminders
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import today_on
from wufei.runtime.jobs.core import Job
from wufei.runtime.notices.core.notices import Topic

EVERY_S = 3600.0
"""Every hour: what was kept already is not kept again, and a site that is off at night misses nothing."""


def remind() -> bool:
    """Keep the reminders of today."""
    keep_reminders(Scope.operator(), on=today_on())
    return False


TOPICS = (
    Topic(TO_OFFICE, Text("企业注册申请", "Enterprises that ask to be registered")),
    Topic(TO_APPLICANT, Text("我的注册申请", "My application")),
)

JOBS = (Job("registry-reminders", EVERY_S, remind),)
