"""What notices of this room are about, and the daily look at reports that are due."""

from __future__ import annotations

from wufei.actions.tasks.services.owning import ANSWERS, ASSIGNED, COMMENTS, ORDERS
from wufei.kernel.text import Text
from wufei.runtime.notices.core.notices import Topic

TOPICS = (
    Topic(ASSIGNED, Text("牵头任务", "Tasks to lead")),
    Topic(ORDERS, Text("督办", "Supervision")),
    Topic(COMMENTS, Text("领导批示", "Leaders' comments")),
    Topic(ANSWERS, Text("任务回复与汇总", "Answers on tasks")),
)
