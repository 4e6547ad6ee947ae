"""The reading door of the documents."""

from wufei.actions.reports.queries.asking import signing_departments, waiting_for
from wufei.actions.reports.queries.figures import later_changes, plan_figures
from wufei.actions.reports.queries.files import bulletin_of, docx_of, layout_of, layout_words, layouts_of
from wufei.actions.reports.queries.opened import open_report
from wufei.actions.reports.queries.packs import meeting_pack_of, schedule_of, slip_of
from wufei.actions.reports.queries.reports import Listed, reports
from wufei.actions.reports.queries.scores import scores_of, scores_to_sign
from wufei.actions.reports.queries.taskwork import board_notes

__all__ = [
    "Listed",
    "board_notes",
    "bulletin_of",
    "docx_of",
    "later_changes",
    "layout_of",
    "layout_words",
    "layouts_of",
    "meeting_pack_of",
    "open_report",
    "plan_figures",
    "reports",
    "schedule_of",
    "scores_of",
    "scores_to_sign",
    "signing_departments",
    "slip_of",
    "waiting_for",
]
