"""Addresses of documents: the list, one of them, its words, its file; files from the tasks; layouts."""

from django.urls import path

from wufei.actions.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.reports_page, name="reports"),
    path("/bulletin.xlsx", views.bulletin_file, name="bulletin"),
    path("/schedule.xlsx", views.schedule_file, name="schedule"),
    path("/steps/<int:step_id>/slip.docx", views.slip_file, name="slip"),
    path("/meetings/<int:meeting_id>/pack.docx", views.meeting_file, name="pack"),
    path("/scores/<int:assessment_id>/<int:department_id>.xlsx", views.scores_file, name="scores"),
    path("/scores/<int:assessment_id>/<int:department_id>.docx", views.scores_paper, name="scores-paper"),
    path("/layouts", views.layouts_page, name="layouts"),
    path("/layouts/layout.yaml", views.layout_file, name="layout"),
    path("/<uuid:report_id>", views.report_page, name="report"),
    path("/<uuid:report_id>/edit", views.edit_page, name="edit"),
    path("/<uuid:report_id>/document.docx", views.report_file, name="file"),
]

# What a button of the page needs is asked by the service that it calls: they differ.
ACCESS: dict[str, str] = {
    "POST reports": "report.write",
    **dict.fromkeys(("reports", "report", "file", "bulletin", "schedule", "slip", "pack"), "report.read"),
    **dict.fromkeys(("scores", "scores-paper"), "assess.read"),
    **dict.fromkeys(("edit", "layouts", "layout"), "report.write"),
}
