"""What notices of this room are about."""

from __future__ import annotations

from wufei.actions.assessment.services.owning import APPEALED, DECIDED, PUBLISHED
from wufei.kernel.text import Text
from wufei.runtime.notices.core.notices import Topic

TOPICS = (
    Topic(PUBLISHED, Text("考核公布", "Assessments published")),
    Topic(APPEALED, Text("考核申诉", "Appeals against scores")),
    Topic(DECIDED, Text("申诉答复", "Decisions on appeals")),
)
