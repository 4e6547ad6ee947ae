"""What the register does by itself: once a day it looks at what ends soon."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.records.registry.services.applying import TO_APPLICANT, TO_OFFICE
from wufei.records.registry.services.reminding import AT_ONCE, ENDS_SOON, HAS_ENDED, tell_due
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import today_on
from wufei.runtime.jobs.core import Job
from wufei.runtime.notices.core.notices import Topic

EVERY_S = 3600.0
"""Every hour: what was told already is not told again, and a site that is off at night misses nothing."""

TOPICS = (
    Topic(ENDS_SOON, Text("证照合同将到期", "Papers that end soon")),
    Topic(HAS_ENDED, Text("证照合同已到期", "Papers that have ended")),
    Topic(TO_OFFICE, Text("企业注册申请", "Enterprises that ask to be registered")),
    Topic(TO_APPLICANT, Text("我的注册申请", "My application")),
)


def remind() -> bool:
    """Tell of what is due today; say whether more is waiting."""
    return len(tell_due(Scope.operator(), on=today_on())) == AT_ONCE


JOBS = (Job("registry-reminders", EVERY_S, remind),)
