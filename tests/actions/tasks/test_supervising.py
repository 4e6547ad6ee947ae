"""督办 and 批示: issued by a person, answered by the department, closed; meetings and the group."""

from __future__ import annotations

from datetime import date

import pytest

from tests.actions.tasks.conftest import task_ids, task_of
from wufei.actions.tasks import queries, services
from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import Quarter
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.notices.queries import notices_of

SPRING = Quarter(2026, 1)


def issue(place, kind=StepKind.ORDER, *, who="office", task=0, reply_by=date(2026, 5, 9)):
    return services.issue_step(
        place.people[who],
        task_id=task_ids(place)[task],
        kind=kind,
        node=SPRING,
        text="请说明原因",
        reply_by=reply_by,
    )


def notices(place, who):
    with session(place.people[who]):
        return [(notice.topic_key, notice.text.zh) for notice in notices_of(place.people[who])[0]]


@pytest.fixture
def late(taken, on_day):
    on_day("2026-05-01")
    return taken


def test_nothing_is_sent_by_itself_but_a_step_is_proposed(late):
    office = late.people["office"]
    assert [one.step.kind for one in queries.proposals(office, late.region_id, on=today_on())] == [
        StepKind.REMINDER,
        StepKind.REMINDER,
    ]
    assert queries.steps_of_region(office, late.region_id) == []
    with pytest.raises(AccessError):
        queries.proposals(late.people["clerk"], late.region_id, on=today_on())


def test_an_order_has_a_number_is_answered_by_its_department_and_closed(late):
    (first,), (second,) = issue(late), issue(late, task=1)
    step = queries.find_step(late.people["clerk"], first)
    assert step.number.zh == "督办〔2026〕1号"
    assert queries.find_step(late.people["clerk"], second).number.zh == "督办〔2026〕2号"
    assert ("task.order", "督办单：任务1，请于2026-05-09前回复") in notices(late, "clerk")
    assert [one.id for one in queries.own_tasks(late.people["clerk"], on=today_on()).steps] == [first]
    with pytest.raises(ConflictError, match="还没有回复"):
        services.close_step(late.people["office"], step_id=first, note="已完成")
    with pytest.raises(AccessError, match="本部门"):
        services.answer_step(late.people["helper"], step_id=first, reply="代答")
    services.answer_step(late.people["clerk"], step_id=first, reply="因资金延迟，5月底完成")
    assert ("task.answer", "督办单“任务1”已回复") in notices(late, "office")
    with pytest.raises(AccessError):
        services.close_step(late.people["clerk"], step_id=first, note="自己销号")
    services.close_step(late.people["office"], step_id=first, note="节点已完成")
    closed = queries.find_step(late.people["office"], first)
    assert (closed.closed_on, closed.closed_note) == (today_on(), "节点已完成")
    assert queries.own_tasks(late.people["clerk"], on=today_on()).steps == ()
    with pytest.raises(ConflictError, match="已销号"):
        services.answer_step(late.people["clerk"], step_id=first, reply="再答")


def test_a_step_is_taken_once_for_a_node_and_an_order_names_a_day(late):
    issue(late)
    with pytest.raises(ConflictError, match="已发过督办单"):
        issue(late)
    for reply_by in (None, date(2026, 4, 30)):
        with pytest.raises(InputError, match="回复期限"):
            issue(late, task=1, reply_by=reply_by)
    with pytest.raises(AccessError):
        issue(late, who="leader", task=1)


def test_another_region_sees_no_order(late, place_factory):
    (number,) = issue(late)
    with pytest.raises(NotFoundError):
        queries.find_step(place_factory().people["office"], number)
    with pytest.raises(NotFoundError):
        services.answer_step(place_factory().people["clerk"], step_id=number, reply="x")


def test_a_task_without_a_lead_cannot_be_supervised(place_factory):
    place = place_factory(task_of("1", lead=("没有的局",), support=()))
    services.take_plan(place.people["office"], place.plan.id)
    with pytest.raises(ConflictError, match="匹配部门"):
        issue(place)


def test_a_comment_reaches_the_lead_with_its_day_and_is_answered(late):
    number = task_ids(late)[0]
    made = services.make_comment(
        late.people["leader"], task_id=number, text="一周内报方案", reply_by=date(2026, 5, 8)
    )
    assert ("task.comment", "领导批示“一周内报方案”，请于2026-05-08前回复：任务1") in notices(late, "clerk")
    (waiting,) = queries.own_tasks(late.people["clerk"], on=today_on()).comments
    assert (waiting.text, waiting.reply_by) == ("一周内报方案", date(2026, 5, 8))
    assert queries.own_tasks(late.people["helper"], on=today_on()).comments == ()
    with pytest.raises(AccessError, match="牵头部门"):
        services.answer_comment(late.people["helper"], comment_id=made, reply="x")
    services.answer_comment(late.people["clerk"], comment_id=made, reply="方案附后")
    assert ("task.answer", "批示已回复：任务1") in notices(late, "leader")
    with pytest.raises(ConflictError):
        services.answer_comment(late.people["clerk"], comment_id=made, reply="又")


def test_only_a_leader_comments_and_not_for_yesterday(late):
    number = task_ids(late)[0]
    for who in ("office", "clerk"):
        with pytest.raises(AccessError):
            services.make_comment(late.people[who], task_id=number, text="x", reply_by=date(2026, 5, 8))
    with pytest.raises(InputError, match="早于今天"):
        services.make_comment(late.people["leader"], task_id=number, text="x", reply_by=date(2026, 4, 8))
    with pytest.raises(InputError, match="填写内容"):
        services.make_comment(late.people["leader"], task_id=number, text="  ", reply_by=date(2026, 5, 8))


def test_indicators_are_linked_and_only_known_ones(late):
    number, office = task_ids(late)[0], late.people["office"]
    rate = "general-industrial-waste-utilisation-rate"
    services.set_indicators(office, task_id=number, indicators=[rate])
    assert queries.task_file(office, number).indicators == (rate,)
    assert queries.tasks_moving(office, rate, late.region_id) == [(number, "任务1")]
    with pytest.raises(InputError, match="没有“nonsense”"):
        services.set_indicators(office, task_id=number, indicators=["nonsense"])
    services.set_indicators(office, task_id=number, indicators=[])
    assert queries.task_file(office, number).indicators == ()


def test_a_meeting_keeps_the_state_of_its_day(late, on_day):
    office = late.people["office"]
    pack = queries.pack_of(office, late.region_id, on=today_on())
    values = {"region_id": late.region_id, "held_on": today_on(), "title": "上半年推进会", "agenda": "议程"}
    made = services.hold_meeting(office, **values, pack=pack)
    with pytest.raises(ConflictError):
        services.hold_meeting(office, **values, pack=pack)
    on_day("2026-06-30")
    meeting = queries.find_meeting(office, made)
    assert [line.state.value for line in meeting.pack] == ["behind", "behind"]
    assert "已逾期31天" in meeting.pack[0].reason.zh
    urban = late.departments["urban"]
    services.decide(office, meeting_id=made, text="补报方案", department_id=urban, due_on=date(2026, 6, 1))
    services.write_minutes(office, meeting_id=made, minutes="会议强调……")
    (decision,) = queries.find_meeting(office, made).decisions
    assert decision.late_on(today_on())
    services.finish_decision(office, decision_id=decision.id, note="已补报")
    assert queries.find_meeting(office, made).open_decisions == 0
    with pytest.raises(AccessError):
        services.write_minutes(late.people["clerk"], meeting_id=made, minutes="x")


def test_who_belonged_to_the_group_on_a_day_stays_known(place):
    office = place.people["office"]
    member = services.MemberDraft("张三", "副区长", "统筹", date(2026, 1, 1), place.departments["ecology"])
    made = services.join_group(office, region_id=place.region_id, member=member)
    with pytest.raises(InputError):
        services.leave_group(office, member_id=made, to_on=date(2025, 12, 1))
    services.leave_group(office, member_id=made, to_on=date(2026, 6, 30))
    assert [one.name for one in queries.group_on(office, place.region_id, on=date(2026, 3, 1))] == ["张三"]
    assert queries.group_on(office, place.region_id, on=date(2026, 7, 1)) == []
    with pytest.raises(AccessError):
        services.join_group(place.people["clerk"], region_id=place.region_id, member=member)


def test_all_that_happened_is_in_the_history_with_who_did_it(late):
    (number,) = issue(late)
    services.answer_step(late.people["clerk"], step_id=number, reply="马上办")
    events = queries.task_file(late.people["office"], task_ids(late)[0]).events
    assert [(event.text.zh, event.by) for event in events[:2]] == [
        ("回复督办单：马上办", "试验clerk"),
        ("发出督办单：请说明原因", "试验office"),
    ]
    assert [event.text.zh for event in events[2:]] == [
        "确认2026年目标",
        "起草年度分解：2026",
        "取自方案《试验区实施方案》",
    ]
