"""Cases as rows, and the three lists of the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import MATRIX, Scope, require
from wufei.runtime.review.core.moves import State
from wufei.runtime.review.models import Case
from wufei.runtime.review.queries.subjects import REVIEWING, reviews_all

PAGE = 50
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as it stands; ``step_action`` is what the next person must be allowed to do."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    title: Text
    state: State
    step: int
    step_action: str
    round: int
    region_id: int
    party_id: int | None
    department_id: int | None
    submitter_id: int
    due_on: date | None
    version: int
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a list is asked for; empty means all.

    Attributes
    ----------
    overdue_on : date or None
        Only what was due before this day.
    page : int
        From 1, of `PAGE` rows each.
    """

    kind: str = ""
    words: str = ""
    overdue_on: date | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases each list of the inbox holds."""

    waiting: int
    returned: int
    submitted: int


def case_of(scope: Scope, kind: str, subject_id: UUID) -> CaseRow | None:
    """Give the case of a thing, if it has been submitted."""
    require(scope, "entry.read")
    found = _visible(scope).filter(subject_kind=kind, subject_id=subject_id).first()
    return row_of(found) if found else None


def case_by_id(scope: Scope, case_id: UUID) -> CaseRow:
    """Give one case.

    Raises
    ------
    NotFoundError
        It does not exist, or not for this scope.
    """
    require(scope, "entry.read")
    found = _visible(scope).filter(id=case_id).first()
    if found is None:
        raise NotFoundError("case", case_id)
    return row_of(found)


def waiting_for(scope: Scope, asked: Filter | None = None) -> list[CaseRow]:
    """Give the cases that whoever asks may review now, overdue first; one row more than a page holds."""
    require(scope, "entry.read")
    rows = _visible(scope).filter(_waiting(scope)).order_by(F("due_on").asc(nulls_last=True), "id")
    return _page(rows, asked or Filter())


def returned_to(scope: Scope, asked: Filter | None = None) -> list[CaseRow]:
    """Give the cases that were returned to whoever asks, or to the party acted for: overdue first."""
    require(scope, "entry.read")
    rows = _visible(scope).filter(_returned(scope)).order_by(F("due_on").asc(nulls_last=True), "id")
    return _page(rows, asked or Filter())


def submitted_by(scope: Scope, asked: Filter | None = None) -> list[CaseRow]:
    """Give the cases that whoever asks has submitted, the last moved first."""
    require(scope, "entry.read")
    rows = _visible(scope).filter(_submitted(scope)).order_by("-moved_at", "id")
    return _page(rows, asked or Filter())


def counts(scope: Scope) -> Counts:
    """Count the three lists in one read."""
    require(scope, "entry.read")
    found = _visible(scope).aggregate(
        waiting=Count("id", filter=_waiting(scope)),
        returned=Count("id", filter=_returned(scope)),
        submitted=Count("id", filter=_submitted(scope)),
    )
    return Counts(**found)


def row_of(case: Case) -> CaseRow:
    """Give a case as a plain row."""
    return CaseRow(
        id=case.id,
        subject_kind=case.subject_kind,
        subject_id=case.subject_id,
        title=Text(case.title_zh, case.title_en),
        state=State(case.state),
        step=case.step,
        step_action=case.step_action,
        round=case.round,
        region_id=case.region_id,
        party_id=case.party_id,
        department_id=case.department_id,
        submitter_id=case.submitter_id,
        due_on=case.due_on,
        version=case.version,
        moved_at=case.moved_at,
    )


def _visible(scope: Scope) -> QuerySet[Case]:
    if scope.everything:
        return Case.objects.all()
    return Case.objects.filter(Q(region_id__in=scope.region_ids) | Q(party_id__in=scope.party_ids))


def _waiting(scope: Scope) -> Q:
    allowed = sorted(MATRIX[scope.role])
    open_to_me = Q(state=State.WAITING.value, step_action__in=allowed)
    return open_to_me & _own_department(scope) & ~Q(barred__contains=[scope.user_id or 0])


def _own_department(scope: Scope) -> Q:
    """Give as rows what `reviews` says of one."""
    if reviews_all(scope):
        return Q()
    own = Q(department=None) | Q(department_id=scope.department_id)
    return own | ~Q(step_action=REVIEWING)


def _returned(scope: Scope) -> Q:
    mine = Q(submitter_id=scope.user_id or 0) | Q(party_id__in=scope.party_ids)
    return Q(state=State.RETURNED.value) & mine


def _submitted(scope: Scope) -> Q:
    return Q(submitter_id=scope.user_id or 0)


def _page(rows: QuerySet[Case], asked: Filter) -> list[CaseRow]:
    if asked.kind:
        rows = rows.filter(subject_kind=asked.kind)
    if asked.words:
        rows = rows.filter(Q(title_zh__icontains=asked.words) | Q(title_en__icontains=asked.words))
    if asked.overdue_on:
        rows = rows.filter(due_on__lt=asked.overdue_on)
    start = (max(1, asked.page) - 1) * PAGE
    return [row_of(case) for case in rows[start : start + PAGE + 1]]
