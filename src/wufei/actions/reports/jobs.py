"""What notices of this room are about."""

from __future__ import annotations

from wufei.actions.reports.services.asking import CONFIRM, COUNTERSIGN
from wufei.actions.reports.services.telling import BACK, PASSING
from wufei.kernel.text import Text
from wufei.runtime.notices.core.notices import Topic

TOPICS = (
    Topic(CONFIRM, Text("文稿数值待确认", "Figures of documents to confirm")),
    Topic(COUNTERSIGN, Text("文稿待会签", "Documents to countersign")),
    Topic(PASSING, Text("文稿待核稿、待定稿", "Documents to check and to finish")),
    Topic(BACK, Text("文稿被退回", "Documents sent back")),
)
