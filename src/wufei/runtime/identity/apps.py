"""The Django app of the identity room."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Regions, parties, departments, people and their memberships."""

    name = "wufei.runtime.identity"
    label = "identity"
