"""The Django app of the review room."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Things that people submit, and others return or pass."""

    name = "wufei.runtime.review"
    label = "review"
