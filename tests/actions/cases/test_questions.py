"""A question: asked, assigned, answered, asked on, closed, published; who sees it when; both locks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from wufei.actions.cases import queries, services
from wufei.actions.cases.core.question import Act, QuestionState, acts_from, after, is_overdue
from wufei.actions.cases.models import Question, Turn
from wufei.actions.cases.queries import CaseFilter
from wufei.actions.cases.services import Assignment, Expert, QuestionDraft
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.runtime import clock
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.forms.services import place_of
from wufei.runtime.identity.models import User
from wufei.runtime.notices.queries import notices_of

ALL = CaseFilter()
WEEK = timedelta(days=7)


@given(st.lists(st.sampled_from(Act), max_size=12))
def test_only_what_was_answered_is_closed_and_only_what_was_closed_published(acts):
    state, done = QuestionState.ASKED, []
    for act in acts:
        if act in acts_from(state):
            state = after(state, act)
            done.append(act)
        else:
            with pytest.raises(ConflictError):
                after(state, act)
    if Act.PUBLISH in done:
        assert Act.CLOSE in done[: done.index(Act.PUBLISH)]
    if Act.CLOSE in done:
        assert Act.ANSWER in done[: done.index(Act.CLOSE)]
        assert set(done[done.index(Act.CLOSE) + 1 :]) <= {Act.PUBLISH}


def asked(library, who="producer", **changed) -> int:
    scope = library.people[who]
    values = {"title": "污泥能否掺烧？", "text": "含水率六成。", "stream": "sludge"} | changed
    place = place_of(scope, region_id=library.region_id)
    return services.ask(scope, place=place, draft=QuestionDraft(**values))


def assigned(library, question_id, **to) -> None:
    to = to or {"department_id": library.department_id}
    services.assign(library.people["office"], question_id=question_id, to=Assignment(today_on() + WEEK, **to))


def readers(library, question_id):
    found = []
    for who, scope in library.people.items():
        try:
            queries.open_question(scope, question_id)
        except NotFoundError:
            continue
        found.append(who)
    return found


def told(scope):
    with session(scope):
        return [notice.text.zh for notice in notices_of(scope)[0]]


def test_a_question_goes_from_a_firm_through_the_office_to_a_department_and_back(library):
    question_id = asked(library)
    people = library.people
    assert "有人咨询：污泥能否掺烧？，请指派答复人" in told(people["office"])
    assert readers(library, question_id) == ["office", "producer", "driver"]
    with pytest.raises(ConflictError, match="待指派"):
        services.answer(people["office"], question_id=question_id, text="先指派")
    with pytest.raises(AccessError):
        services.assign(people["clerk"], question_id=question_id, to=Assignment(today_on() + WEEK))
    assigned(library, question_id)
    assert any(each.endswith("前答复咨询：污泥能否掺烧？") for each in told(people["colleague"]))
    assert set(readers(library, question_id)) == {"clerk", "colleague", "office", "producer", "driver"}
    with pytest.raises(AccessError, match="指派给了别人"):
        services.answer(people["helper"], question_id=question_id, text="我来")
    with pytest.raises(AccessError, match="指派给了别人"):
        services.answer(people["producer"], question_id=question_id, text="自答")
    services.answer(people["clerk"], question_id=question_id, text="可以，掺烧比例不超过一成。")
    assert "您的咨询已有答复：污泥能否掺烧？" in told(people["producer"])
    with pytest.raises(AccessError, match="只有提问的人"):
        services.close(people["clerk"], question_id=question_id)
    with pytest.raises(AccessError):
        services.close(people["driver"], question_id=question_id)
    services.ask_on(people["producer"], question_id=question_id, text="含氯呢？")
    services.answer(people["colleague"], question_id=question_id, text="先检测。")
    services.close(people["producer"], question_id=question_id)
    found = queries.open_question(people["producer"], question_id)
    assert [each.act.value for each in found.turns] == [
        *("ask", "assign", "answer", "ask-on", "answer", "close"),
    ]
    assert [each.by for each in found.turns][-2:] == ["试验colleague", "试验producer"]
    assert found.acts == frozenset()


def test_what_is_published_is_read_at_home_without_who_asked_and_found_by_words(library):
    question_id = asked(library)
    assigned(library, question_id)
    office, rival = library.people["office"], library.people["rival"]
    services.answer(library.people["clerk"], question_id=question_id, text="可以掺烧。")
    with pytest.raises(ConflictError):
        services.publish_answer(office, question_id=question_id)
    services.close(office, question_id=question_id)
    services.publish_answer(office, question_id=question_id)
    assert set(library.people) - set(readers(library, question_id)) == {"foreigner"}
    found = queries.open_question(rival, question_id)
    assert (found.row.asked_by.zh, [(each.text, each.by) for each in found.turns]) == (
        "",
        [("可以掺烧。", "")],
    )
    assert [row.id for row in queries.questions(rival, CaseFilter(words="掺烧 可以"), published=True)] == [
        question_id
    ]
    assert queries.questions(rival, CaseFilter(stream="hazardous"), published=True) == []
    assert queries.questions(rival, ALL, published=False) == []
    client = Client()
    client.force_login(User.objects.get(username=library.names["rival"]))
    page = client.get("/cases", {"q": "掺烧"}).content.decode()
    assert "相关问答" in page
    assert library.names["producer"] not in client.get(f"/cases/questions/{question_id}").content.decode()


def test_an_outside_expert_is_named_with_institution_and_day(library):
    question_id = asked(library, "clerk")
    office = library.people["office"]
    assigned(library, question_id, user_id=office.user_id)
    expert = Expert("王某", "某大学环境学院", today_on())
    wrong = (Expert("王某", " ", today_on()), Expert("王某", "某大学", today_on() + WEEK))
    for each in wrong:
        with pytest.raises(InputError, match="姓名和单位"):
            services.answer(office, question_id=question_id, text="可行", expert=each)
    services.answer(office, question_id=question_id, text="可行", expert=expert)
    turn = queries.open_question(library.people["colleague"], question_id).turns[-1]
    assert (turn.expert, turn.institution, turn.said_on, turn.by) == (
        *("王某", "某大学环境学院", today_on(), "试验office"),
    )
    other = asked(library, "clerk")
    assigned(library, other)
    with pytest.raises(AccessError):
        services.answer(library.people["clerk"], question_id=other, text="可行", expert=expert)


def test_what_cannot_be_asked_or_assigned_is_refused(library):
    for who in ("driver", "leader"):
        with pytest.raises(AccessError):
            asked(library, who)
    for changed in ({"title": " "}, {"text": "字" * 4001}, {"stream": "gold"}, {"indicator": "幸福感"}):
        with pytest.raises(InputError):
            asked(library, **changed)
    question_id, office = asked(library), library.people["office"]
    with pytest.raises(InputError, match="早于今天"):
        services.assign(office, question_id=question_id, to=Assignment(today_on() - WEEK))
    for to in ({"user_id": library.people["foreigner"].user_id}, {"department_id": 0}):
        with pytest.raises(InputError, match="本区"):
            assigned(library, question_id, **to)
    with pytest.raises(NotFoundError):
        services.assign(
            library.people["foreigner"], question_id=question_id, to=Assignment(today_on() + WEEK)
        )


def test_an_answer_that_is_late_is_shown_first(library, on_day):
    late, early = asked(library), asked(library, title="第二问")
    assigned(library, late)
    day = today_on()
    assert not is_overdue(QuestionState.ASSIGNED, day, day)
    on_day((day + WEEK + timedelta(days=1)).isoformat())
    rows = queries.questions(library.people["office"], ALL, published=False)
    assert [(row.id, row.overdue) for row in rows] == [(late, True), (early, False)]


def test_the_database_alone_keeps_questions_apart(library):
    question_id = asked(library)
    for who, visible in (("rival", set()), ("foreigner", set()), ("producer", {question_id})):
        with session(library.people[who]):
            assert set(Question.objects.values_list("id", flat=True)) == visible
            assert set(Turn.objects.values_list("question_id", flat=True)) == visible
    with session(library.people["producer"]):
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            Question.objects.filter(id=question_id).update(state="closed", published_at=clock.now())
        for statement in (
            "UPDATE cases_question SET text = 'x'",
            "DELETE FROM cases_question",
            "UPDATE cases_turn SET text = 'x'",
            "DELETE FROM cases_turn",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connections["default"].cursor().execute(statement)
    with session(library.people["rival"]), pytest.raises(ProgrammingError, match="row-level"):
        Turn.objects.create(question_id=question_id, act="answer", text="x", at=clock.now())


def test_the_pages_lead_from_the_question_to_the_published_answer(library):
    clients = {}
    for who in ("producer", "office", "clerk", "leader"):
        clients[who] = Client()
        clients[who].force_login(User.objects.get(username=library.names[who]))
    firm, office, clerk = clients["producer"], clients["office"], clients["clerk"]
    assert "还没有公开的问答" in firm.get("/cases/questions").content.decode()
    sent = {"title": "废活性炭怎么存？", "text": "约两吨。", "stream": "hazardous"}
    refused = firm.post("/cases/questions/ask", {**sent, "stream": ""})
    assert refused.status_code == 422
    assert "约两吨。</textarea>" in refused.content.decode()
    address = firm.post("/cases/questions/ask", sent).url
    assert clients["leader"].get("/cases/questions/ask").status_code == 403
    assert clients["leader"].get(address).status_code == 404
    due = (today_on() + WEEK).isoformat()
    assign = {"do": "assign", "to": f"department-{library.department_id}", "due_on": due}
    assert office.post(address, {**assign, "due_on": "soon"}).status_code == 422
    assert office.post(address, assign).status_code == 303
    assert "代外部专家" not in clerk.get(address).content.decode()
    assert clerk.post(address, {"do": "answer", "text": "密闭容器，半年内转移。"}).status_code == 303
    assert clerk.post(address, {"do": "fly"}).status_code == 422
    assert "已解决，办结" in firm.get(address).content.decode()
    assert firm.post(address, {"do": "ask-on", "text": "标签呢？"}).status_code == 303
    expert = {
        "do": "answer",
        "text": "见标准。",
        "expert": "李某",
        "institution": "某院",
        "said_on": str(today_on()),
    }
    assert office.post(address, expert).status_code == 303
    assert firm.post(address, {"do": "close"}).status_code == 303
    assert firm.post(address, {"do": "close"}).status_code == 409
    assert office.post(address, {"do": "publish"}).status_code == 303
    page = clients["leader"].get(address).content.decode()
    assert "李某（某院）" in page
    assert "密闭容器" in page
