"""Addresses of the inbox of reviews and of one case."""

from django.urls import path

from wufei.runtime.review.views.case import case_page
from wufei.runtime.review.views.inbox import inbox, submit_page

urlpatterns = [
    path("", inbox, name="review"),
    path("/submit", submit_page, name="review-submit"),
    path("/<uuid:case_id>", case_page, name="review-case"),
]

ACCESS: dict[str, str] = {"review": "entry.read", "review-submit": "entry.fill", "review-case": "entry.read"}
