"""The Django app of the catalogue room."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Official lists that were imported; what comes with Wufei stands in files."""

    name = "wufei.records.catalogue"
    label = "catalogue"
