"""Addresses of forms and entries."""

from django.urls import path

from wufei.runtime.forms import views

urlpatterns = [
    path("forms", views.forms_page, name="forms"),
    path("forms/worker.js", views.worker, name="forms-worker"),
    path("forms/<str:form_key>", views.fill_page, name="form"),
    path("forms/<str:form_key>/draft", views.keep_draft, name="form-draft"),
    path("forms/<str:form_key>/state", views.state, name="form-state"),
    path("forms/<str:form_key>/lookups/<str:name>", views.lookup, name="form-lookup"),
    path("entries/<uuid:entry_id>", views.entry_page, name="entry"),
]

ACCESS = {
    **dict.fromkeys(("forms", "form", "form-draft", "form-state", "form-lookup"), "entry.fill"),
    "forms-worker": "signed-in",
    "entry": "entry.read",
}
