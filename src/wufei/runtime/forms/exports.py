"""What the rooms' modules ``forms`` export; the runtime knows the rooms only as Django's applications."""

from __future__ import annotations

from wufei.kernel.errors import NotFoundError
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.jobs.exports import exported


def all_forms() -> dict[str, Form]:
    """Give the forms of all rooms by key."""
    return {form.definition.key: form for form in exported("FORMS", by="forms")}


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
