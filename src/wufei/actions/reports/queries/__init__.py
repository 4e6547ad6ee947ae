"""The reading door of the documents."""

from wufei.actions.reports.queries.figures import later_changes, plan_figures
from wufei.actions.reports.queries.files import bulletin_of, docx_of, layout_of
from wufei.actions.reports.queries.reports import open_report, reports

__all__ = ["bulletin_of", "docx_of", "later_changes", "layout_of", "open_report", "plan_figures", "reports"]
