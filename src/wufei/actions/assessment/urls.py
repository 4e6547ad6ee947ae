"""Addresses of assessments."""

from django.urls import path

from wufei.actions.assessment.views import listing, schemes, sheets, single

app_name = "assessment"
urlpatterns = [
    path("", listing.list_page, name="list"),
    path("/schemes", schemes.schemes_page, name="schemes"),
    path("/<int:assessment_id>", single.assessment_page, name="assessment"),
    path("/<int:assessment_id>/weights", single.weights_page, name="weights"),
    path("/<int:assessment_id>/departments/<int:department_id>", sheets.sheet_page, name="sheet"),
]

ACCESS: dict[str, str | tuple[str, ...]] = {
    **dict.fromkeys(("list", "schemes", "assessment", "sheet"), "assess.read"),
    "weights": "assess.oversee",
    **dict.fromkeys(("POST list", "POST schemes", "POST assessment"), "assess.run"),
    "POST sheet": ("assess.appeal", "assess.run"),
}
