"""序时进度: what should have been reached by a day, what was, and the state that follows with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from wufei.actions.tasks.core.task import Node, Progress, Quarter, State
from wufei.kernel.text import Text

REPORT_DAYS = 10
"""Days after a quarter's end in which its report may come in; practice, status to-be-confirmed."""

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A state and why.

    Attributes
    ----------
    node : Node or None
        The earliest node that is late; none where nothing is.
    late_days : int
        Days since that node was due.
    expected_share, reached_share : Decimal
        Of the year of the day, 0..1.
    """

    state: State
    reason: Text
    node: Node | None = None
    late_days: int = 0
    expected_share: Decimal = _NOTHING
    reached_share: Decimal = _NOTHING


def expected_share(nodes: Iterable[Node], on: date) -> Decimal:
    """Give 序时进度: the share of the year's goal that the nodes ask for by a day, 0..1."""
    past = [node.share for node in nodes if node.quarter.year == on.year and node.quarter.ends_on <= on]
    return max(past, default=_NOTHING)


def reached_share(reports: Iterable[Progress], year: int, on: date, leads: Sequence[int] = ()) -> Decimal:
    """Give what was reached of a year's goal by a day, 0..1: of several leads the slowest counts.

    Of one department the report for the latest quarter counts, and of two for one quarter the later one, so
    that a correction downwards holds too. Without leads those who reported count.
    """
    standing: dict[int, Progress] = {}
    for report in reports:
        if report.quarter.year != year or report.reported_on > on:
            continue
        before = standing.get(report.department_id)
        if before is None or _later(report) > _later(before):
            standing[report.department_id] = report
    if leads:
        return min(standing[lead].share if lead in standing else _NOTHING for lead in leads)
    return min((report.share for report in standing.values()), default=_NOTHING)


def late_nodes(
    nodes: Iterable[Node],
    reports: Sequence[Progress],
    on: date,
    *,
    leads: Sequence[int] = (),
    grace_days: int = REPORT_DAYS,
) -> list[Node]:
    """Give the nodes that are over, with the days for reporting, and not reached; the earliest first."""
    late = [
        node
        for node in nodes
        if (on - node.quarter.ends_on).days > grace_days
        and reached_share(reports, node.quarter.year, on, leads) < node.share
    ]
    return sorted(late, key=lambda node: node.quarter)


class Standing(StrEnum):
    """How the node of a quarter stands: reached, late, or open while its report may still come in."""

    REACHED = "reached"
    LATE = "late"
    OPEN = "open"

    @property
    def label(self) -> Text:
        """The words used on screen and in briefings."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.REACHED: Text("节点已完成", "Node reached"),
    Standing.LATE: Text("晚于节点", "Node late"),
    Standing.OPEN: Text("节点待报进展", "Node awaits its report"),
}


def node_standing(
    nodes: Sequence[Node], reports: Sequence[Progress], on: date, *, leads: Sequence[int] = ()
) -> Standing | None:
    """Say how the nodes of one quarter stand on a day; nothing where the task has none in it."""
    if not nodes:
        return None
    if late_nodes(nodes, reports, on, leads=leads):
        return Standing.LATE
    reached = all(reached_share(reports, node.quarter.year, on, leads) >= node.share for node in nodes)
    return Standing.REACHED if reached else Standing.OPEN


def judged(
    nodes: Sequence[Node],
    reports: Sequence[Progress],
    on: date,
    *,
    leads: Sequence[int] = (),
    lasting: bool = False,
    grace_days: int = REPORT_DAYS,
) -> Judgement:
    """Say how a task stands on a day and why.

    Notes
    -----
    A node that is late makes the task 进度滞后 whatever else was reached. 已完成 needs every node of every
    year; what lasts is never done. What nobody reported on is 未启动, until its first node is late.

    References
    ----------
    States and 序时进度 as districts judge tasks (practice, status to-be-confirmed).
    """
    shares = (expected_share(nodes, on), reached_share(reports, on.year, on, leads))
    late = late_nodes(nodes, reports, on, leads=leads, grace_days=grace_days)
    if late:
        days = (on - late[0].quarter.ends_on).days
        reached = reached_share(reports, late[0].quarter.year, on, leads)
        return Judgement(State.BEHIND, _behind(late[0], days, reached), late[0], days, *shares)
    if not nodes:
        return Judgement(State.LASTING if lasting else State.NOT_STARTED, _NO_NODES)
    told = [report for report in reports if report.reported_on <= on]
    state, reason = _in_time(nodes, told, on, leads, lasting=lasting)
    return Judgement(state, reason, None, 0, *shares)


def _in_time(
    nodes: Sequence[Node], told: Sequence[Progress], on: date, leads: Sequence[int], *, lasting: bool
) -> tuple[State, Text]:
    if lasting:
        return State.LASTING, Text(
            "每年重复，已到的节点都已完成", "Repeats each year; every node so far is met"
        )
    if all(reached_share(told, node.quarter.year, on, leads) >= node.share for node in nodes):
        return State.DONE, Text("全部节点已完成", "Every node is met")
    if not any(report.share > 0 for report in told):
        first = min(node.quarter for node in nodes)
        return State.NOT_STARTED, _first(first)
    ahead = min((node.quarter for node in nodes if node.quarter.ends_on >= on), default=None)
    return State.ON_TRACK, _next(ahead)


def _later(report: Progress) -> tuple[Quarter, int]:
    return report.quarter, report.number


def _behind(node: Node, days: int, reached: Decimal) -> Text:
    wanted, got = (f"{share * 100:.0f}%" for share in (node.share, reached))
    return Text(
        f"{node.quarter.label.zh}节点“{node.text}”应达{wanted}，实际{got}，已逾期{days}天",
        f"The node of {node.quarter.label.en} asked for {wanted}, {got} was reached; {days} days late",
    )


def _first(quarter: Quarter) -> Text:
    return Text(
        f"尚未报送进展；首个节点{quarter.ends_on.isoformat()}",
        f"Nothing was reported yet; the first node ends on {quarter.ends_on.isoformat()}",
    )


def _next(quarter: Quarter | None) -> Text:
    if quarter is None:
        return Text("已到的节点都已完成", "Every node so far is met")
    return Text(
        f"已到的节点都已完成；下一节点{quarter.ends_on.isoformat()}",
        f"Every node so far is met; the next ends on {quarter.ends_on.isoformat()}",
    )


_NO_NODES = Text("年度分解待确认", "The breakdown by year waits to be confirmed")
