"""The Django app of the observations room."""

from django.apps import AppConfig


class ObservationsConfig(AppConfig):
    """What was observed and is not mass."""

    name = "wufei.records.observations"
    label = "observations"
