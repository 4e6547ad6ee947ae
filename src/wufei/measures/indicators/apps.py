"""The indicators as a Django application: templates and their words; it has no tables."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Figures computed from ledger and observations."""

    name = "wufei.measures.indicators"
    label = "indicators"
    verbose_name = "Indicators"
