"""Addresses that tell machines how the service is."""

from django.urls import path

from wufei.runtime.api.views import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

ACCESS = {"healthz": "open", "readyz": "open"}
