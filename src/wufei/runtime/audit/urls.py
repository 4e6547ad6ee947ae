"""Addresses of the audit log."""

from django.urls import path

from wufei.runtime.audit.views import doings_page, log_page

urlpatterns = [
    path("settings/audit-log", log_page, name="audit-log"),
    path("mandates/doings", doings_page, name="agent-doings"),
]

ACCESS = {"audit-log": "audit.read", "agent-doings": "mandate.grant"}
