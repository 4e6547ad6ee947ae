"""Addresses of forms and entries."""

from django.urls import path

from wufei.runtime.forms import sheet_views, views

urlpatterns = [
    path("forms", views.forms_page, name="forms"),
    path("forms/worker.js", views.worker, name="forms-worker"),
    path("forms/<str:form_key>", views.fill_page, name="form"),
    path("forms/<str:form_key>/sheet", sheet_views.sheet_page, name="form-sheet"),
    path("forms/<str:form_key>/template.xlsx", sheet_views.template_file, name="form-template"),
    path("forms/<str:form_key>/entries.xlsx", sheet_views.entries_file, name="form-entries"),
    path("forms/<str:form_key>/draft", views.keep_draft, name="form-draft"),
    path("forms/<str:form_key>/state", views.state, name="form-state"),
    path("forms/<str:form_key>/lookups/<str:name>", views.lookup, name="form-lookup"),
    path("entries/<uuid:entry_id>", views.entry_page, name="entry"),
]

ACCESS = {
    **dict.fromkeys(
        (
            "forms",
            "form",
            "form-draft",
            "form-state",
            "form-lookup",
            "form-sheet",
            "form-template",
            "form-entries",
        ),
        "entry.fill",
    ),
    "forms-worker": "signed-in",
    "entry": "entry.read",
}
