"""The Django app of the registry room."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Sites and profiles of the parties that hold waste."""

    name = "wufei.records.registry"
    label = "registry"
