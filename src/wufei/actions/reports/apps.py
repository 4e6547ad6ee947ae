"""The Django app of the reports room."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Documents drafted from figures, and what became of them."""

    name = "wufei.actions.reports"
    label = "reports"
