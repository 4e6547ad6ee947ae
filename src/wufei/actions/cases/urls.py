"""Addresses of cases."""

from django.urls import path

from wufei.actions.cases.views import cases

app_name = "cases"
urlpatterns = [
    path("", cases.cases_page, name="cases"),
    path("/start", cases.start, name="start"),
    path("/<int:card_id>", cases.case_page, name="case"),
    path("/<int:card_id>/card.docx", cases.case_file, name="case-file"),
]

ACCESS: dict[str, str | tuple[str, ...]] = {
    **dict.fromkeys(("cases", "case", "case-file"), "entry.read"),
    "start": ("task.report", "people.manage"),
    "POST case": "task.run",
}
