"""The Django app of the audit room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The log of who did what."""

    name = "wufei.runtime.audit"
    label = "audit"
