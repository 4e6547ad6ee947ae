"""The Django app of the assessment room."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """Score sheets of departments by a scheme, with appeals, decisions and the lock at the end."""

    name = "wufei.actions.assessment"
    label = "assessment"
