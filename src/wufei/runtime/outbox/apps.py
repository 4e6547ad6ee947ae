"""The outbox as a Django application."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Cursors over sealed events, and the events that were set aside."""

    name = "wufei.runtime.outbox"
    label = "outbox"
