"""Notices as a Django application."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What people are told, by bell, mail and webhook."""

    name = "wufei.runtime.notices"
    label = "notices"
