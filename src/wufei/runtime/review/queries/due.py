"""Cases that are overdue, or due today or tomorrow."""

from __future__ import annotations

from datetime import date, timedelta

from wufei.runtime.access.core import Scope, require
from wufei.runtime.review.core.moves import State
from wufei.runtime.review.core.tidings import About, Tiding, due_tiding
from wufei.runtime.review.models import Case
from wufei.runtime.review.queries.cases import CaseRow, row_of

OPEN = [State.WAITING.value, State.RETURNED.value]


def due_tidings(scope: Scope, *, today_on: date) -> list[Tiding]:
    """Give what has to be told of cases by their day, in the order of the days."""
    require(scope, "entry.read")
    rows = Case.objects.filter(state__in=OPEN, due_on__lte=today_on + timedelta(days=1)).order_by(
        "due_on", "id"
    )
    found = (due_tiding(about(row_of(case)), today_on) for case in rows)
    return [tiding for tiding in found if tiding is not None]


def about(case: CaseRow) -> About:
    """Give a case as tidings speak of it."""
    return About(
        id=case.id,
        title=case.title,
        state=case.state,
        step_action=case.step_action,
        region_id=case.region_id,
        party_id=case.party_id,
        department_id=case.department_id,
        submitter_id=case.submitter_id,
        due_on=case.due_on,
    )
