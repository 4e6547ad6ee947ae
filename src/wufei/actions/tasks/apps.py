"""The Django app of the tasks room."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Tasks of plans, their yearly breakdown, reports, supervision and comments."""

    name = "wufei.actions.tasks"
    label = "tasks"
