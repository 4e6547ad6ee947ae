"""What a briefing says of the tasks, by rule; every number is a count that leads to the tasks counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from wufei.actions.reports.core.counts import CountField
from wufei.actions.reports.core.document import Block, Paragraph, Piece, Section, Shown
from wufei.actions.tasks.core.judging import Standing
from wufei.actions.tasks.core.task import State

_YUAN_PER_10000 = 10_000
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Said:
    """What a department reported of a task, in its own words."""

    department: str
    progress: str
    problems: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class TaskNote:
    """A task with a node in the period, or with reports of it.

    Attributes
    ----------
    standing : Standing or None
        How its node of the period's last quarter stands; none without one.
    state : State
        How the task stands.
    leads : tuple of (int, str)
        The departments that lead it; 0 and the unit's name where no department is known.
    """

    name: str
    leads: tuple[tuple[int, str], ...]
    standing: Standing | None
    state: State
    reason: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class OrderNote:
    """A step of 督办 with what is printed of it."""

    label: str
    task: str
    department: str
    reply_by: date | None
    open: bool
    within: bool


@dataclass(frozen=True, slots=True)
class ProjectNote:
    """A project with its money in yuan; None where nobody said."""

    name: str
    planned_yuan: Decimal | None
    spent_yuan: Decimal | None
    as_of_on: date | None


@dataclass(frozen=True, slots=True)
class BoardNotes:
    """The board of a region as a document of a period reads it.

    Attributes
    ----------
    on : date
        The day of the reading.
    quarter : str
        The period's last quarter as the board's address names it, such as ``2026-Q1``.
    """

    region_key: str
    on: date
    period: str
    quarter: str
    counts: tuple[tuple[State, int], ...]
    tasks: tuple[TaskNote, ...] = ()
    orders: tuple[OrderNote, ...] = ()
    projects: tuple[ProjectNote, ...] = ()

    @property
    def total(self) -> int:
        """How many tasks there are."""
        return sum(number for _, number in self.counts)


def task_sections(notes: BoardNotes) -> tuple[tuple[Section, ...], tuple[CountField, ...]]:
    """Write what the tasks did in a period, with the counts it names; nothing without tasks and projects.

    References
    ----------
    States as `actions.tasks.core.judging`; the sections' order is that of zero-waste offices' briefings.
    """
    if not notes.total and not notes.projects:
        return (), ()
    tally = _Counts(notes)
    sections = []
    if notes.total:
        sections += [
            Section("重点任务进展", tuple(_progress(notes, tally))),
            Section("存在问题", tuple(_own_words(notes, "problems")) or (_said("各部门本期未报告问题。"),)),
            Section(
                "下一步工作",
                tuple(_own_words(notes, "next_step")) or (_said("各部门本期未报送下一步工作。"),),
            ),
            Section("督办情况", tuple(_orders(notes, tally))),
        ]
    if notes.projects:
        sections.append(Section("重点项目", tuple(_projects(notes, tally))))
    return tuple(sections), tuple(tally.fields)


@dataclass(slots=True)
class _Counts:
    """The counts of one document, numbered as they are named."""

    notes: BoardNotes
    fields: list[CountField] = field(default_factory=list)

    def of(
        self, name: str, value: Decimal | int, unit: str, rule: str, path: str = "/tasks", **asks: str
    ) -> Shown:
        """Give the place of a count in the text; ``asks`` is the filter of its page."""
        notes = self.notes
        asked = (
            {"region": notes.region_key} | asks | ({"on": notes.on.isoformat()} if path == "/tasks" else {})
        )
        key = f"T{len(self.fields) + 1}"
        address = f"{path}?{urlencode({name: each for name, each in asked.items() if each})}"
        made = CountField(key, name, Decimal(value), unit, notes.on, notes.period, address, rule)
        self.fields.append(made)
        return Shown(key)


def _progress(notes: BoardNotes, tally: _Counts) -> Iterator[Block]:
    pieces: list[Piece] = [
        f"截至{_day(notes.on)}，在办任务共",
        tally.of("在办任务", notes.total, "项", "在办任务数"),
        "，其中",
    ]
    for place, (state, number) in enumerate(notes.counts):
        label = state.label.zh
        shown = tally.of(f"任务：{label}", number, "项", f"判定为“{label}”的任务数", state=state.value)
        pieces += ["、" if place else "", label, shown]
    yield Paragraph((*pieces, "。"))
    late = [each for each in notes.tasks if each.state is State.BEHIND]
    reached, waiting = (
        [each for each in notes.tasks if each.standing is standing and each.state is not State.BEHIND]
        for standing in (Standing.REACHED, Standing.OPEN)
    )
    yield from _of_nodes(notes, tally, reached, "本期节点已完成的任务", Standing.REACHED)
    yield from _of_nodes(notes, tally, late, "晚于节点的任务", Standing.LATE)
    yield from _of_nodes(notes, tally, waiting, "本期节点待报进展的任务", Standing.OPEN)


def _of_nodes(
    notes: BoardNotes, tally: _Counts, chosen: Sequence[TaskNote], title: str, standing: Standing
) -> Iterator[Block]:
    """Give the tasks department by department, each with its number; what was said of a task once."""
    if not chosen:
        return
    yield Paragraph((title,), 2)
    word, told = standing.label.zh, set()
    for department_id, lead in dict.fromkeys(each for note in chosen for each in note.leads):
        mine = [each for each in chosen if (department_id, lead) in each.leads]
        asks = {"department": str(department_id or ""), "duty": "lead" if department_id else ""}
        late = standing is Standing.LATE
        asks |= {"state": State.BEHIND.value} if late else {"quarter": notes.quarter, "node": standing.value}
        shown = tally.of(f"{lead}：{word}", len(mine), "项", f"牵头的任务中{word}的项数", **asks)
        yield Paragraph(
            (f"{lead}牵头的任务中，{word}", shown, f"：{'、'.join(each.name for each in mine)}。")
        )
        for each in mine:
            if each.name not in told:
                yield from _of_task(each)
            told.add(each.name)


def _of_task(note: TaskNote) -> Iterator[Block]:
    """Give why a task is late, and what was said of it in the words of those who said it."""
    if note.state is State.BEHIND:
        yield _said(f"{note.name}：{_stop(note.reason)}")
    for each in note.said:
        if each.progress:
            yield _said(f"{each.department}报告（{note.name}）：{_stop(each.progress)}")


def _own_words(notes: BoardNotes, what: str) -> Iterator[Block]:
    for note in notes.tasks:
        for each in note.said:
            words = each.problems if what == "problems" else each.next_step
            if words.strip():
                yield _said(f"{each.department}（{note.name}）：{_stop(words)}")


def _orders(notes: BoardNotes, tally: _Counts) -> Iterator[Block]:
    still = [each for each in notes.orders if each.open]
    closed = len(notes.orders) - len(still)
    path = "/tasks/steps"
    within = sum(each.within for each in notes.orders)
    yield Paragraph(
        (
            "本期发出督办",
            tally.of("本期发出督办", within, "件", "发出日期在本期内的督办件数", path),
            "；累计已销号",
            tally.of("已销号督办", closed, "件", "已销号的督办件数", path),
            "，尚未销号",
            tally.of("未销号督办", len(still), "件", "尚未销号的督办件数", path),
            "。",
        )
    )
    for each in still:
        until = f"，{_day(each.reply_by)}前回复" if each.reply_by else ""
        yield _said(f"{each.label}：{each.task}（{each.department}{until}）。")


def _projects(notes: BoardNotes, tally: _Counts) -> Iterator[Block]:
    path = "/tasks/projects"
    number = tally.of("在册项目", len(notes.projects), "个", "方案所列、未撤销的项目数", path)
    pieces: list[Piece] = ["在册项目", number]
    for word, rule, sums in (
        ("计划投资", "已填报计划投资之和", [each.planned_yuan for each in notes.projects]),
        ("已完成投资", "最近一次填报的投资之和", [each.spent_yuan for each in notes.projects]),
    ):
        known = [each for each in sums if each is not None]
        if known:
            pieces += [f"，{len(known)}个已填报{word}，合计", tally.of(word, _sum(known), "万元", rule, path)]
        else:
            pieces.append(f"，均未填报{word}")
    yield Paragraph((*pieces, "。"))
    for each in notes.projects:
        if each.spent_yuan is None or each.as_of_on is None:
            continue
        spent = tally.of(
            f"{each.name[:40]}：已完成投资", _sum([each.spent_yuan]), "万元", "最近一次填报的投资", path
        )
        planned: tuple[Piece, ...] = ()
        if each.planned_yuan is not None:
            name = f"{each.name[:40]}：计划投资"
            planned = (
                "计划投资",
                tally.of(name, _sum([each.planned_yuan]), "万元", "填报的计划投资", path),
                "，",
            )
        yield Paragraph((f"{each.name}：", *planned, f"截至{_day(each.as_of_on)}已完成投资", spent, "。"))


def _sum(sums: Iterable[Decimal | None]) -> Decimal:
    total = sum((each for each in sums if each is not None), Decimal(0)) / _YUAN_PER_10000
    rounded = total.quantize(_HUNDREDTH)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()


def _said(words: str) -> Paragraph:
    return Paragraph((" ".join(words.split()),))


def _stop(words: str) -> str:
    plain = words.strip()
    return plain if plain.endswith(("。", "！", "？", "；", ".")) else f"{plain}。"


def _day(day: date | None) -> str:
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"
