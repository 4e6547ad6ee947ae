"""The store of files as a Django application."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files that people sent, and how the store compares with the disk."""

    name = "wufei.runtime.files"
    label = "files"
