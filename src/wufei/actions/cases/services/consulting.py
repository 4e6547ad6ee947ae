"""Questions to experts: asked by a department or firm, assigned, answered, closed, published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from wufei.actions.cases.core.case import STREAMS, indicator_named
from wufei.actions.cases.core.question import AGAIN_DAYS, Act, QuestionState, after
from wufei.actions.cases.core.standing import Standing
from wufei.actions.cases.models import Case, Question, Turn
from wufei.actions.cases.services.owning import RUN, WRITE, tell, tell_office
from wufei.actions.tasks.queries import names_of
from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms.services import Place
from wufei.runtime.identity.queries import (
    departments_by_id,
    departments_in,
    names_of_users,
    people_of,
    regions_under,
)


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """What somebody asks, and what it is about."""

    title: str
    text: str
    stream: str
    indicator: str = ""
    case_id: int | None = None
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is to answer by when: a person, a department, or neither: an outside expert."""

    due_on: date
    user_id: int | None = None
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Expert:
    """An outside expert, who signs in nowhere: the name, the institution, and the day of the answer."""

    name: str
    institution: str
    said_on: date


def ask(scope: Scope, *, place: Place, draft: QuestionDraft) -> int:
    """Ask a question for one's department or firm, tell the office, and give its id.

    Parameters
    ----------
    place : Place
        As `runtime.forms.services.place_of` gives it.

    Raises
    ------
    AccessError
        Neither a department's clerk nor a firm's manager, or not there.
    InputError
        ``remark``, ``question.stream``, ``question.indicator``.
    """
    require(scope, WRITE, region_id=place.region_id, party_id=place.party_id)
    if scope.user_id is None:
        raise AccessError(WRITE)
    title, text = remark("title", draft.title, 80), remark("text", draft.text)
    if draft.stream not in STREAMS:
        raise InputError("question.stream", "stream", draft.stream, _STREAM)
    indicator = indicator_named(draft.indicator) if draft.indicator else ""
    if indicator is None:
        raise InputError("question.indicator", "indicator", draft.indicator, _INDICATOR)
    with session(scope):
        seen, _ = names_of(scope, task_id=draft.task_id, project_id=None)
        case = Case.objects.filter(id=draft.case_id).first() if draft.case_id is not None else None
        made = Question.objects.create(
            region_id=place.region_id,
            party_id=place.party_id,
            department_id=None if place.party_id else scope.department_id,
            asker_id=scope.user_id,
            state=QuestionState.ASKED.value,
            title=title,
            text=text,
            stream=draft.stream,
            indicator=indicator,
            case=case,
            task_id=draft.task_id if seen else None,
            asked_at=now(),
            words=f"{title}\n{text}\n{STREAMS[draft.stream].zh}",
        )
        turn = _say(scope, made, Act.ASK)
        told = Text(f"有人咨询：{title}，请指派答复人", f"A question was asked: {title}; please assign it")
        tell_office(place.region_id, told, _address(made), f"question:{turn}")
        return made.id


def assign(scope: Scope, *, question_id: int, to: Assignment) -> None:
    """Say who answers by when, and tell them; nobody named: the office enters an outside expert's answer.

    Raises
    ------
    InputError
        ``question.due``: a day before today; ``question.to``: a person or department of elsewhere, or both.
    """
    if to.due_on < today_on():
        raise InputError("question.due", "due_on", to.due_on, _DUE)
    with session(scope):
        row = _to_run(scope, question_id)
        row.state = after(QuestionState(row.state), Act.ASSIGN).value
        _check_assignee(row.region_id, to)
        row.to_user_id, row.to_department_id, row.due_on = to.user_id, to.department_id, to.due_on
        row.save(update_fields=["state", "to_user", "to_department", "due_on"])
        turn = _say(scope, row, Act.ASSIGN, f"{_name_of(to)} · {to.due_on.isoformat()}")
        _tell_assignee(row, turn)


def answer(scope: Scope, *, question_id: int, text: str, expert: Expert | None = None) -> None:
    """Answer a question that one was assigned; the office may for anybody, and enters what an expert said.

    Raises
    ------
    AccessError
        It was assigned to somebody else.
    InputError
        ``question.expert``: an expert without name or institution, or a day to come.
    """
    plain = remark("text", text)
    require(scope, WRITE)
    with session(scope):
        row = _locked(question_id)
        if Act.ANSWER not in _standing(row).may(scope):
            raise AccessError(WRITE, _OTHERS)
        if expert is not None:
            _check_expert(scope, row, expert)
        row.state = after(QuestionState(row.state), Act.ANSWER).value
        row.words = f"{row.words}\n{plain}"
        row.save(update_fields=["state", "words"])
        turn = _say(scope, row, Act.ANSWER, plain, expert)
        told = Text(f"您的咨询已有答复：{row.title}", f"Your question was answered: {row.title}")
        tell(told, _address(row), f"question:{turn}", user_ids=[row.asker_id])


def ask_on(scope: Scope, *, question_id: int, text: str) -> None:
    """Ask on, as the answer did not settle it; whoever answers has `AGAIN_DAYS` more."""
    plain = remark("text", text)
    with session(scope):
        row = _of_asker(scope, question_id)
        row.state = after(QuestionState(row.state), Act.ASK_ON).value
        row.due_on, row.words = today_on() + timedelta(days=AGAIN_DAYS), f"{row.words}\n{plain}"
        row.save(update_fields=["state", "due_on", "words"])
        _tell_assignee(row, _say(scope, row, Act.ASK_ON, plain))


def close(scope: Scope, *, question_id: int) -> None:
    """Close a question that was answered: whoever asked is content, or the office ends it."""
    with session(scope):
        row = _of_asker(scope, question_id)
        row.state = after(QuestionState(row.state), Act.CLOSE).value
        row.save(update_fields=["state"])
        _say(scope, row, Act.CLOSE)


def publish_answer(scope: Scope, *, question_id: int) -> None:
    """Let everybody at home in the region read question and answers, without who asked."""
    with session(scope):
        row = _to_run(scope, question_id)
        row.state = after(QuestionState(row.state), Act.PUBLISH).value
        row.published_at = row.published_at or now()
        row.save(update_fields=["state", "published_at"])
        _say(scope, row, Act.PUBLISH)


def _locked(question_id: int) -> Question:
    row = Question.objects.select_for_update(of=("self",)).filter(id=question_id).first()
    if row is None:
        raise NotFoundError("question", question_id)
    return row


def _to_run(scope: Scope, question_id: int) -> Question:
    require(scope, RUN)
    row = _locked(question_id)
    require(scope, RUN, region_id=row.region_id)
    return row


def _of_asker(scope: Scope, question_id: int) -> Question:
    require(scope, WRITE)
    row = _locked(question_id)
    if Act.CLOSE not in _standing(row).may(scope):
        raise AccessError(WRITE, _NOT_ASKED)
    return row


def _standing(row: Question) -> Standing:
    return Standing(
        row.region_id,
        row.party_id,
        row.department_id,
        row.asker_id,
        row.to_user_id,
        row.to_department_id,
    )


def _name_of(to: Assignment) -> str:
    if to.department_id is not None:
        return departments_by_id([to.department_id])[to.department_id].name.zh
    if to.user_id is not None:
        return names_of_users([to.user_id])[to.user_id]
    return "外部专家"


def _check_assignee(region_id: int, to: Assignment) -> None:
    departments = {each.id for each in departments_in(regions_under(region_id))}
    here = to.department_id is None or to.department_id in departments
    if to.user_id is not None:
        here = here and to.user_id in people_of(on=today_on(), roles=("office",), region_id=region_id)
    if not here or (to.user_id is not None and to.department_id is not None):
        raise InputError("question.to", "to", to.user_id or to.department_id, _TO)


def _check_expert(scope: Scope, row: Question, expert: Expert) -> None:
    require(scope, RUN, region_id=row.region_id)
    if not expert.name.strip() or not expert.institution.strip() or expert.said_on > today_on():
        raise InputError("question.expert", "expert", expert.name[:40], _EXPERT)


def _say(scope: Scope, row: Question, act: Act, text: str = "", expert: Expert | None = None) -> int:
    made = Turn.objects.create(
        question=row,
        act=act.value,
        text=text,
        expert=expert.name.strip()[:60] if expert else "",
        institution=expert.institution.strip()[:120] if expert else "",
        said_on=expert.said_on if expert else None,
        at=now(),
        user_id=scope.user_id,
    )
    return made.id


def _tell_assignee(row: Question, turn: int) -> None:
    told = Text(f"请于{row.due_on}前答复咨询：{row.title}", f"Please answer by {row.due_on}: {row.title}")
    link, key = _address(row), f"question:{turn}"
    if row.to_department_id is not None:
        tell(told, link, key, department_id=row.to_department_id)
    elif row.to_user_id is not None:
        tell(told, link, key, user_ids=[row.to_user_id])
    else:
        tell_office(row.region_id, told, link, key)


def _address(row: Question) -> str:
    return reverse("cases:question", args=[row.id])


_STREAM = Text("请选择废物类别。", "Choose the kind of waste.")
_INDICATOR = Text("指标目录中没有这个指标。请从列表中选择。", "There is no such indicator. Choose one.")
_DUE = Text("答复期限不能早于今天。", "The day for the answer is not before today.")
_TO = Text(
    "请选择本区无废办的人员或本区部门之一。", "Choose a person of the office, or a department, of here."
)
_OTHERS = Text("这个问题指派给了别人答复。", "Somebody else was asked to answer this.")
_NOT_ASKED = Text("只有提问的人和本单位可以追问或办结。", "Only those who asked close it or ask on.")
_EXPERT = Text(
    "请写明专家的姓名和单位，答复日期不晚于今天。",
    "Give the expert's name and institution, and a day that is not to come.",
)
