"""From a scheme and frozen facts to the score sheets of departments: every point a line with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from wufei.actions.assessment.core.extras import bonus_lines, deduction_lines
from wufei.actions.assessment.core.facts import NOTHING_GIVEN, Decision, Facts, Given
from wufei.actions.assessment.core.items import Judged, answers, indicators, reports, tasks
from wufei.actions.assessment.core.points import CENT, apportioned, scored
from wufei.actions.assessment.core.scheme import Group, IfNone, Part, PartKind, Scheme
from wufei.actions.assessment.core.sheet import (
    BONUS,
    DEDUCTIONS,
    Line,
    PartSum,
    ScoreSheet,
    Source,
    SourceKind,
)
from wufei.kernel.text import Text

_NOTHING = Decimal(0)
_ITEMS: Mapping[PartKind, Callable[[Part, Facts, int, Given], list[Judged]]] = {
    PartKind.INDICATORS: indicators,
    PartKind.TASKS: tasks,
    PartKind.REPORTS: reports,
    PartKind.ANSWERS: answers,
}


def score(scheme: Scheme, facts: Facts, given: Given = NOTHING_GIVEN) -> tuple[ScoreSheet, ...]:
    """Score every department that anything is asked of, in order of their ids.

    Notes
    -----
    Of each part the weight of the department's group is spread over what the department has in it. A part
    with nothing in it gives its points to the other parts in proportion (``spread``), or counts as full
    (``full``), as the scheme says. A line's score is its points times the share attained, rounded half up to
    0.01; the total is the sum of the lines, so that nothing is rounded twice. What has no data scores None
    and leaves its points open. Bonus and deductions are added up to their caps, by a line of their own.
    """
    return tuple(score_department(scheme, facts, each, given) for each in facts.departments())


def score_department(
    scheme: Scheme, facts: Facts, department_id: int, given: Given = NOTHING_GIVEN
) -> ScoreSheet:
    """Score one department, as `score` does."""
    group = scheme.group_of(facts.office(department_id).names)
    found = {part.id: _ITEMS[part.kind](part, facts, department_id, given) for part in scheme.parts}
    points = _points_of_parts(scheme, group, found)
    lines = [line for part in scheme.parts for line in _lines(part, found[part.id], points[part.id])]
    lines += bonus_lines(scheme, department_id, given)
    lines += deduction_lines(scheme, facts, department_id, given)
    lines = _with_decisions(scheme, facts, department_id, given, lines)
    lines += _caps(scheme, lines)
    return ScoreSheet(department_id, group, _sums(scheme, lines), tuple(lines))


@dataclass(frozen=True, slots=True)
class _Share:
    """The points of a part for one department, and the weight that its group gives it."""

    points: Decimal
    weight: Decimal


def _points_of_parts(
    scheme: Scheme, group: Group, found: Mapping[str, Sequence[Judged]]
) -> dict[str, _Share]:
    """Give each part the points of the group's weight and of the parts that are spread."""
    whole = sum((points for _, points in group.weights), _NOTHING)
    held = {
        part.id: group.weight(part.id)
        for part in scheme.parts
        if part.if_none is IfNone.FULL or any(item.weight > 0 for item in found[part.id])
    }
    spread = apportioned(whole, held) if any(held.values()) else {}
    return {part.id: _Share(spread.get(part.id, _NOTHING), group.weight(part.id)) for part in scheme.parts}


def _lines(part: Part, items: Sequence[Judged], share: _Share) -> list[Line]:
    counted = {item.key: item.weight for item in items if item.weight > 0}
    spread = apportioned(share.points, counted) if counted else {}
    lines = [_line(part, item, spread.get(item.key, _NOTHING)) for item in items]
    if counted:
        return lines
    if part.if_none is IfNone.FULL:
        return [*lines, _rule(part, share.points, _FULL)]
    return [*lines, _rule(part, _NOTHING, _spread(share.weight))]


def _line(part: Part, item: Judged, points: Decimal) -> Line:
    got = None if item.share is None else scored(points, item.share)
    if item.weight == 0:
        got, formula = _NOTHING, _NOT_COUNTED
    else:
        formula = _formula(points, item.share, got)
    return Line(
        key=item.key,
        part=part.id,
        item=item.title,
        points=points,
        score=got,
        formula=formula,
        reason=item.reason,
        source=item.source,
        inputs=item.inputs,
    )


def _rule(part: Part, points: Decimal, reason: Text) -> Line:
    return Line(
        key=f"{part.id}:none",
        part=part.id,
        item=part.title,
        points=points,
        score=points,
        formula=_formula(points, Fraction(1), points) if points else _NOT_COUNTED,
        reason=reason,
        source=Source(SourceKind.RULE, part.id),
    )


def _with_decisions(
    scheme: Scheme, facts: Facts, department_id: int, given: Given, lines: list[Line]
) -> list[Line]:
    """Put the points of decisions in place; values that they put right are in the lines already."""
    decided = {each.line: each for each in given.decisions if each.department_id == department_id}
    if not decided:
        return lines
    before = score_department(scheme, facts, department_id, Given(given.entries))
    return [_decided(line, decided.get(line.key), before.line(line.key)) for line in lines]


def _decided(line: Line, decision: Decision | None, before: Line | None) -> Line:
    if decision is None:
        return line
    got = line.score if decision.points is None else decision.points
    old = before.score if before is not None else None
    return replace(line, score=got, changed=True, before=old, decided=decision.reason)


def _caps(scheme: Scheme, lines: Sequence[Line]) -> list[Line]:
    """Give the lines that hold bonus and deductions to their caps."""
    made = []
    for part, cap, sign in ((BONUS, scheme.bonus.cap, 1), (DEDUCTIONS, scheme.deductions.cap, -1)):
        whole = sum((line.score or _NOTHING for line in lines if line.part == part), _NOTHING)
        over = abs(whole) - cap
        if over > 0:
            made.append(
                Line(
                    key=f"cap:{part}",
                    part=part,
                    item=_TITLES[part],
                    points=_NOTHING,
                    score=-over * sign,
                    formula=_cap_formula(abs(whole), cap),
                    reason=_capped(cap),
                    source=Source(SourceKind.RULE, part),
                )
            )
    return made


def _sums(scheme: Scheme, lines: Sequence[Line]) -> tuple[PartSum, ...]:
    titles = [(part.id, part.title) for part in scheme.parts]
    titles += [(part, _TITLES[part]) for part in (BONUS, DEDUCTIONS)]
    return tuple(
        PartSum(
            part,
            title,
            sum((line.points for line in lines if line.part == part), _NOTHING),
            sum((line.score for line in lines if line.part == part and line.score is not None), _NOTHING),
            sum((line.open_points for line in lines if line.part == part), _NOTHING),
        )
        for part, title in titles
        if any(line.part == part for line in lines)
    )


def share_text(share: Fraction) -> str:
    """Write a share as a percentage to two places, rounded half up."""
    return f"{scored(Decimal(100), share):f}%"


def _formula(points: Decimal, share: Fraction | None, got: Decimal | None) -> Text:
    if share is None or got is None:
        return Text(f"{points} × 无数据", f"{points} × no data")
    words = f"{points} × {share_text(share)} = {got.quantize(CENT)}"
    return Text(words, words)


def _cap_formula(whole: Decimal, cap: Decimal) -> Text:
    return Text(f"合计 {whole}，上限 {cap}", f"{whole} in all, capped at {cap}")


def _capped(cap: Decimal) -> Text:
    return Text(f"办法规定上限 {cap} 分", f"The scheme caps it at {cap} points")


def _spread(weight: Decimal) -> Text:
    return Text(
        f"本部门没有此项内容，{weight} 分按比例折算到其他部分",
        f"This department has nothing here: the {weight} points go to the other parts in proportion",
    )


_FULL = Text("本年没有此项内容，按办法得满分", "Nothing fell due this year: full points by the scheme")
_NOT_COUNTED = Text("不计分", "Not counted")
_TITLES = {BONUS: Text("加分", "Bonus"), DEDUCTIONS: Text("扣分", "Deductions")}
