"""年度分解: a draft of yearly goals and quarterly nodes, made by rule and confirmed by the lead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from wufei.actions.tasks.core.task import QUARTERS, Node, Quarter, Task, quarter_of

_CLAUSE = re.compile(r"[^。；;！!\n]+")
_YEAR = re.compile(r"(20\d\d)\s*年")
_SPAN = re.compile(r"(20\d\d)\s*年?\s*(?:[-—~至到]+)\s*(20\d\d)\s*年")
_HUNDREDTH = Decimal("0.01")
_GOAL_MAX = 300
_SPAN_YEARS_MAX = 15


@dataclass(frozen=True, slots=True)
class YearDraft:
    """The proposed goal of a year and its nodes, the earliest first."""

    year: int
    goal: str
    nodes: tuple[Node, ...]


def breakdown(task: Task, years: Sequence[int], since: Quarter | None = None) -> tuple[YearDraft, ...]:
    """Draft goals and nodes for each year of the plan up to the day on which the task is due.

    A task with a day has every year up to that day once, the last one up to its quarter; what lasts is the
    same in every year. A clause of the text that names a year is the goal of that year.

    Parameters
    ----------
    years : sequence of int
        Of the plan. A due day beyond them adds the years in between; one before them leaves its year alone.
    since : Quarter, optional
        The quarter in which the work is taken up: what ended before it gets no node, except the last of all.
    """
    covered = _covered(task, years)
    clauses = _clauses_by_year(task.text, covered)
    return tuple(
        YearDraft(year, clauses.get(year) or _goal(task, year, covered), _nodes(task, year, covered, since))
        for year in covered
    )


def _covered(task: Task, years: Sequence[int]) -> tuple[int, ...]:
    wanted = sorted(set(years))
    if task.due_on is None or task.lasting:
        return tuple(wanted)
    return tuple(range(min([*wanted, task.due_on.year]), task.due_on.year + 1))


def _clauses_by_year(text: str, covered: Sequence[int]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for raw in _CLAUSE.findall(text):
        clause = raw.strip(" ，、")
        for year in _years_of(clause):
            if year in covered:
                found.setdefault(year, []).append(clause)
    return {year: "；".join(dict.fromkeys(clauses))[:_GOAL_MAX] for year, clauses in found.items()}


def _years_of(clause: str) -> set[int]:
    years = {int(year) for year in _YEAR.findall(clause)}
    for first, last in _SPAN.findall(clause):
        if 0 < int(last) - int(first) <= _SPAN_YEARS_MAX:
            years |= set(range(int(first), int(last) + 1))
    return years


def _goal(task: Task, year: int, covered: Sequence[int]) -> str:
    name = (task.title or task.text).strip("。 ")
    if task.lasting:
        goal = f"持续推进：{name}"
    elif year == covered[-1]:
        goal = f"完成：{name}"
    else:
        done = Decimal(covered.index(year) + 1) / len(covered) * 100
        goal = f"推进：{name}（累计完成总任务的{done.quantize(Decimal(1), ROUND_HALF_UP)}%）"
    return goal[:_GOAL_MAX]


def _nodes(task: Task, year: int, covered: Sequence[int], since: Quarter | None) -> tuple[Node, ...]:
    last = task.due_on is not None and not task.lasting and year == task.due_on.year
    quarters = QUARTERS[: quarter_of(task.due_on).number] if last and task.due_on else QUARTERS
    open_ = [number for number in quarters if since is None or Quarter(year, number) >= since] or [
        quarters[-1]
    ]
    ends = last or year == covered[-1]
    nodes = []
    for place, number in enumerate(open_, start=1):
        share = (Decimal(place) / len(open_)).quantize(_HUNDREDTH)
        first = place == 1 and year == covered[0]
        nodes.append(Node(Quarter(year, number), _words(task, share, first=first, ends=ends), share))
    return tuple(nodes)


def _words(task: Task, share: Decimal, *, first: bool, ends: bool) -> str:
    if share == 1:
        whole = ends and not task.lasting
        return "完成任务，报送总结和佐证材料" if whole else "完成年度目标，报送佐证材料"
    if first:
        return "制定工作方案，明确责任人和时限"
    return f"完成年度目标的{(share * 100).quantize(Decimal(1))}%"
