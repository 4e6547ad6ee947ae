"""Pages of documents."""

from wufei.actions.reports.views.listing import bulletin_file, reports_page
from wufei.actions.reports.views.report import report_file, report_page

__all__ = ["bulletin_file", "report_file", "report_page", "reports_page"]
