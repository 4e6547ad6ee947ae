"""Bonus and deductions: what was entered with evidence, and what follows from 通报 and silence."""

from __future__ import annotations

from decimal import Decimal

from wufei.actions.assessment.core.facts import Entry, Facts, Given, StepFact
from wufei.actions.assessment.core.items import is_unanswered, step_title
from wufei.actions.assessment.core.scheme import Item, Scheme
from wufei.actions.assessment.core.sheet import BONUS, DEDUCTIONS, Line, Source, SourceKind
from wufei.actions.tasks.core.supervision import StepKind
from wufei.kernel.text import Text

_NOTHING = Decimal(0)


def bonus_lines(scheme: Scheme, department_id: int, given: Given) -> list[Line]:
    """Give a line for each bonus that was entered for a department, at most the points of its item."""
    return [
        _entered(item, entry, BONUS, min(entry.amount, item.points))
        for item, entry in _entries(scheme.bonus.items, BONUS, department_id, given)
    ]


def deduction_lines(scheme: Scheme, facts: Facts, department_id: int, given: Given) -> list[Line]:
    """Give a line for each circular, each order that nobody answered, and what else was entered."""
    rule, lines = scheme.deductions, list[Line]()
    for step in sorted(facts.steps, key=lambda step: step.id):
        if step.department_id != department_id:
            continue
        if step.kind is StepKind.CIRCULAR and rule.circular:
            lines.append(_step(step, "circular", rule.circular, _CIRCULAR))
        if is_unanswered(step, facts) and rule.unanswered:
            lines.append(_step(step, "unanswered", rule.unanswered, _UNANSWERED))
    for item, entry in _entries(rule.items, DEDUCTIONS, department_id, given):
        lines.append(_entered(item, entry, DEDUCTIONS, -min(entry.amount, item.points)))
    return lines


def _entries(
    items: tuple[Item, ...], part: str, department_id: int, given: Given
) -> list[tuple[Item, Entry]]:
    latest = {each.line: each for each in given.entries if each.department_id == department_id}
    found = [(item, latest.get(f"{part}:{item.id}")) for item in sorted(items, key=lambda item: item.id)]
    return [(item, entry) for item, entry in found if entry is not None and entry.amount > 0]


def _entered(item: Item, entry: Entry, part: str, score: Decimal) -> Line:
    files = [str(each) for each in entry.file_ids]
    return Line(
        key=f"{part}:{item.id}",
        part=part,
        item=item.title,
        points=item.points if part == BONUS else _NOTHING,
        score=score,
        formula=Text(
            f"录入 {entry.amount:.2f}，每项最多 {item.points:.2f}",
            f"{entry.amount:.2f} entered, {item.points:.2f} at most",
        ),
        reason=Text(entry.note),
        source=Source(SourceKind.FILE, files[0]) if files else Source(SourceKind.RULE, part),
        inputs=((_NOTE, Text(entry.note)),),
    )


def _step(step: StepFact, kind: str, points: Decimal, reason: Text) -> Line:
    return Line(
        key=f"{kind}:{step.id}",
        part=DEDUCTIONS,
        item=step_title(step),
        points=_NOTHING,
        score=-points,
        formula=Text(f"每次扣 {points}", f"{points} for each"),
        reason=reason,
        source=Source(SourceKind.STEP, str(step.id)),
        inputs=((_ISSUED, Text(step.issued_on.isoformat())),),
    )


_NOTE, _ISSUED = Text("依据", "Evidence"), Text("发出日期", "Issued on")
_CIRCULAR = Text("被通报", "A circular was issued")
_UNANSWERED = Text("督办单逾期未回复", "A supervision order was not answered by its day")
