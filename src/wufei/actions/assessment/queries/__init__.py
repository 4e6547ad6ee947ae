"""The reading door of assessments."""

from wufei.actions.assessment.queries.assessments import (
    AppealRow,
    AssessmentRow,
    EventRow,
    Opened,
    assessments,
    open_assessment,
    recomputed,
    sees_all,
)
from wufei.actions.assessment.queries.facts import gather, judged_on
from wufei.actions.assessment.queries.schemes import SchemeRow, find_scheme, schemes

__all__ = [
    "AppealRow",
    "AssessmentRow",
    "EventRow",
    "Opened",
    "SchemeRow",
    "assessments",
    "find_scheme",
    "gather",
    "judged_on",
    "open_assessment",
    "recomputed",
    "schemes",
    "sees_all",
]
