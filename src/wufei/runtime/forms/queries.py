"""Reads of entries; the database shows the rows of the scope, and of drafts one's own only."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q, QuerySet

from wufei.kernel.errors import NotFoundError
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.forms.core.answers import Json
from wufei.runtime.forms.core.entries import EntryRow, RevisionRow
from wufei.runtime.forms.models import Entry, Revision

_READ = "entry.read"


def entry(scope: Scope, entry_id: UUID) -> EntryRow:
    """Give one entry.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    """
    require(scope, _READ)
    with session(scope):
        found = _visible(scope).filter(id=entry_id).first()
    if found is None:
        raise NotFoundError("entry", entry_id)
    require(scope, _READ, region_id=found.region_id, party_id=found.party_id)
    return row_of(found)


def entries(
    scope: Scope, form_key: str, *, state: str = "entered", limit: int = 50, before: UUID | None = None
) -> list[EntryRow]:
    """Give entries of a form, the latest identifier first; ``before`` is the last one of the page before."""
    require(scope, _READ)
    with session(scope):
        found = _visible(scope).filter(form_key=form_key, state=state).order_by("-id")
        return [row_of(one) for one in (found.filter(id__lt=before) if before else found)[:limit]]


def count_drafts(scope: Scope) -> int:
    """Count one's own drafts of all forms."""
    require(scope, _READ)
    with session(scope):
        return Entry.objects.filter(state="draft", author_id=scope.user_id).count()


def revisions(scope: Scope, entry_id: UUID) -> list[RevisionRow]:
    """Give what an entry held, the first revision first."""
    entry(scope, entry_id)
    with session(scope):
        found = Revision.objects.filter(entry_id=entry_id).order_by("number")
        return [RevisionRow(r.number, r.values, r.digest, r.author_id, r.written_at) for r in found]


def last_values(scope: Scope, form_key: str) -> Mapping[str, Json]:
    """Give the values that this person entered last in a form, for defaults."""
    require(scope, _READ)
    with session(scope):
        found = Entry.objects.filter(form_key=form_key, state="entered", author_id=scope.user_id)
        last = found.order_by("-entered_at", "-id").first()
    return {} if last is None else last.values


def row_of(found: Entry) -> EntryRow:
    """Give a row of the table as the doors do."""
    return EntryRow(**{name: getattr(found, name) for name in EntryRow.__slots__})


def _visible(scope: Scope) -> QuerySet[Entry]:
    """Give what the scope may see: another's draft is nobody's business, the machine's operator's neither."""
    return Entry.objects.filter(~Q(state="draft") | Q(author_id=scope.user_id))
