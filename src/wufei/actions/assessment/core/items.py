"""What a department has in each part: its indicators, tasks, reports and answers, each with its share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from wufei.actions.assessment.core.facts import (
    Basis,
    Decision,
    Entry,
    Facts,
    Given,
    IndicatorFact,
    ReportFact,
    StepFact,
    TargetKind,
    TaskFact,
)
from wufei.actions.assessment.core.points import attained
from wufei.actions.assessment.core.scheme import Method, Part
from wufei.actions.assessment.core.sheet import Source, SourceKind
from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import Duty
from wufei.kernel.text import Text
from wufei.kernel.units import format_quantity

_ONE, _NOTHING = Fraction(1), Fraction(0)
_SHOWN = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that is judged.

    Attributes
    ----------
    weight : Decimal
        Beside the others of its part; 0 for what is not counted.
    share : Fraction or None
        Of its points, 0..1; None where there is no data.
    """

    key: str
    title: Text
    weight: Decimal
    share: Fraction | None
    reason: Text
    source: Source
    inputs: tuple[tuple[Text, Text], ...] = ()


def indicators(part: Part, facts: Facts, department_id: int, given: Given) -> list[Judged]:
    """Judge the indicators that name a department; a value that an appeal put right counts instead."""
    words = {one.line: one for one in given.entries if one.department_id == department_id}
    values = {
        one.line: one
        for one in given.decisions
        if one.department_id == department_id and one.value is not None
    }
    own = [fact for fact in facts.indicators if department_id in fact.departments]
    return [
        _indicator(part, _mended(fact, values.get(_key(fact))), words.get(_key(fact)))
        for fact in sorted(own, key=lambda fact: fact.id)
    ]


def tasks(part: Part, facts: Facts, department_id: int, _given: Given) -> list[Judged]:
    """Judge the tasks that a department leads or is responsible for, by their states."""
    own = [task for task in facts.tasks if department_id in (*task.leads, *task.supports)]
    return [_task(part, task, department_id) for task in sorted(own, key=lambda task: task.id)]


def reports(part: Part, facts: Facts, department_id: int, _given: Given) -> list[Judged]:
    """Judge how many of a department's reports came by their day, task by task."""
    own = [fact for fact in facts.reports if fact.department_id == department_id and fact.due]
    return [_report(part, fact) for fact in sorted(own, key=lambda fact: fact.task_id)]


def answers(part: Part, facts: Facts, department_id: int, _given: Given) -> list[Judged]:
    """Judge the answers to steps of 督办; what may still be answered in time is not counted yet."""
    own = [step for step in facts.steps if step.department_id == department_id and step.reply_by is not None]
    return [_answer(part, step, facts) for step in sorted(own, key=lambda step: step.id)]


def is_unanswered(step: StepFact, facts: Facts) -> bool:
    """Say whether an order's day is over without an answer."""
    return (
        step.kind is StepKind.ORDER
        and step.reply_by is not None
        and step.replied_on is None
        and facts.on > step.reply_by
    )


def step_title(step: StepFact) -> Text:
    """Give what a step is called on a sheet."""
    label, number = step.kind.label, step.number
    return Text(f"{label.zh}{number.zh}：{step.task}", f"{label.en} {number.en}: {step.task}")


def _key(fact: IndicatorFact) -> str:
    return f"indicator:{fact.id}"


def _mended(fact: IndicatorFact, decision: Decision | None) -> IndicatorFact:
    if decision is None or decision.value is None:
        return fact
    share = None if fact.required is None else attained(decision.value, fact.required, fact.sense)
    return replace(fact, value=decision.value, basis=Basis.REPORTED, good=share == 1)


def _indicator(part: Part, fact: IndicatorFact, entry: Entry | None) -> Judged:
    share, reason = _indicator_share(part, fact, entry)
    weight = part.binding_weight if fact.binding else Decimal(1)
    inputs = [(_TARGET, fact.target_text)]
    if fact.required is not None:
        inputs.append((_REQUIRED, _shown(fact.required, fact.unit)))
    if fact.value is not None:
        inputs.append((fact.basis.label, _shown(fact.value, fact.unit)))
    if entry is not None:
        inputs.append((_ENTERED, Text(entry.note)))
    return Judged(
        _key(fact),
        fact.name,
        Decimal(0) if fact.target is TargetKind.BLANK else weight,
        share,
        reason,
        Source(SourceKind.FIGURE, fact.figure),
        tuple(inputs),
    )


def _indicator_share(part: Part, fact: IndicatorFact, entry: Entry | None) -> tuple[Fraction | None, Text]:
    if fact.target is TargetKind.BLANK:
        return None, fact.reason or _BLANK
    if fact.target is TargetKind.WORDS:
        return (None, _WORDS) if entry is None else (Fraction(entry.amount), _words_entered(entry))
    if fact.value is None or fact.required is None:
        return None, fact.reason or _NO_VALUE
    if fact.good:
        return _ONE, _joined(_REACHED, fact.reason)
    if part.method is Method.MET:
        return _NOTHING, _joined(_MISSED, fact.reason)
    share = attained(fact.value, fact.required, fact.sense)
    if share < Fraction(part.zero_below):
        return _NOTHING, _too_low(part.zero_below)
    return share, _joined(_IN_PROPORTION, fact.reason)


def _task(part: Part, task: TaskFact, department_id: int) -> Judged:
    leads = department_id in task.leads
    share = None if task.state is None else Fraction(part.share_of(task.state))
    inputs = [(_DUTY, (Duty.LEAD if leads else Duty.SUPPORT).label)]
    if task.state is not None:
        inputs.append((_STATE, task.state.label))
    return Judged(
        f"task:{task.id}",
        Text(f"{task.no} {task.name}".strip()),
        part.lead_weight if leads else part.support_weight,
        share,
        task.reason,
        Source(SourceKind.TASK, str(task.id)),
        tuple(inputs),
    )


def _report(part: Part, fact: ReportFact) -> Judged:
    good = sum(each.in_time for each in fact.due)
    late = [each for each in fact.due if not each.in_time]
    inputs = tuple(
        (each.quarter, Text(each.reported_on.isoformat()) if each.reported_on else _NOT_SENT)
        for each in fact.due
    )
    return Judged(
        f"reports:{fact.task_id}",
        Text(fact.task),
        part.lead_weight if fact.leads else part.support_weight,
        Fraction(good, len(fact.due)),
        _reports_reason(good, len(fact.due), [each.quarter for each in late]),
        Source(SourceKind.TASK, str(fact.task_id)),
        inputs,
    )


def _answer(part: Part, step: StepFact, facts: Facts) -> Judged:
    weight, share, reason = Decimal(1), _NOTHING, _UNANSWERED
    if step.reply_by is not None and step.replied_on is not None:
        in_time = step.replied_on <= step.reply_by
        share, reason = (_ONE, _IN_TIME) if in_time else (Fraction(part.late_share), _LATE)
    elif step.reply_by is not None and facts.on <= step.reply_by:
        weight, reason = Decimal(0), _PENDING
    inputs = (
        (_REPLY_BY, Text(step.reply_by.isoformat() if step.reply_by else "")),
        (_REPLIED, Text(step.replied_on.isoformat()) if step.replied_on else _SILENT),
    )
    title = step_title(step)
    return Judged(
        f"answer:{step.id}",
        title,
        weight,
        share,
        reason,
        Source(SourceKind.STEP, str(step.id)),
        tuple(inputs),
    )


def _shown(number: Decimal, unit: str) -> Text:
    """Write a number with four decimals at most; what is computed with is the exact one."""
    short = number.quantize(_SHOWN).normalize()
    plain = short.quantize(Decimal(1)) if short == short.to_integral_value() else short
    return Text(format_quantity(plain, unit), format_quantity(plain, unit, "en"))


def _words_entered(entry: Entry) -> Text:
    return Text(
        f"文字目标由无废办评定：{entry.note}", f"A target in words, judged by the office: {entry.note}"
    )


def _joined(said: Text, reason: Text) -> Text:
    """Put how the figure was judged behind what follows from it."""
    return Text(f"{said.zh}。{reason.zh}", f"{said.en}. {reason.en}") if reason else said


def _too_low(bound: Decimal) -> Text:
    percent = f"{bound * 100:.0f}%"
    return Text(f"完成率低于 {percent}，不得分", f"Less than {percent} was attained: no points")


def _reports_reason(good: int, due: int, late: Sequence[Text]) -> Text:
    if not late:
        return Text(f"应报 {due} 次，全部按时", f"{due} due, all in time")
    zh, en = "、".join(each.zh for each in late), ", ".join(each.en for each in late)
    return Text(
        f"应报 {due} 次，按时 {good} 次；逾期或未报：{zh}",
        f"{due} due, {good} in time; late or missing: {en}",
    )


_TARGET, _REQUIRED = Text("方案目标", "Target of the plan"), Text("本年应达", "Asked for this year")
_ENTERED, _DUTY, _STATE = Text("评定依据", "Judged on"), Text("职责", "Duty"), Text("状态", "State")
_NOT_SENT, _SILENT = Text("未报", "not sent"), Text("未回复", "no answer")
_REPLY_BY, _REPLIED = Text("回复期限", "To be answered by"), Text("回复日期", "Answered on")
_BLANK = Text(
    "方案目标为空白（X%），不计分也不扣分", "The plan left the target blank (X%): no points, no loss"
)
_WORDS = Text("文字目标，尚待无废办依据材料评定", "A target in words: the office has not judged it yet")
_NO_VALUE = Text("没有上报值，也没有测算值", "Neither reported nor computed")
_REACHED = Text("达到本年应达值", "What the year asks for is reached")
_MISSED = Text("未达到本年应达值，按办法不得分", "Not reached: no points by the scheme")
_IN_PROPORTION = Text("未达到本年应达值，按完成比例计分", "Not reached: points in proportion")
_UNANSWERED = Text("逾期未回复", "Not answered by its day")
_IN_TIME = Text("按期回复", "Answered in time")
_LATE = Text("回复逾期，按办法折减", "Answered late: fewer points by the scheme")
_PENDING = Text("期限未到，暂不计分", "Its day is still to come: not counted yet")
