"""What the rooms' modules ``forms`` export; the runtime knows the rooms only as Django's applications."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from wufei.kernel.errors import NotFoundError
from wufei.runtime.forms.core.entries import Form


def all_forms() -> dict[str, Form]:
    """Give the forms of all rooms by key."""
    found: dict[str, Form] = {}
    for application in apps.get_app_configs():
        module = f"{application.name}.forms"
        if application.name.startswith("wufei.") and find_spec(module) is not None:
            found |= {form.definition.key: form for form in getattr(import_module(module), "FORMS", ())}
    return found


def form_named(key: str) -> Form:
    """Give one form.

    Raises
    ------
    NotFoundError
        No room has a form of this key.
    """
    form = all_forms().get(key)
    if form is None:
        raise NotFoundError("form", key)
    return form
