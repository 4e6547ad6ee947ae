"""A case from submission to lock: who may do what, what is kept, who was first, what is told."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connections, transaction

from tests.runtime.conftest import NOW
from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.review import jobs, queries
from wufei.runtime.review.core.moves import Act, Answered, Reason, Remark, State
from wufei.runtime.review.services import comment, lock, pass_, resubmit, return_, submit, withdraw
from wufei.runtime.signing.core.canonical import digest_of
from wufei.runtime.signing.core.signature import Offer
from wufei.runtime.signing.queries import signatures_of, verify

from .conftest import VALUES, read_lantern

THREE = Remark("/candles", Reason.WRONG_VALUE, "数一数", proposes=True, proposal=3)
NAME = Remark("/name", Reason.UNCLEAR)


@pytest.fixture
def lantern_id(guild, make_lantern):
    return make_lantern(guild.region_id, party_id=guild.party_id)


@pytest.fixture
def case(guild, lantern_id, do):
    return do(guild.maker, submit, kind="lantern", subject_id=lantern_id).case


@pytest.fixture
def returned(guild, case, do):
    return do(guild.reviewer, return_, case_id=case.id, version=1, remarks=[THREE, NAME]).case


def seen_of(values=VALUES):
    return digest_of(values)


def finished(lantern_id):
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT finished FROM test_lantern WHERE id = %s", [lantern_id])
        return cursor.fetchone()[0]


def test_submitted_it_waits_for_the_reviewers_of_the_region_who_are_told(guild, lantern_id, do):
    moved = do(guild.maker, submit, kind="lantern", subject_id=lantern_id)
    assert (moved.case.state, moved.case.step, moved.case.round) == (State.WAITING, 1, 1)
    assert moved.case.due_on == date(2026, 3, 7)
    (told,) = moved.tidings
    assert (told.topic, told.to.action, told.to.region_id) == (
        "review.waiting",
        "entry.review",
        guild.region_id,
    )
    assert told.link == f"/review/{moved.case.id}"
    with session(guild.reviewer):
        assert [row.id for row in queries.waiting_for(guild.reviewer)] == [moved.case.id]
    with session(guild.maker):
        assert queries.waiting_for(guild.maker) == []
        assert queries.case_of(guild.maker, "lantern", lantern_id) == moved.case


def test_returned_with_remarks_it_lies_with_the_submitter_until_the_day(guild, case, do):
    on = date(2026, 3, 4)
    moved = do(guild.reviewer, return_, case_id=case.id, version=1, remarks=[THREE, NAME], due_on=on)
    assert (moved.case.state, moved.case.due_on) == (State.RETURNED, on)
    (told,) = moved.tidings
    assert (told.topic, told.to.user_id, told.urgent) == ("review.returned", guild.maker.user_id, True)
    with session(guild.maker):
        assert [row.id for row in queries.returned_to(guild.maker)] == [case.id]
        assert queries.moves(guild.maker, case.id)[-1].remarks == (THREE, NAME)


def test_adopted_and_left_remarks_are_answered_and_before_and_after_are_kept(guild, returned, lantern_id, do):
    moved = do(guild.maker, resubmit, case_id=returned.id, version=2, changes={"/lit": False}, adopt=[0])
    assert (moved.case.state, moved.case.round) == (State.WAITING, 2)
    with session(guild.reviewer):
        assert read_lantern(guild.reviewer, lantern_id).values == VALUES | {"candles": 3, "lit": False}
        last = queries.moves(guild.reviewer, returned.id)[-1]
        changed = queries.before_and_after(guild.reviewer, returned.id)
    assert [(answer.number, answer.answered) for answer in last.answers] == [
        (0, Answered.ADOPTED),
        (1, Answered.LEFT),
    ]
    found = [(each.pointer, each.old, each.new, each.user_id, each.remark) for each in changed]
    assert sorted(found, key=lambda each: each[0]) == [
        ("/candles", 2, 3, guild.maker.user_id, THREE),
        ("/lit", True, False, guild.maker.user_id, None),
    ]


def test_a_value_of_ones_own_counts_as_changed(guild, returned, do):
    do(guild.maker, resubmit, case_id=returned.id, version=2, changes={"/candles": 5})
    with session(guild.maker):
        answers = queries.moves(guild.maker, returned.id)[-1].answers
    assert [answer.answered for answer in answers] == [Answered.CHANGED, Answered.LEFT]


def test_what_the_room_refuses_changes_nothing_of_the_case(guild, returned, lantern_id, do):
    with pytest.raises(InputError) as refused:
        do(guild.maker, resubmit, case_id=returned.id, version=2, changes={"/name": "蓝", "/candles": 0})
    assert refused.value.field == "/candles"
    with session(guild.maker):
        assert read_lantern(guild.maker, lantern_id).values == VALUES
        assert queries.case_by_id(guild.maker, returned.id) == returned


def test_passed_the_room_finishes_it_once_and_locked_nothing_changes(guild, case, lantern_id, do):
    moved = do(guild.reviewer, pass_, case_id=case.id, version=1, seen=seen_of())
    assert (moved.case.state, moved.case.due_on, finished(lantern_id)) == (State.PASSED, None, 1)
    assert [told.topic for told in moved.tidings] == ["review.passed"]
    assert do(guild.second_reviewer, lock, case_id=case.id, version=2).case.state is State.LOCKED
    with pytest.raises(ConflictError, match=r"review\.not-now"):
        do(guild.second_reviewer, comment, case_id=case.id, words="晚了")
    statement = "UPDATE review_case SET state = 'waiting' WHERE id = %s"
    for alias in ("default", "owner"):
        with (
            session(guild.reviewer),
            connections[alias].cursor() as cursor,
            pytest.raises(DatabaseError, match=r"review\.locked"),
            transaction.atomic(using=alias),
        ):
            cursor.execute(statement, [case.id])


def test_if_the_room_cannot_finish_it_the_case_is_not_passed(guild, case, do, monkeypatch):
    kind = queries.subject_kind("lantern")

    def fails(scope, lantern_id):
        raise ConflictError("lantern.broken", kind.title)

    monkeypatch.setattr(
        "wufei.runtime.review.queries.subjects.exported",
        lambda _, **__: iter(
            (type(kind)(kind.key, kind.title, kind.procedure, kind.read, kind.write, fails),)
        ),
    )
    with pytest.raises(ConflictError, match=r"lantern\.broken"):
        do(guild.reviewer, pass_, case_id=case.id, version=1, seen=seen_of())
    with session(guild.reviewer):
        assert queries.case_by_id(guild.reviewer, case.id).state is State.WAITING


def test_of_two_reviewers_at_once_the_second_is_told_who_was_first(guild, case, do):
    do(guild.reviewer, pass_, case_id=case.id, version=1, seen=seen_of())
    with pytest.raises(ConflictError) as refused:
        do(guild.second_reviewer, return_, case_id=case.id, version=1, remarks=[THREE])
    assert refused.value.code == "review.first"
    assert "试验reviewer" in refused.value.message.zh
    assert "2026-03-02 12:00" in refused.value.message.zh


def test_a_comment_on_one_cell_returns_nothing_and_disturbs_nobody(guild, case, do):
    moved = do(guild.second_reviewer, comment, case_id=case.id, remarks=[NAME])
    assert (moved.case.state, moved.case.version, moved.tidings) == (State.WAITING, 1, ())
    assert do(guild.reviewer, pass_, case_id=case.id, version=1, seen=seen_of()).case.state is State.PASSED


def test_values_that_changed_since_they_were_shown_are_not_passed(guild, case, do):
    with pytest.raises(ConflictError, match=r"review\.values-changed"):
        do(guild.reviewer, pass_, case_id=case.id, version=1, seen=seen_of(VALUES | {"candles": 9}))


def test_nobody_passes_what_they_entered_and_a_second_submission_is_refused(guild, make_lantern, do):
    lantern_id = make_lantern(guild.region_id)
    case = do(guild.office, submit, kind="lantern", subject_id=lantern_id).case
    with session(guild.office):
        assert queries.waiting_for(guild.office) == []
    with pytest.raises(AccessError, match="同事"):
        do(guild.office, pass_, case_id=case.id, version=1, seen=seen_of())
    with pytest.raises(ConflictError, match=r"review\.not-now"):
        do(guild.office, submit, kind="lantern", subject_id=lantern_id)


def test_the_wrong_role_and_the_wrong_place_are_refused(guild, case, lantern_id, person, region_factory, do):
    passing = {"case_id": case.id, "version": 1, "seen": seen_of()}
    for scope in (guild.auditor, guild.maker, guild.leader):
        with pytest.raises(AccessError):
            do(scope, pass_, **passing)
    with pytest.raises(NotFoundError):
        do(person("reviewer", region_factory()), pass_, **passing)
    with pytest.raises(AccessError):
        do(guild.auditor, comment, case_id=case.id, words="看看")
    with pytest.raises(AccessError), session(Scope.operator()):
        pass_(Scope.operator(), **passing, now=NOW)


def test_row_security_alone_hides_cases_and_moves_from_others(guild, case, person, region_factory):
    stranger = person("reviewer", region_factory())
    for scope, many in ((guild.reviewer, 1), (guild.maker, 1), (stranger, 0)):
        with session(scope), connections["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM review_case WHERE id = %s", [case.id])
            assert cursor.fetchone()[0] == many
            cursor.execute("SELECT count(*) FROM review_move WHERE case_id = %s", [case.id])
            assert cursor.fetchone()[0] == many
    with session(stranger), connections["default"].cursor() as cursor:
        cursor.execute("UPDATE review_case SET state = 'passed' WHERE id = %s", [case.id])
        assert cursor.rowcount == 0


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize("statement", ["UPDATE review_move SET words = 'x'", "DELETE FROM review_move"])
def test_no_role_changes_a_move(guild, case, alias, statement):
    with (
        session(guild.reviewer),
        connections[alias].cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(using=alias),
    ):
        cursor.execute(statement)


def test_withdrawn_it_waits_for_nobody_and_may_be_submitted_again(guild, case, lantern_id, do):
    assert do(guild.maker, withdraw, case_id=case.id, version=1).case.state is State.WITHDRAWN
    with session(guild.reviewer):
        assert queries.waiting_for(guild.reviewer) == []
    again = do(guild.maker, submit, kind="lantern", subject_id=lantern_id).case
    assert (again.id, again.state, again.round) == (case.id, State.WAITING, 2)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"remarks": []}, "review.no-reason"),
        ({"remarks": [Remark("/horns", Reason.MISSING)]}, "review.place"),
        ({"remarks": [Remark("horns", Reason.MISSING)]}, "review.place"),
        ({"remarks": [THREE], "due_on": date(2026, 3, 1)}, "review.due"),
    ],
)
def test_a_return_that_says_too_little_or_of_no_place_is_refused(guild, case, do, terms, code):
    with pytest.raises(InputError) as refused:
        do(guild.reviewer, return_, case_id=case.id, version=1, **terms)
    assert refused.value.code == code


def test_a_proposal_that_was_not_made_cannot_be_adopted(guild, returned, do):
    for number in (1, 7):
        with pytest.raises(InputError, match=r"review\.no-proposal"):
            do(guild.maker, resubmit, case_id=returned.id, version=2, changes={}, adopt=[number])


def test_three_steps_the_last_signed_by_the_leader(guild, make_lantern, do, right_code):
    lantern_id = make_lantern(guild.region_id, party_id=guild.party_id)
    case = do(guild.maker, submit, kind="feast-lantern", subject_id=lantern_id).case
    passing = {"case_id": case.id, "seen": seen_of()}
    moved = do(guild.reviewer, pass_, version=1, **passing)
    assert (moved.case.step_action, moved.tidings[0].to.action) == ("entry.agree", "entry.agree")
    with pytest.raises(InputError, match=r"review\.unsigned"):
        do(guild.leader, pass_, version=2, **passing)
    with pytest.raises(InputError, match=r"signing\.code"):
        do(guild.leader, pass_, version=2, offer=Offer("000000"), **passing)
    assert finished(lantern_id) == 0
    signed = do(guild.leader, pass_, version=2, offer=Offer(right_code(guild.leader)), **passing)
    assert (signed.case.state, finished(lantern_id)) == (State.PASSED, 1)
    with session(guild.maker):
        (signature,) = signatures_of(guild.maker, kind="feast-lantern", subject_id=lantern_id)
        last = queries.moves(guild.maker, case.id)[-1]
    assert (last.act, last.signature_id) == (Act.PASS, signature.id)
    assert verify(signature, VALUES).holds
    assert "灯会一号灯" in signature.statement


def test_the_leader_may_return_to_the_reviewer_who_acts_again(guild, make_lantern, do):
    lantern_id = make_lantern(guild.region_id, party_id=guild.party_id)
    case = do(guild.maker, submit, kind="feast-lantern", subject_id=lantern_id).case
    do(guild.reviewer, pass_, case_id=case.id, version=1, seen=seen_of())
    moved = do(guild.leader, return_, case_id=case.id, version=2, remarks=[NAME], to_step=1)
    assert (moved.case.state, moved.case.step, moved.case.round) == (State.WAITING, 1, 1)
    with session(guild.reviewer):
        assert [row.id for row in queries.waiting_for(guild.reviewer)] == [case.id]
    assert do(guild.reviewer, pass_, case_id=case.id, version=3, seen=seen_of()).case.step == 2


def test_the_daily_job_tells_of_overdue_and_nearly_due_cases_once_per_day_and_case(guild, case, monkeypatch):
    scope = Scope.operator()
    due = case.due_on

    def told(on):
        with session(scope):
            found = queries.due_tidings(scope, today_on=on)
        return [(each.topic, each.text.zh, each.key) for each in found if str(case.id) in each.key]

    assert told(due - timedelta(days=2)) == []
    assert told(due - timedelta(days=1)) == [
        ("review.due", "明天到期：灯会一号灯", f"review:{case.id}:due:{due}")
    ]
    assert told(due)[0][:2] == ("review.due", "今天到期：灯会一号灯")
    assert told(due + timedelta(days=3))[0][:2] == ("review.overdue", "已逾期 3 天：灯会一号灯")
    handed = []
    monkeypatch.setenv("WUFEI_NOW", (NOW + timedelta(days=9)).isoformat())
    monkeypatch.setattr(jobs, "tell", handed.extend)
    (job,) = jobs.JOBS
    assert job.run() is False
    assert [each.topic for each in handed if str(case.id) in each.key] == ["review.overdue"]


def test_the_inbox_puts_overdue_first_and_is_narrowed(guild, make_lantern, do):
    ids = []
    for title in ("甲灯", "乙灯"):
        lantern_id = make_lantern(guild.region_id, party_id=guild.party_id, title=title)
        ids.append(do(guild.maker, submit, kind="lantern", subject_id=lantern_id).case.id)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE review_case SET due_on = '2026-02-01' WHERE id = %s", [ids[1]])
    with session(guild.reviewer):
        assert [row.id for row in queries.waiting_for(guild.reviewer)] == [ids[1], ids[0]]
        late = queries.waiting_for(guild.reviewer, queries.Filter(overdue_on=date(2026, 3, 2)))
        named = queries.waiting_for(guild.reviewer, queries.Filter(words="甲"))
        assert ([row.id for row in late], [row.id for row in named]) == ([ids[1]], [ids[0]])
        assert queries.waiting_for(guild.reviewer, queries.Filter(kind="feast-lantern")) == []
        assert queries.waiting_for(guild.reviewer, queries.Filter(page=2)) == []
    with session(guild.maker):
        assert queries.counts(guild.maker) == queries.Counts(0, 0, 2)
        assert len(queries.submitted_by(guild.maker)) == 2


def test_a_kind_that_no_room_exports_is_named(guild, lanterns, do):
    with pytest.raises(NotFoundError, match="dragon"):
        do(guild.office, submit, kind="dragon", subject_id=UUID(int=7))
