"""What is entered in a form with steps is submitted as it is entered."""

from __future__ import annotations

from datetime import datetime

from wufei.runtime.access.core import Scope
from wufei.runtime.forms.core.entries import EntryRow, Form
from wufei.runtime.review.queries.entries import kind_key
from wufei.runtime.review.services.acts import submit


def submit_entry(scope: Scope, form: Form, row: EntryRow, now: datetime) -> None:
    """Submit an entry in the transaction in which it is entered."""
    submit(scope, kind=kind_key(form), subject_id=row.id, now=now)
