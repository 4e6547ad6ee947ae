"""Departments report for themselves only; what passed its review counts, and the state follows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tests.actions.tasks.conftest import pass_, report, task_ids, task_of
from wufei.actions.tasks import queries, services
from wufei.actions.tasks.core.task import Node, Quarter, State
from wufei.actions.tasks.jobs import remind
from wufei.actions.tasks.models import Report
from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on
from wufei.runtime.notices.queries import notices_of
from wufei.runtime.review import queries as review
from wufei.runtime.review.core.moves import Reason, Remark
from wufei.runtime.review.services import pass_ as pass_case
from wufei.runtime.review.services import return_ as return_case
from wufei.runtime.signing.core.canonical import as_json, digest_of


def state(place, who="office"):
    number = task_ids(place)[0]
    return queries.find_task_row(place.people[who], number, on=today_on()).judgement


def test_the_lead_confirms_a_draft_and_nobody_else(place):
    services.take_plan(place.people["office"], place.plan.id)
    number = task_ids(place)[0]
    for other in ("helper", "loner"):
        with pytest.raises(AccessError, match="牵头部门"):
            services.draft_goals(place.people[other], task_id=number)
    assert services.draft_goals(place.people["clerk"], task_id=number) == 1
    assert services.draft_goals(place.people["clerk"], task_id=number) == 0
    for other in ("helper", "leader"):
        with pytest.raises(AccessError):
            services.confirm_goal(place.people[other], task_id=number, year=2026)
    assert [row.id for row in queries.own_tasks(place.people["clerk"], on=today_on()).goals] == [number]
    services.confirm_goal(place.people["reviewer"], task_id=number, year=2026)
    assert queries.own_tasks(place.people["clerk"], on=today_on()).goals == ()
    (goal,) = queries.find_task_row(place.people["office"], number, on=today_on()).goals
    assert goal.confirmed
    assert [node.share for node in goal.nodes] == [Decimal(n) / 4 for n in (1, 2, 3, 4)]


def test_a_changed_goal_waits_for_the_lead_again(taken):
    number, clerk = task_ids(taken)[0], taken.people["clerk"]
    nodes = [Node(Quarter(2026, 2), "方案", Decimal("0.4")), Node(Quarter(2026, 4), "完成", Decimal(1))]
    services.save_goal(clerk, task_id=number, year=2026, goal="新目标", nodes=nodes)
    (goal,) = queries.find_task_row(clerk, number, on=today_on()).goals
    assert (goal.text, goal.confirmed, len(goal.nodes)) == ("新目标", False, 2)


@pytest.mark.parametrize(
    ("shares", "year"),
    [((), 2026), (("0.5", "0.4"), 2026), (("0.5", "0.9"), 2026), (("0.5", "1"), 2027)],
)
def test_nodes_that_do_not_grow_to_the_whole_are_refused(taken, shares, year):
    nodes = [Node(Quarter(year, n), "x", Decimal(share)) for n, share in enumerate(shares, start=1)]
    with pytest.raises(InputError, match="最后一个为100%"):
        services.save_goal(
            taken.people["clerk"], task_id=task_ids(taken)[0], year=2026, goal="x", nodes=nodes
        )


def test_a_report_counts_only_after_its_review(taken, on_day):
    on_day("2026-04-02")
    outcome = report(taken.people["clerk"], taken, percent=25)
    assert outcome.outcome == "entered"
    assert state(taken).state is State.NOT_STARTED
    pass_(outcome)
    assert state(taken).state is State.ON_TRACK
    on_day("2026-07-15")
    assert state(taken).state is State.BEHIND
    assert state(taken).late_days == 15


def test_the_office_drafts_all_at_once_and_leads_confirm_what_they_lead_all_or_none(place_factory, on_day):
    on_day("2026-04-02")
    place = place_factory(task_of("1"), task_of("2"), task_of("3", lead=("城管委",)))
    office, clerk = place.people["office"], place.people["clerk"]
    services.take_plan(office, place.plan.id)
    assert queries.count_undrafted(office, place.region_id) == 3
    with pytest.raises(AccessError):
        services.draft_all(clerk, region_id=place.region_id)
    with pytest.raises(AccessError):
        services.draft_all(place_factory().people["office"], region_id=place.region_id)
    assert services.draft_all(office, region_id=place.region_id) == 3
    assert services.draft_all(office, region_id=place.region_id) == 0
    first, second, foreign = task_ids(place)
    with pytest.raises(AccessError, match="牵头部门"):
        services.confirm_goals(clerk, [(first, 2026), (foreign, 2026)])
    assert {row.id for row in queries.own_tasks(clerk, on=today_on()).goals} == {first, second}
    assert services.confirm_goals(clerk, [(first, 2026), (second, 2026)]) == 2
    assert queries.own_tasks(clerk, on=today_on()).goals == ()
    assert {row.id for row in queries.own_tasks(place.people["helper"], on=today_on()).goals} == {foreign}


def test_a_report_goes_through_three_steps_of_people(taken, on_day):
    on_day("2026-04-02")
    report(taken.people["clerk"], taken, percent=25)
    reviewer = taken.people["reviewer"]
    with session(reviewer):
        (case,) = review.waiting_for(reviewer, review.Filter())
    assert case.title.zh == "任务进展填报"
    number = task_ids(taken)[0]
    (row,) = queries.find_task_row(reviewer, number, on=today_on()).reports
    assert (row.passed, row.share, row.text) == (False, Decimal("0.25"), "完成方案")


def test_another_department_is_refused_and_nothing_is_kept(taken):
    for who, answers in (
        ("helper", {"department": "生态环境局"}),
        ("loner", {}),
        ("loner", {"department": "生态环境局"}),
    ):
        outcome = report(taken.people[who], taken, **answers)
        assert outcome.outcome == "refused"
        assert outcome.findings[-1].code == "task.other-department"
        assert outcome.findings[-1].where == "/department"
    assert report(taken.people["helper"], taken, code="2", department="生态环境局").outcome == "refused"
    with session(taken.people["office"]):
        assert not Report.objects.filter(task_id__in=task_ids(taken)).exists()


def test_a_department_of_another_region_is_refused(taken, place_factory):
    other = place_factory()
    with pytest.raises(AccessError):
        report(other.people["clerk"], taken)
    outcome = report(other.people["clerk"], taken, region_id=other.region_id)
    assert (outcome.findings[-1].code, outcome.findings[-1].where) == ("forms.unknown", "/task")


def test_the_office_reports_for_a_department_that_has_nobody(taken):
    assert report(taken.people["office"], taken, department="生态环境局").outcome == "entered"


def test_only_a_confirmed_year_can_be_reported_on(taken):
    outcome = report(taken.people["clerk"], taken, quarter="2027-Q1")
    assert outcome.findings[-1].code == "task.quarter"
    assert "2026" in outcome.findings[-1].message.zh


def test_the_lead_rolls_up_what_the_others_reported(taken, on_day):
    on_day("2026-04-02")
    pass_(report(taken.people["helper"], taken, percent=20, problems="缺资金"))
    number = task_ids(taken)[0]
    row = queries.find_task_row(taken.people["clerk"], number, on=today_on())
    drafted = queries.roll_up_of(row, Quarter(2026, 1))
    assert (drafted.share, drafted.missing) == (Decimal("0.2"), ())
    assert "完成方案" in drafted.text
    assert drafted.problems.endswith("缺资金")
    with session(taken.people["clerk"]):
        topics = [notice.topic_key for notice in notices_of(taken.people["clerk"])[0]]
    assert "task.answer" in topics
    # What a responsible department reached is not the lead's word.
    assert state(taken).state is State.NOT_STARTED or state(taken).reached_share == 0


def test_a_report_is_due_before_the_quarter_ends_and_not_after_it_was_sent(taken, on_day):
    clerk = taken.people["clerk"]
    assert queries.own_tasks(clerk, on=date(2026, 3, 10)).reports == ()
    (due,) = queries.own_tasks(clerk, on=date(2026, 3, 20)).reports
    assert (due.quarter, due.due_on, due.percent, due.leads) == (
        Quarter(2026, 1),
        date(2026, 4, 10),
        25,
        True,
    )
    on_day("2026-03-25")
    report(clerk, taken)
    assert queries.own_tasks(clerk, on=date(2026, 3, 25)).reports == ()
    (due,) = queries.own_tasks(taken.people["helper"], on=date(2026, 4, 20)).reports[:1]
    assert due.late_on(date(2026, 4, 20))


def test_the_board_counts_and_filters(taken, on_day):
    on_day("2026-05-02")
    office = taken.people["office"]
    found = queries.board(office, taken.region_id, on=today_on())
    assert dict(found.counts)[State.BEHIND] == 2
    ecology = queries.BoardFilter(department_id=taken.departments["ecology"])
    assert [row.code for row in queries.board(office, taken.region_id, on=today_on(), asks=ecology).rows] == [
        "1"
    ]
    words = queries.BoardFilter(words="任务2", state=State.BEHIND, quarter=Quarter(2026, 2))
    assert [row.code for row in queries.board(office, taken.region_id, on=today_on(), asks=words).rows] == [
        "2"
    ]
    none = queries.BoardFilter(quarter=Quarter(2030, 1))
    assert queries.board(office, taken.region_id, on=today_on(), asks=none).rows == ()


def test_the_board_asks_the_database_as_often_for_many_tasks_as_for_one(place_factory):
    counts = []
    for number in (1, 12):
        place = place_factory(*(task_of(str(n)) for n in range(number)))
        services.take_plan(place.people["office"], place.plan.id)
        with CaptureQueriesContext(connection) as caught:
            queries.board(place.people["office"], place.region_id, on=today_on())
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_departments_are_asked_once_for_what_is_due_and_once_more_when_late(taken, on_day):
    def asked(who):
        with session(taken.people[who]):
            found = notices_of(taken.people[who], topic="task.due")[0]
        return sorted(notice.text.zh for notice in found)

    on_day("2026-03-10")
    remind()
    assert asked("helper") == []
    on_day("2026-03-25")
    report(taken.people["clerk"], taken)
    for _ in range(2):
        remind()
    assert asked("clerk") == []
    assert asked("helper") == ["2026年一季度有2项任务待报进展（2026-04-10前）"]
    on_day("2026-04-12")
    remind()
    assert len(asked("helper")) == 2
    assert "2026年一季度有2项任务逾期未报进展（2026-04-10前）" in asked("helper")
    assert asked("loner") == []


def test_only_a_reviewer_of_the_reports_department_finds_and_passes_it_or_the_office(taken, user_of):
    outcome = report(taken.people["clerk"], taken)
    other = user_of("reviewer", taken.departments["urban"])
    nobody = user_of("reviewer", None)
    own, office = taken.people["reviewer"], taken.people["office"]
    for scope, many in ((own, 1), (office, 1), (other, 0), (nobody, 0), (taken.people["clerk"], 0)):
        with session(scope):
            assert len(review.waiting_for(scope)) == review.counts(scope).waiting == many
    with session(own):
        case = review.case_of(own, "entry:task-report", outcome.entry.id)
        values = review.subject_kind(case.subject_kind).read(own, case.subject_id).values
    told = {"case_id": case.id, "version": 1, "now": now()}
    seen = digest_of(as_json(values))
    for stranger in (other, nobody):
        with session(stranger):
            with pytest.raises(NotFoundError):
                review.case_by_id(stranger, case.id)
            with pytest.raises(NotFoundError):
                pass_case(stranger, seen=seen, **told)
    with session(own):
        assert pass_case(own, seen=seen, **told).case.step == 2


def test_the_database_alone_keeps_a_case_from_other_departments(taken, user_of):
    outcome = report(taken.people["clerk"], taken)
    other, urban = (user_of(role, taken.departments["urban"]) for role in ("reviewer", "clerk"))
    with session(taken.people["office"]):
        case_id = review.case_of(taken.people["office"], "entry:task-report", outcome.entry.id).id
    seen = ((taken.people["reviewer"], 1), (taken.people["clerk"], 1), (taken.people["leader"], 1))
    for scope, many in (*seen, (other, 0), (urban, 0)):
        with session(scope), connections["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM review_case WHERE id = %s", [case_id])
            assert cursor.fetchone() == (many,)
            cursor.execute("UPDATE review_case SET version = version WHERE id = %s", [case_id])
            assert cursor.rowcount == many
            cursor.execute("SELECT count(*) FROM review_move WHERE case_id = %s", [case_id])
            assert cursor.fetchone() == (many,)


def test_the_code_alone_refuses_it_where_an_older_case_names_no_department(taken, user_of):
    outcome = report(taken.people["clerk"], taken)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE review_case SET department_id = NULL WHERE subject_id = %s", [outcome.entry.id]
        )
    other = user_of("reviewer", taken.departments["urban"])
    with session(other):
        case = review.case_of(other, "entry:task-report", outcome.entry.id)
        values = review.subject_kind(case.subject_kind).read(other, case.subject_id).values
        told = {"case_id": case.id, "version": 1, "now": now()}
        with pytest.raises(AccessError, match="其他部门"):
            pass_case(other, seen=digest_of(as_json(values)), **told)
        with pytest.raises(AccessError, match="其他部门"):
            return_case(other, remarks=[Remark("", Reason.OTHER, "不对")], **told)


def test_a_report_is_told_to_the_reviewers_of_its_department_alone(taken, user_of):
    other = user_of("reviewer", taken.departments["urban"])
    report(taken.people["clerk"], taken)
    told = {}
    for name, scope in (("own", taken.people["reviewer"]), ("other", other)):
        with session(scope):
            told[name] = len(notices_of(scope, topic="review.waiting")[0])
    assert told == {"own": 1, "other": 0}
