"""The pack of a meeting as a document: agenda, how the tasks stood, what was decided and is followed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wufei.actions.reports.core.counts import CountField
from wufei.actions.reports.core.document import (
    Block,
    Document,
    Head,
    Kind,
    Paragraph,
    Piece,
    Section,
    Shown,
    Table,
)
from wufei.actions.tasks.core.task import State

_TASKS = ("编号", "任务", "牵头", "进展", "状态")
_TASK_WIDTHS = (7, 23, 15, 28, 27)
_DECISIONS = ("议定事项", "承办单位", "时限", "办理情况")
_DECISION_WIDTHS = (40, 18, 16, 26)


@dataclass(frozen=True, slots=True)
class PackTask:
    """A task as it stood on the day of the meeting."""

    no: str
    name: str
    leads: str
    progress: str
    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class PackDecision:
    """What was decided, by whom it is done until when, and what became of it."""

    text: str
    department: str
    due_on: date
    done: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A meeting: its kept pack, its decisions, and those of earlier meetings that are still open."""

    title: str
    office: str
    held_on: date
    address: str
    agenda: str
    tasks: tuple[PackTask, ...]
    decisions: tuple[PackDecision, ...]
    earlier: tuple[PackDecision, ...]
    synthetic: bool = False


def meeting_document(pack: Pack) -> Document:
    """Write the pack of a meeting; every count leads to the meeting's page."""
    counted = Counter(each.state for each in pack.tasks)
    counts = [_count(pack, 1, "任务", len(pack.tasks), "会议当天在办任务数")]
    for number, state in enumerate(State, start=2):
        label = state.label.zh
        counts.append(
            _count(pack, number, f"任务：{label}", counted[state], f"会议当天判定为“{label}”的任务数")
        )
    agenda = [line.strip() for line in pack.agenda.splitlines() if line.strip()] or ["（未填写）"]
    sections = (
        Section(
            "会议议程",
            (Paragraph((f"会议时间：{_day(pack.held_on)}。",)), *(Paragraph((each,)) for each in agenda)),
        ),
        Section("任务总体情况", tuple(_board(pack))),
        Section("本次议定事项", (_decided(pack.decisions, "尚无议定事项。"),)),
        Section("以前会议待落实事项", (_decided(pack.earlier, "以前会议议定事项均已办结。"),)),
    )
    return Document(
        Head(Kind.MEETING, pack.title, pack.office), sections, figures=tuple(counts), synthetic=pack.synthetic
    )


def _board(pack: Pack) -> Iterator[Block]:
    pieces: list[Piece] = ["在办任务", Shown("T1"), "，其中"]
    for number, state in enumerate(State, start=2):
        pieces += ["" if number == 2 else "、", state.label.zh, Shown(f"T{number}")]
    yield Paragraph((*(piece for piece in pieces if piece != ""), "。"))
    if pack.tasks:
        rows = [_cells(_TASKS)]
        for each in pack.tasks:
            words = (
                f"{each.state.label.zh}\n{each.reason}" if each.state is State.BEHIND else each.state.label.zh
            )
            rows.append(_cells((each.no, each.name, each.leads, each.progress, words)))
        yield Table(tuple(rows), _TASK_WIDTHS)


def _decided(decisions: Sequence[PackDecision], nothing: str) -> Block:
    if not decisions:
        return Paragraph((nothing,))
    rows = [
        _cells((each.text, each.department, _day(each.due_on), each.done or "办理中")) for each in decisions
    ]
    return Table((_cells(_DECISIONS), *rows), _DECISION_WIDTHS)


def _cells(texts: Sequence[str]) -> tuple[tuple[Piece, ...], ...]:
    return tuple((text,) if text else () for text in texts)


def _count(pack: Pack, number: int, name: str, value: int, rule: str) -> CountField:
    return CountField(
        f"T{number}", name, Decimal(value), "项", pack.held_on, _day(pack.held_on), pack.address, rule
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
