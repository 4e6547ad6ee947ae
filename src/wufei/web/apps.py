"""The shell as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, navigation, words and pictures that need several rooms."""

    name = "wufei.web"
    label = "web"
    verbose_name = "Wufei pages"
