"""Questions that one may see: one's own, those one answers, the office's, and what was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from wufei.actions.cases.core.question import Act, QuestionState, acts_from, is_overdue
from wufei.actions.cases.core.standing import Standing
from wufei.actions.cases.models import Case, Question, Turn
from wufei.actions.cases.queries.cases import READ, SHOWN_MAX, CaseFilter
from wufei.actions.tasks.queries import names_of
from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import (
    departments_by_id,
    departments_in,
    names_of_users,
    parties_by_id,
    people_of,
    regions_by_id,
    regions_under,
)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question in a list; ``asked_by`` is empty for who reads it only because it was published."""

    id: int
    title: str
    text: str
    stream: str
    state: QuestionState
    region_id: int
    region: Text
    synthetic: bool
    asked_by: Text
    asked_at: datetime
    to: Text
    due_on: date | None
    published_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class TurnRow:
    """What was said or done; an outside expert's answer names the expert, others who sits where."""

    act: Act
    text: str
    expert: str
    institution: str
    said_on: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question with all turns, the first first, and what this person may do about it."""

    row: QuestionRow
    turns: tuple[TurnRow, ...]
    acts: frozenset[Act]
    indicator: str
    task_id: int | None
    task: str
    case_id: int | None
    case: str


def questions(scope: Scope, asks: CaseFilter, *, published: bool) -> list[QuestionRow]:
    """Give the published questions, or those on their way that concern this person; overdue ones first."""
    require(scope, READ)
    with session(scope):
        which = Q(published_at__isnull=False) if published else _concerns(scope) & Q(published_at=None)
        for word in asks.words.split():
            which &= Q(words__icontains=word)
        which &= Q(stream=asks.stream) if asks.stream else Q()
        which &= Q(indicator=asks.indicator) if asks.indicator else Q()
        found = list(Question.objects.filter(which).order_by("-asked_at", "-id")[:SHOWN_MAX])
        return sorted(_rows(scope, found), key=lambda row: not row.overdue)


def open_question(scope: Scope, question_id: int) -> OpenQuestion:
    """Give one question.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    """
    require(scope, READ)
    with session(scope):
        which = Q(published_at__isnull=False) | _concerns(scope)
        found = Question.objects.filter(which, id=question_id).first()
        if found is None:
            raise NotFoundError("question", question_id)
        (row,) = _rows(scope, [found])
        turns = list(Turn.objects.filter(question=found).order_by("at", "id"))
        concerned = bool(row.asked_by)
        people = names_of_users(each.user_id for each in turns if each.user_id is not None and concerned)
        task, _ = names_of(scope, task_id=found.task_id, project_id=None)
        case = Case.objects.filter(id=found.case_id or 0).values_list("title", flat=True).first()
        return OpenQuestion(
            row=row,
            turns=tuple(
                _turn(each, people.get(each.user_id or 0, ""))
                for each in turns
                if concerned or each.act in _SAID
            ),
            acts=frozenset() if found.published_at else acts_from(row.state) & _standing(found).may(scope),
            indicator=found.indicator,
            task_id=found.task_id if task else None,
            task=task,
            case_id=found.case_id if case else None,
            case=case or "",
        )


def assignees(scope: Scope, region_id: int) -> tuple[list[tuple[int, str]], list[tuple[int, Text]]]:
    """Give who may be asked to answer: people of the region's office, and its departments."""
    require(scope, "task.run", region_id=region_id)
    people = names_of_users(people_of(on=today_on(), roles=("office",), region_id=region_id))
    departments = departments_in(regions_under(region_id))
    return sorted(people.items(), key=lambda item: item[1]), [(each.id, each.name) for each in departments]


_SAID = frozenset({Act.ANSWER.value, Act.ASK_ON.value})
"""What others read of a published question: what was said, not who was asked to say it."""


def _concerns(scope: Scope) -> Q:
    if scope.everything:
        return Q()
    own = Q(asker_id=scope.user_id) | Q(to_user_id=scope.user_id) | Q(party_id__in=scope.party_ids)
    if scope.department_id is not None:
        own |= Q(department_id=scope.department_id) | Q(to_department_id=scope.department_id)
    if allowed(scope, "task.run"):
        own |= Q(region_id__in=scope.region_ids)
    return own


def _standing(found: Question) -> Standing:
    return Standing(
        found.region_id,
        found.party_id,
        found.department_id,
        found.asker_id,
        found.to_user_id,
        found.to_department_id,
    )


def _rows(scope: Scope, found: Sequence[Question]) -> list[QuestionRow]:
    regions = regions_by_id({row.region_id for row in found})
    parties = parties_by_id({row.party_id for row in found if row.party_id is not None})
    departments = departments_by_id(
        {one for row in found for one in (row.department_id, row.to_department_id) if one is not None}
    )
    people = names_of_users({row.to_user_id for row in found if row.to_user_id is not None})
    today, rows = today_on(), []
    for each in found:
        region, state = regions[each.region_id], QuestionState(each.state)
        if each.party_id is not None:
            asker = parties[each.party_id].name
        else:
            asker = departments[each.department_id].name if each.department_id is not None else region.name
        if each.to_department_id is not None:
            to = departments[each.to_department_id].name
        elif each.to_user_id is not None:
            to = Text(people.get(each.to_user_id, ""))
        else:
            to = Text("外部专家", "An outside expert") if each.due_on else Text("")
        rows.append(
            QuestionRow(
                id=each.id,
                title=each.title,
                text=each.text,
                stream=each.stream,
                state=state,
                region_id=each.region_id,
                region=region.name,
                synthetic=region.synthetic,
                asked_by=asker if _standing(each).concerns(scope) else Text(""),
                asked_at=each.asked_at,
                to=to,
                due_on=each.due_on,
                published_at=each.published_at,
                overdue=is_overdue(state, each.due_on, today),
            )
        )
    return rows


def _turn(row: Turn, by: str) -> TurnRow:
    return TurnRow(Act(row.act), row.text, row.expert, row.institution, row.said_on, row.at, by)
