"""Addresses of mandates."""

from django.urls import path

from wufei.runtime.access.views import end_mandate, mandates_page

urlpatterns = [
    path("mandates", mandates_page, name="mandates"),
    path("mandates/<int:mandate_id>/end", end_mandate, name="mandate-end"),
]

ACCESS = {"mandates": "signed-in", "POST mandates": "mandate.grant", "mandate-end": "mandate.grant"}
