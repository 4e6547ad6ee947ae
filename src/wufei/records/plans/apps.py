"""The Django app of the plans room."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Published plans, their lines and targets."""

    name = "wufei.records.plans"
    label = "plans"
