"""Pages of documents."""

from wufei.actions.reports.views.listing import reports_page
from wufei.actions.reports.views.report import report_file, report_page

__all__ = ["report_file", "report_page", "reports_page"]
