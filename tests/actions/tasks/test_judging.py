"""The state of a task follows from its nodes and reports, and is never better than they show."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wufei.actions.tasks.core.judging import expected_share, judged, late_nodes, reached_share
from wufei.actions.tasks.core.task import Node, Progress, Quarter, State, quarter_of

WATER, ROADS = 1, 2
YEAR = tuple(Node(Quarter(2026, n), f"节点{n}", Decimal(n) / 4) for n in (1, 2, 3, 4))

SHARES = st.sampled_from([Decimal(n) / 4 for n in range(5)])
QUARTERS = st.builds(Quarter, st.integers(2025, 2027), st.integers(1, 4))
REPORTS = st.lists(
    st.builds(
        Progress,
        number=st.integers(1, 10**6),
        department_id=st.sampled_from([WATER, ROADS]),
        quarter=QUARTERS,
        share=SHARES,
        reported_on=st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    ),
    max_size=12,
    unique_by=lambda report: report.number,
)
NODES = st.lists(
    st.builds(Node, QUARTERS, st.just("x"), SHARES), max_size=8, unique_by=lambda node: node.quarter
)
DAYS = st.dates(date(2025, 1, 1), date(2028, 6, 30))
LEADS = st.sampled_from([(), (WATER,), (WATER, ROADS)])


def report(share, quarter=1, *, number=1, by=WATER, on=date(2026, 4, 2)):
    return Progress(number, by, Quarter(2026, quarter), Decimal(share), on)


@given(NODES, REPORTS, DAYS, LEADS, st.booleans())
def test_a_state_is_never_better_than_the_nodes_show(nodes, reports, on, leads, lasting):
    found = judged(nodes, reports, on, leads=leads, lasting=lasting)
    unmet = [n for n in nodes if reached_share(reports, n.quarter.year, on, leads) < n.share]
    if any((on - node.quarter.ends_on).days > 10 for node in unmet):
        assert found.state is State.BEHIND
    if found.state is State.DONE:
        assert nodes
        assert not unmet
    if found.state is State.ON_TRACK:
        assert any(one.share > 0 and one.reported_on <= on for one in reports)
    assert (found.state is State.BEHIND) == (found.node is not None) == (found.late_days > 0)


@given(NODES, REPORTS, DAYS, LEADS, st.data())
def test_the_order_of_reports_and_nodes_changes_nothing(nodes, reports, on, leads, data):
    shuffled = data.draw(st.permutations(reports))
    turned = data.draw(st.permutations(nodes))
    assert judged(turned, shuffled, on, leads=leads) == judged(nodes, reports, on, leads=leads)


@given(NODES, REPORTS, DAYS, LEADS)
def test_a_report_of_tomorrow_changes_nothing_today(nodes, reports, on, leads):
    told = [one for one in reports if one.reported_on <= on]
    assert judged(nodes, reports, on, leads=leads) == judged(nodes, told, on, leads=leads)


@given(NODES, DAYS)
def test_the_expected_share_grows_within_a_year(nodes, on):
    assert expected_share(nodes, on) <= expected_share(nodes, date(on.year, 12, 31))


def test_a_late_node_is_named_with_its_days():
    found = judged(YEAR, [report("0.2")], date(2026, 5, 1), leads=(WATER,))
    assert (found.state, found.node, found.late_days) == (State.BEHIND, YEAR[0], 31)
    assert found.reason.zh == "2026年一季度节点“节点1”应达25%，实际20%，已逾期31天"
    assert (found.expected_share, found.reached_share) == (Decimal("0.25"), Decimal("0.2"))


def test_days_for_reporting_are_left_after_the_quarter():
    assert judged(YEAR, [], date(2026, 4, 10), leads=(WATER,)).state is State.NOT_STARTED
    assert judged(YEAR, [], date(2026, 4, 11), leads=(WATER,)).state is State.BEHIND


def test_of_two_leads_the_slowest_counts_and_a_silent_one_has_reached_nothing():
    both = [report("0.5"), report("0.25", number=2, by=ROADS)]
    assert reached_share(both, 2026, date(2026, 4, 5), (WATER, ROADS)) == Decimal("0.25")
    assert reached_share(both[:1], 2026, date(2026, 4, 5), (WATER, ROADS)) == 0


def test_a_correction_downwards_holds():
    corrected = [report("0.25"), report("0.1", number=2)]
    assert late_nodes(YEAR, corrected, date(2026, 5, 1), leads=(WATER,)) == [YEAR[0]]
    later = [
        report("0.5", 2, number=1, on=date(2026, 7, 1)),
        report("0.25", 1, number=2, on=date(2026, 7, 2)),
    ]
    assert reached_share(later, 2026, date(2026, 7, 3), (WATER,)) == Decimal("0.5")


def test_all_nodes_met_is_done_but_what_lasts_is_never_done():
    whole = [report("1", 4, on=date(2026, 12, 20))]
    assert judged(YEAR, whole, date(2026, 12, 21), leads=(WATER,)).state is State.DONE
    assert judged(YEAR, whole, date(2026, 12, 21), leads=(WATER,), lasting=True).state is State.LASTING
    assert judged(YEAR, [], date(2026, 12, 21), leads=(WATER,), lasting=True).state is State.BEHIND


def test_a_task_without_nodes_is_not_started_and_says_why():
    found = judged([], [report("1")], date(2026, 12, 21))
    assert found.state is State.NOT_STARTED
    assert "年度分解待确认" in found.reason.zh


def test_every_state_has_words_in_both_languages():
    assert [state.label.zh for state in State] == ["已完成", "达到序时", "长期坚持", "未启动", "进度滞后"]
    assert all(state.label.en for state in State)
    assert quarter_of(date(2026, 11, 3)).ends_on == date(2026, 12, 31)
