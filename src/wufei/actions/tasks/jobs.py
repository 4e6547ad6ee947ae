"""What notices of this room are about, and what it does by itself: ask for the reports that are due."""

from __future__ import annotations

from wufei.actions.tasks.services.owning import ANSWERS, ASSIGNED, COMMENTS, DUE, ORDERS
from wufei.actions.tasks.services.reminding import tell_due
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import today_on
from wufei.runtime.jobs.core import Job
from wufei.runtime.notices.core.notices import Topic

EVERY_S = 3600.0
"""Every hour: what was told already is not told again, and a site that is off at night misses nothing."""

TOPICS = (
    Topic(ASSIGNED, Text("牵头任务", "Tasks to lead")),
    Topic(DUE, Text("任务进展待报", "Reports due on tasks")),
    Topic(ORDERS, Text("督办", "Supervision")),
    Topic(COMMENTS, Text("领导批示", "Leaders' comments")),
    Topic(ANSWERS, Text("任务回复与汇总", "Answers on tasks")),
)


def remind() -> bool:
    """Tell who owes a report today; nothing is left waiting."""
    tell_due(Scope.operator(), on=today_on())
    return False


JOBS = (Job("task-reminders", EVERY_S, remind),)
