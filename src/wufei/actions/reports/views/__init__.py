"""Pages of documents."""

from wufei.actions.reports.views.editing import edit_page
from wufei.actions.reports.views.files import (
    bulletin_file,
    layout_file,
    meeting_file,
    report_file,
    schedule_file,
    scores_file,
    scores_paper,
    slip_file,
)
from wufei.actions.reports.views.layouts import layouts_page
from wufei.actions.reports.views.listing import reports_page
from wufei.actions.reports.views.report import report_page

__all__ = [
    "bulletin_file",
    "edit_page",
    "layout_file",
    "layouts_page",
    "meeting_file",
    "report_file",
    "report_page",
    "reports_page",
    "schedule_file",
    "scores_file",
    "scores_paper",
    "slip_file",
]
