"""What notices of this room are about."""

from __future__ import annotations

from wufei.actions.cases.services.owning import CASES
from wufei.kernel.text import Text
from wufei.runtime.notices.core.notices import Topic

TOPICS = (Topic(CASES, Text("案例与咨询", "Cases and questions")),)
