"""Addresses of documents: the list, one of them, and its file."""

from django.urls import path

from wufei.actions.reports.views import bulletin_file, report_file, report_page, reports_page

app_name = "reports"
urlpatterns = [
    path("", reports_page, name="reports"),
    path("/bulletin.xlsx", bulletin_file, name="bulletin"),
    path("/<uuid:report_id>", report_page, name="report"),
    path("/<uuid:report_id>/document.docx", report_file, name="file"),
]

# What a button of the page needs is asked by the service that it calls: they differ.
ACCESS: dict[str, str] = {"reports": "report.read", "POST reports": "report.write"} | dict.fromkeys(
    ("report", "file", "bulletin"), "report.read"
)
