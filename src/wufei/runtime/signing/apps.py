"""The Django app of the signing room."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Signatures and the device keys of people."""

    name = "wufei.runtime.signing"
    label = "signing"
