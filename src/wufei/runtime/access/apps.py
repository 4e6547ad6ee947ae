"""The Django app of the access room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may do what, and the database functions that row-level security asks."""

    name = "wufei.runtime.access"
    label = "access"
