"""Departments are asked for their figures, once; they countersign in their turn; 定稿 is signed."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections, transaction

from tests.actions.reports.conftest import USE, moved_on
from tests.factors import code_of_new_factor
from wufei.actions.reports import queries, services
from wufei.actions.reports.core.rows import Wait
from wufei.actions.reports.core.states import Act, State
from wufei.actions.reports.models import Ask, Countersign
from wufei.actions.reports.services.telling import BACK, PASSING
from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime import clock
from wufei.runtime.access.core import Role
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.forms.exports import form_named
from wufei.runtime.forms.services import Place, enter
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user, save_department
from wufei.runtime.notices.models import Delivery
from wufei.runtime.notices.queries import notices_of
from wufei.runtime.signing.core.signature import Offer
from wufei.runtime.signing.queries import signatures_of


@pytest.fixture
def offices(district):
    """Two departments of the district; the first is named by the plan for industrial waste."""
    tag = uuid.uuid4().hex[:8]
    return tuple(
        save_department(key=f"{key}-{tag}", name=Text(zh), region_id=district.a, aliases=aliases)
        for key, zh, aliases in (("one", f"甲局{tag}", ["生态环境局"]), ("two", f"乙局{tag}", []))
    )


def member(district, role, department_id):
    user_id = create_user(username=f"{role}-{uuid.uuid4().hex[:8]}", password="a-long-password")
    add_membership(user_id=user_id, role=role, region_id=district.a, department_id=department_id)
    return scope_of(memberships_of(user_id, on=clock.today_on())[0], language="zh-hans")


@pytest.fixture
def people(district, offices):
    """A clerk of each department."""
    return [member(district, Role.CLERK, each) for each in offices]


@pytest.fixture
def reviewers(district, offices):
    """A reviewer of each department."""
    return [member(district, Role.REVIEWER, each) for each in offices]


@pytest.fixture
def stranger(person, district):
    """The office of the other district."""
    return person(Role.OFFICE, district.b)


def asked(office, drafted, days=5):
    day = clock.today_on() + timedelta(days=days)
    return services.ask_departments(office, report_id=drafted.id, due_on=day, now=clock.now())


def told(scope):
    with session(scope):
        return Delivery.objects.filter(user_id=scope.user_id).count()


def test_a_department_hears_once_of_the_figures_that_wait_for_it(office, drafted, offices, people):
    first, second = people
    assert offices[0] in asked(office, drafted)
    asked(office, drafted, days=7)
    assert (told(first), told(second)) == (1, 0)
    (waiting,) = queries.waiting_for(first)
    assert waiting.report.id == drafted.id
    assert waiting.figures >= 1
    assert waiting.due_on == clock.today_on() + timedelta(days=7)
    assert queries.waiting_for(second) == ()
    (ask,) = (
        each for each in queries.open_report(office, drafted.id).asks if each.department_id == offices[0]
    )
    assert ask.late_on(waiting.due_on + timedelta(days=1))
    assert not ask.late_on(waiting.due_on)


def test_what_was_answered_waits_no_longer_until_it_changes(office, drafted, people, district):
    first, _ = people
    asked(office, drafted)
    keys = next(
        each.waiting
        for each in queries.open_report(office, drafted.id).asks
        if each.department_id == first.department_id
    )
    for key in keys:
        enter(
            first,
            form_named("report-figure"),
            entry_id=new_id(clock.now()),
            answers={"report": str(drafted.id), "figure": key, "answer": "confirm"},
            place=Place(district.a),
            now=clock.now(),
        )
    assert queries.waiting_for(first) == ()
    used = next(f for f in queries.open_report(office, drafted.id).document.measured if f.indicator == USE)
    services.answer_figure(
        office,
        report_id=drafted.id,
        key=used.key,
        value=used.value + 1,
        reason="年报",
        entry_id=new_id(clock.now()),
        now=clock.now(),
    )
    (again,) = (
        each
        for each in queries.open_report(office, drafted.id).asks
        if each.department_id == first.department_id
    )
    # Whoever corrected it stands for the corrected value.
    assert used.key not in again.waiting


def test_only_the_office_asks_and_not_for_a_day_that_is_over(office, leader, drafted, people):
    with pytest.raises(AccessError):
        asked(people[0], drafted)
    with pytest.raises(AccessError):
        asked(leader, drafted)
    with pytest.raises(InputError) as caught:
        asked(office, drafted, days=-1)
    assert caught.value.code == "report.due"
    assert queries.open_report(office, drafted.id).asks == ()


def passed(office, leader, drafted, offices, *, in_turn):
    row = moved_on(office, drafted, Act.SUBMIT)
    return moved_on(leader, row, Act.PASS, signers=services.Signers(offices, in_turn=in_turn))


def signed(scope, row, *, agrees=True, opinion=""):
    return services.countersign(
        scope, report_id=row.id, digest=row.digest, agrees=agrees, opinion=opinion, now=clock.now()
    )


def finished(leader, row):
    return moved_on(leader, row, Act.FINISH, offer=Offer(code_of_new_factor(leader.user_id, clock.now())))


def test_departments_sign_one_after_the_other_and_the_leader_finishes_by_a_second_factor(
    office, leader, drafted, offices, reviewers
):
    first, second = reviewers
    row = passed(office, leader, drafted, offices, in_turn=True)
    assert (told(first), told(second)) == (1, 0)
    with pytest.raises(ConflictError) as caught:
        signed(second, row)
    assert caught.value.code == "report.countersign-turn"
    signed(first, row, opinion="同意，建议尽快印发")
    assert [each.report.id for each in queries.waiting_for(second)] == [row.id]
    with pytest.raises(ConflictError) as caught:
        finished(leader, row)
    assert caught.value.code == "report.countersign"
    signed(second, row)
    with pytest.raises(InputError) as caught:
        moved_on(leader, row, Act.FINISH)
    assert caught.value.code == "report.signature"
    with pytest.raises(InputError) as caught:
        moved_on(leader, row, Act.FINISH, offer=Offer("000000"))
    assert caught.value.code == "signing.code"
    assert queries.open_report(office, row.id).row.state is State.COUNTERSIGN


def test_the_signature_is_over_the_content_that_was_locked(final, leader):
    with session(leader):
        (signature,) = signatures_of(leader, kind="report", subject_id=final.id)
    assert signature.digest == final.digest
    assert signature.user_id == leader.user_id
    assert final.title in signature.statement


def test_at_once_means_in_any_order_and_disagreement_needs_words_and_leads_back(
    office, leader, drafted, offices, reviewers
):
    first, second = reviewers
    row = passed(office, leader, drafted, offices, in_turn=False)
    assert (told(first), told(second)) == (1, 1)
    with pytest.raises(InputError):
        signed(second, row, agrees=False)
    signed(second, row, agrees=False, opinion="数据有误")
    signed(first, row)
    with pytest.raises(ConflictError) as caught:
        finished(leader, row)
    assert "不同意" in caught.value.message.zh
    row = moved_on(leader, row, Act.BACK, "按乙局意见修改")
    row = passed(office, leader, row, offices[:1], in_turn=False)
    asked_again = queries.open_report(office, row.id).countersigners
    assert [(each.department_id, each.agrees) for each in asked_again] == [(offices[0], None)]


def test_who_was_not_asked_or_saw_another_text_does_not_sign(office, leader, drafted, offices, reviewers):
    row = passed(office, leader, drafted, offices[:1], in_turn=False)
    for scope in (reviewers[1], leader):
        with pytest.raises(ConflictError) as caught:
            signed(scope, row)
        assert caught.value.code == "report.countersign-turn"
    with pytest.raises(ConflictError) as caught:
        services.countersign(
            reviewers[0], report_id=row.id, digest="0" * 64, agrees=True, opinion="", now=clock.now()
        )
    assert caught.value.code == "report.changed"
    with pytest.raises(InputError) as caught:
        passed(office, leader, moved_on(leader, row, Act.BACK, "换"), (10**9,), in_turn=False)
    assert caught.value.code == "report.signers"


def test_a_department_is_signed_for_by_its_reviewer_or_head_and_not_by_its_clerk(
    office, leader, drafted, offices, people, reviewers
):
    row = passed(office, leader, drafted, offices, in_turn=False)
    assert queries.waiting_for(people[0]) == ()
    assert [each.report.id for each in queries.waiting_for(reviewers[0])] == [row.id]
    with pytest.raises(AccessError):
        signed(people[0], row)
    signed(reviewers[0], row)
    head = replace(leader, department_id=offices[1])
    assert {each.act for each in queries.waiting_for(head)} == {Wait.COUNTERSIGN}
    assert [each.agrees for each in signed(head, row, opinion="同意")] == [True, True]


def test_whoever_has_to_do_next_finds_the_document_and_is_told(
    office, leader, drafted, offices, reviewers, person
):
    def waits(scope):
        return [each.act for each in queries.waiting_for(scope) if each.report.id == drafted.id]

    colleague = person(Role.OFFICE, drafted.region_id)
    assert [waits(each) for each in (office, leader)] == [[], []]
    row = moved_on(office, drafted, Act.SUBMIT)
    assert [waits(each) for each in (leader, colleague, office)] == [[Wait.CHECK], [Wait.CHECK], []]
    row = moved_on(leader, row, Act.BACK, "数据待核")
    assert [waits(each) for each in (leader, office, colleague)] == [[], [Wait.MEND], []]
    row = passed(office, leader, row, offices, in_turn=False)
    assert [waits(each) for each in (leader, office)] == [[], []]
    signed(reviewers[0], row)
    signed(reviewers[1], row, agrees=False, opinion="数据有误")
    assert waits(leader) == [Wait.OBJECTION]
    row = passed(office, leader, moved_on(leader, row, Act.BACK, "按意见修改"), offices, in_turn=False)
    for each in reviewers:
        signed(each, row)
    assert [waits(each) for each in (leader, *reviewers)] == [[Wait.FINISH], [], []]
    with session(leader):
        found = [each.text.zh.partition("》")[2] for each in notices_of(leader, topic=PASSING)[0]]
    assert found == ["会签完成，待定稿", "待核稿", "会签有不同意见，待处理", "待核稿", "待核稿"]
    with session(office):
        back = [each.text.zh.partition("》")[2] for each in notices_of(office, topic=BACK)[0]]
    assert back == ["已退回：按意见修改", "已退回：数据待核"]


def test_a_department_in_which_nobody_can_sign_is_not_asked(office, leader, drafted, offices, people):
    assert not {each.id for each in queries.signing_departments(drafted.region_id)} & set(offices)
    with pytest.raises(InputError) as caught:
        passed(office, leader, drafted, offices, in_turn=False)
    assert caught.value.code == "report.signers-nobody"
    assert "甲局" in caught.value.message.zh


def test_the_database_alone_refuses_to_sign_for_another_department_or_as_its_clerk(
    office, leader, drafted, offices, people, reviewers
):
    row = passed(office, leader, drafted, offices, in_turn=False)
    sign = (
        "UPDATE reports_countersign SET agrees = true, at = now() WHERE report_id = %s AND department_id = %s"
    )
    for scope, many in ((people[0], 0), (reviewers[1], 0), (office, 0), (reviewers[0], 1)):
        with session(scope), connections["default"].cursor() as cursor:
            cursor.execute(sign, [row.id, offices[0]])
            assert cursor.rowcount == many
    with session(office):
        held = Countersign.objects.get(report=row.id, department=offices[1])
    held.pk, held.round, held.agrees, held.at = None, 9, True, clock.now()
    with pytest.raises(DatabaseError), session(leader):
        held.save(force_insert=True)


def test_row_level_security_alone_hides_who_is_asked_and_a_signature_stays(
    office, leader, drafted, offices, reviewers, stranger
):
    asked(office, drafted)
    row = passed(office, leader, drafted, offices, in_turn=False)
    signed(reviewers[0], row)
    for table in (Ask, Countersign):
        with session(office):
            assert table.objects.filter(report=row.id).exists()
            held = table.objects.filter(report=row.id).first()
        with session(stranger):
            assert not table.objects.filter(report=row.id).exists()
        held.pk, held.department_id = None, offices[1]
        with pytest.raises(DatabaseError), session(stranger):
            held.save(force_insert=True)
    changes = (
        "UPDATE reports_countersign SET agrees = false WHERE report_id = %s AND agrees",
        "DELETE FROM reports_countersign WHERE report_id = %s",
    )
    for change in changes:
        with (
            pytest.raises(DatabaseError),
            transaction.atomic("owner"),
            connections["owner"].cursor() as cursor,
        ):
            cursor.execute(change, [row.id])


def test_a_draft_is_drafted_anew_only_by_who_says_that_it_overwrites(office, drafted, district, seal_all):
    told_ = {"report_id": drafted.id, "version": drafted.version, "now": clock.now()}
    with pytest.raises(InputError) as caught:
        services.redraft(office, overwrite=False, **told_)
    assert caught.value.code == "report.overwrite"
    district.post(district.generate(100))
    seal_all()
    row = services.redraft(office, overwrite=True, **told_)
    used = next(f for f in queries.open_report(office, row.id).document.measured if f.indicator == USE)
    assert (used.value, used.book) == (30, district.book)
    with pytest.raises(ConflictError):
        services.redraft(office, overwrite=True, **told_)
