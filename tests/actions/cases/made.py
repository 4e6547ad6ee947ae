"""A case, a question and a line of the list of duties for tests that walk all pages."""

from __future__ import annotations

from wufei.actions.cases.core.case import CaseState
from wufei.actions.cases.models import Case, Question
from wufei.actions.reports.core.content import as_json
from wufei.actions.reports.core.document import Document, Head, Kind
from wufei.actions.tasks.models import Responsibility
from wufei.kernel.ids import new_id
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session


def case_things(
    region_id: int, party_id: int, department_id: int, user_id: int, marker: str
) -> dict[str, int]:
    """Make them for a firm; only those of ``own`` are published, so that all of its region may read them."""
    at = clock.now() if marker.startswith("own") else None
    whose = {"region_id": region_id, "party_id": party_id}
    with session(Scope.operator()):
        case = Case.objects.create(
            **whose,
            entry_id=new_id(clock.now()),
            author_id=user_id,
            state=(CaseState.PUBLISHED if at else CaseState.PASSED).value,
            title=marker,
            streams=["all"],
            values={"title": marker, "streams": ["all"], "problem": marker, "practice": marker},
            words=marker,
            card=as_json(Document(Head(Kind.CASE, marker), ())),
            written_at=clock.now(),
            passed_at=clock.now(),
            published_at=at,
        )
        question = Question.objects.create(
            **whose,
            asker_id=user_id,
            state="closed",
            title=marker,
            text=marker,
            stream="all",
            asked_at=clock.now(),
            words=marker,
            published_at=at,
        )
        Responsibility.objects.create(
            entry_id=new_id(clock.now()),
            region_id=region_id,
            stream="all",
            stages=["use"],
            department_id=department_id,
            duty="lead",
            document=marker,
            from_on=clock.today_on(),
            entered_at=clock.now(),
        )
    return {"card_id": case.id, "question_id": question.id}
