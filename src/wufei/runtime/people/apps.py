"""The Django app of the people room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Inviting people, their memberships, and helping who is locked out."""

    name = "wufei.runtime.people"
    label = "people"
