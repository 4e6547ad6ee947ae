"""The form engine as a Django application."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Entries, drafts and their revisions."""

    name = "wufei.runtime.forms"
    label = "forms"
