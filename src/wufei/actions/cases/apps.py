"""The Django app of the room of cases."""

from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases of what worked, with figures that can be traced, and questions to experts."""

    name = "wufei.actions.cases"
    label = "cases"
