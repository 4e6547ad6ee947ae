"""The next step of 督办 is proposed for a late node, one after the other, and never taken by itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wufei.actions.tasks.core.judging import Judgement, judged
from wufei.actions.tasks.core.rolling import rolled_up
from wufei.actions.tasks.core.supervision import Issued, StepKind, due_step
from wufei.actions.tasks.core.task import Node, Progress, Quarter, State
from wufei.kernel.text import Text

SPRING = Quarter(2026, 1)
LATE = judged([Node(SPRING, "完成方案", Decimal(1))], [], date(2026, 5, 1), leads=(1,))


def kind_on(day, *issued):
    step = due_step(LATE, issued, day)
    return step and step.kind


def test_a_late_node_calls_for_a_reminder_first():
    assert kind_on(date(2026, 5, 1)) is StepKind.REMINDER


def test_each_step_follows_the_one_before_when_its_time_is_over():
    reminder = Issued(StepKind.REMINDER, SPRING, date(2026, 5, 1))
    assert kind_on(date(2026, 5, 7), reminder) is None
    assert kind_on(date(2026, 5, 8), reminder) is StepKind.ORDER
    order = Issued(StepKind.ORDER, SPRING, date(2026, 5, 8), date(2026, 5, 15))
    assert kind_on(date(2026, 5, 29), reminder, order) is None
    assert kind_on(date(2026, 5, 30), reminder, order) is StepKind.TALK
    talk = Issued(StepKind.TALK, SPRING, date(2026, 5, 30))
    assert kind_on(date(2026, 6, 29), reminder, order, talk) is StepKind.CIRCULAR
    circular = Issued(StepKind.CIRCULAR, SPRING, date(2026, 7, 1))
    assert kind_on(date(2027, 6, 29), reminder, order, talk, circular) is None


def test_an_answered_order_has_time_to_show_effect():
    order = Issued(StepKind.ORDER, SPRING, date(2026, 5, 8), date(2026, 5, 15), date(2026, 5, 25))
    assert kind_on(date(2026, 6, 8), order) is None
    assert kind_on(date(2026, 6, 9), order) is StepKind.TALK


def test_steps_for_another_node_do_not_count():
    assert (
        kind_on(date(2026, 5, 1), Issued(StepKind.ORDER, Quarter(2025, 4), date(2026, 1, 20)))
        is StepKind.REMINDER
    )


@given(
    st.sampled_from([state for state in State if state is not State.BEHIND]),
    st.lists(
        st.builds(
            Issued,
            st.sampled_from(StepKind),
            st.just(SPRING),
            st.dates(date(2026, 4, 1), date(2026, 9, 1)),
        ),
        max_size=4,
    ),
)
def test_what_is_not_behind_calls_for_nothing(state, issued):
    assert due_step(Judgement(state, Text("x")), issued, date(2026, 9, 2)) is None


@given(st.permutations(list(StepKind)), st.integers(0, 400))
def test_the_order_in_which_steps_are_read_changes_nothing(kinds, days):
    taken = [Issued(kind, SPRING, date(2026, 5, 1) + timedelta(days=kinds.index(kind))) for kind in kinds[:3]]
    on = date(2026, 5, 3) + timedelta(days=days)
    assert due_step(LATE, taken, on) == due_step(LATE, taken[::-1], on)


def test_a_roll_up_takes_the_slowest_and_names_who_is_silent():
    def told(by, share, words, number=1):
        return Progress(
            number, by, SPRING, Decimal(share), date(2026, 4, 1), words, "缺资金" if by == 2 else ""
        )

    names = {1: "生态环境局", 2: "城管委", 3: "农业农村局"}
    reports = [told(1, "0.5", "印发方案"), told(2, "0.2", "旧数", 1), told(2, "0.3", "完成选址", 2)]
    drafted = rolled_up(reports, SPRING, (1, 2), names)
    assert drafted.share == Decimal("0.3")
    assert drafted.text == "生态环境局：印发方案\n城管委：完成选址"
    assert drafted.problems == "城管委：缺资金"
    assert rolled_up(reports, SPRING, (1, 2, 3), names).missing == (3,)
    assert rolled_up(reports, SPRING, (1, 2, 3), names).share == 0
