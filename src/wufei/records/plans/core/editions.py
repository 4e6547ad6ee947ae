"""A later edition of a plan held against the earlier one: what is new, gone, changed, the same.

Numbers move between editions, so things are paired by what they say: an indicator by its definition or
name, a task by its words. `with_kept_codes` gives the paired tasks and projects the codes of the earlier
edition, so that the work on them goes on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from rapidfuzz.fuzz import partial_ratio, ratio

from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import Direction, load_indicators, plain_wording
from wufei.records.plans.core.drafts import Part
from wufei.records.plans.core.plan import Plan, PlanLine, PlanProject, PlanTask, TextTarget
from wufei.records.plans.core.values import PlanValue

_Thing = TypeVar("_Thing")
_Work = TypeVar("_Work", PlanTask, PlanProject)

ALIKE_MIN = 70.0
"""From which likeness (0 to 100) two wordings are one thing; the same number counts for `SAME_NUMBER`."""
SAME_NUMBER = 15.0
SHORT_FORM_MIN = 6
"""How many characters a short form has at least."""


class Change(StrEnum):
    """What became of a thing in the later edition."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    SAME = "same"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _CHANGES[self]

    @property
    def sign(self) -> str:
        """The sign beside the words."""
        return {"new": "+", "gone": "−", "changed": "~", "same": "="}[self.value]


_CHANGES = {
    Change.NEW: Text("新增", "New"),
    Change.GONE: Text("删去", "Gone"),
    Change.CHANGED: Text("有改动", "Changed"),
    Change.SAME: Text("未变", "Same"),
}


class Move(StrEnum):
    """Whether a target asks for more or for less than before."""

    TIGHTER = "tighter"
    EASIER = "easier"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return Text("收紧", "Tighter") if self is Move.TIGHTER else Text("放宽", "Eased")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field before and after, as printed; an empty text where there was or is nothing."""

    field: Text
    old: str
    new: str
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing of either edition; ``old_no`` where its number was another one."""

    change: Change
    no: str
    name: str
    differences: tuple[Difference, ...] = ()
    old_no: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What changed in one list, in the order of the later edition and what is gone behind it."""

    part: Part
    changed: tuple[Changed, ...]
    counts: tuple[tuple[Change, int], ...]

    def count(self, change: Change) -> int:
        """Return how many there are of a kind."""
        return dict(self.counts)[change]

    @property
    def by_kind(self) -> tuple[tuple[Change, tuple[Changed, ...]], ...]:
        """What changed, then what is gone, then what is new; kinds without any are left out."""
        kinds = (Change.CHANGED, Change.GONE, Change.NEW)
        found = ((kind, tuple(each for each in self.changed if each.change is kind)) for kind in kinds)
        return tuple((kind, things) for kind, things in found if things)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two editions of a plan: the document's own data, then list by list."""

    head: tuple[Difference, ...]
    sections: tuple[Section, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing at all differs."""
        return not self.head and not any(section.changed for section in self.sections)


def compare(old: Plan, new: Plan) -> Comparison:
    """Hold a later edition against the earlier one."""
    tasks = _paired_work(old.tasks, new.tasks)
    projects = _paired_work(old.projects, new.projects)
    lines = paired(old.lines, new.lines, _LINE_KEYS, _line_likeness)
    texts = paired(old.text_targets, new.text_targets, _TEXT_KEYS, _text_likeness)
    return Comparison(
        tuple(_head(old, new)),
        (
            _section(Part.INDICATORS, old.lines, new.lines, lines, _line_differences),
            _section(Part.TASKS, old.tasks, new.tasks, tasks, _task_differences),
            _section(Part.PROJECTS, old.projects, new.projects, projects, _project_differences),
            _section(Part.TARGETS, old.text_targets, new.text_targets, texts, _text_differences),
        ),
    )


def with_kept_codes(
    new: Plan,
    old: Plan,
    withdrawn_tasks: Sequence[PlanTask] = (),
    withdrawn_projects: Sequence[PlanProject] = (),
) -> Plan:
    """Give the later edition with the codes of the tasks and projects that it goes on with.

    What an earlier edition had withdrawn and this one names again word for word takes its code up again. What
    is new never takes a code that something else bore.
    """
    return replace(
        new,
        tasks=_coded(new.tasks, old.tasks, withdrawn_tasks),
        projects=_coded(new.projects, old.projects, withdrawn_projects),
    )


def paired(
    old: Sequence[_Thing],
    new: Sequence[_Thing],
    keys: Iterable[Callable[[_Thing], str]],
    likeness: Callable[[_Thing, _Thing], float],
) -> dict[int, int]:
    """Pair the things of two lists, each at most once: positions in ``new`` by positions in ``old``.

    First those that agree in a key that stands once on both sides, key by key (an empty key says nothing);
    of the rest the likeliest, from `ALIKE_MIN` on.
    """
    pairs: dict[int, int] = {}
    for key in keys:
        ours = _once(old, key, pairs.keys())
        theirs = _once(new, key, pairs.values())
        pairs |= {ours[each]: theirs[each] for each in ours.keys() & theirs.keys()}
    rest = [at for at in range(len(new)) if at not in set(pairs.values())]
    scored = [
        (score, a, b)
        for a in range(len(old))
        if a not in pairs
        for b in rest
        if (score := likeness(old[a], new[b])) >= ALIKE_MIN
    ]
    taken: set[int] = set()
    for _, a, b in sorted(scored, key=lambda item: (-item[0], item[1], item[2])):
        if a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)
    return pairs


def _once(
    things: Sequence[_Thing], key: Callable[[_Thing], str], paired_already: Collection[int]
) -> dict[str, int]:
    keyed = [(key(thing), at) for at, thing in enumerate(things) if at not in paired_already]
    counted = Counter(each for each, _ in keyed)
    return {each: at for each, at in keyed if each and counted[each] == 1}


_LINE_KEYS: tuple[Callable[[PlanLine], str], ...] = (
    lambda line: f"{line.indicator_id}|{plain_wording(line.name)}",
    lambda line: line.indicator_id,
    lambda line: plain_wording(line.name),
)
_TEXT_KEYS: tuple[Callable[[TextTarget], str], ...] = (
    lambda target: f"{target.year}|{target.indicator_id or plain_wording(target.name)}|{target.value.text}",
    lambda target: f"{target.year}|{target.indicator_id or plain_wording(target.name)}",
    lambda target: f"{target.year}|{plain_wording(target.name)}",
)
_SPACES = re.compile(r"\s+")


def _line_likeness(one: PlanLine, two: PlanLine) -> float:
    if one.indicator_id and two.indicator_id and one.indicator_id != two.indicator_id:
        return 0.0
    return ratio(plain_wording(one.name), plain_wording(two.name))


def _text_likeness(one: TextTarget, two: TextTarget) -> float:
    """A target may be said twice: those said alike are paired in order."""
    if one.year != two.year or plain_wording(one.name) != plain_wording(two.name):
        return 0.0
    return 100.0 if one.value.text == two.value.text else ALIKE_MIN


def _paired_work(old: Sequence[_Work], new: Sequence[_Work]) -> dict[int, int]:
    return paired(old, new, _WORK_KEYS, _work_likeness)


def _words(work: PlanTask | PlanProject) -> str:
    return _SPACES.sub("", f"{_title(work)}\n{_text(work)}")


def _body(work: PlanTask | PlanProject) -> str:
    """Give what only this one says: several may stand under one title, and a short one is all title."""
    return _SPACES.sub("", _text(work) or _title(work)) if isinstance(work, PlanTask) else work.name


def _text(work: PlanTask | PlanProject) -> str:
    return work.text if isinstance(work, PlanTask) else work.content


def _title(work: PlanTask | PlanProject) -> str:
    return work.title if isinstance(work, PlanTask) else work.name


_WORK_KEYS: tuple[Callable[[PlanTask | PlanProject], str], ...] = (
    lambda work: f"{_words(work)}|{work.code}",
    _words,
    _body,
    lambda work: _SPACES.sub("", _title(work)),
)


def _work_likeness(one: PlanTask | PlanProject, two: PlanTask | PlanProject) -> float:
    """Say how like two are; of one number a short form of the other is enough."""
    same = one.code == two.code
    bodies = (_body(one), _body(two))
    alike = max(ratio(_words(one), _words(two)), ratio(*bodies)) + (SAME_NUMBER if same else 0.0)
    if same and min(map(len, bodies)) >= SHORT_FORM_MIN:
        alike = max(alike, partial_ratio(*bodies))
    return max(alike, ALIKE_MIN) if same and _same_frame(one, two) else alike


def _same_frame(one: PlanTask | PlanProject, two: PlanTask | PlanProject) -> bool:
    """Say whether tasks stand in one section and are led by the same units: then one number is one task."""
    if not isinstance(one, PlanTask) or not isinstance(two, PlanTask):
        return False
    return bool(one.section and one.lead) and (one.section, one.lead) == (two.section, two.lead)


def _coded(new: Sequence[_Work], old: Sequence[_Work], withdrawn: Sequence[_Work]) -> tuple[_Work, ...]:
    codes = {b: old[a].code for a, b in _paired_work(old, new).items()}
    again = [at for at in range(len(new)) if at not in codes]
    found = paired(withdrawn, [new[at] for at in again], (_words,), _never)
    codes |= {again[b]: withdrawn[a].code for a, b in found.items()}
    taken = {each.code for each in (*old, *withdrawn)}
    made: list[_Work] = []
    for at, work in enumerate(new):
        code = codes.get(at) or _free(work.code, taken)
        taken.add(code)
        made.append(replace(work, code=code))
    return tuple(made)


def _never(*_: object) -> float:
    """Likeness of what is paired only where it agrees in a key."""
    return 0.0


def _free(code: str, taken: Collection[str]) -> str:
    return next(
        each for n in range(1, len(taken) + 2) if (each := code if n == 1 else f"{code}-{n}") not in taken
    )


def _section(
    part: Part,
    old: Sequence[_Thing],
    new: Sequence[_Thing],
    pairs: dict[int, int],
    differences: Callable[[_Thing, _Thing], Iterable[Difference]],
) -> Section:
    before = {b: a for a, b in pairs.items()}
    found: list[Changed] = []
    for at, thing in enumerate(new):
        no, name = _named(thing)
        if at not in before:
            found.append(Changed(Change.NEW, no, name))
            continue
        earlier = old[before[at]]
        differing = tuple(differences(earlier, thing))
        was = _named(earlier)[0]
        change = Change.CHANGED if differing else Change.SAME
        found.append(Changed(change, no, name, differing, was if was != no else ""))
    found += [Changed(Change.GONE, *_named(thing)) for at, thing in enumerate(old) if at not in pairs]
    counted = Counter(each.change for each in found)
    return Section(
        part,
        tuple(each for each in found if each.change is not Change.SAME),
        tuple((change, counted[change]) for change in Change),
    )


def _named(thing: object) -> tuple[str, str]:
    match thing:
        case PlanLine():
            return thing.label.removeprefix("#"), thing.name
        case PlanTask():
            return thing.no, thing.title or thing.text[:60]
        case PlanProject():
            return thing.no, thing.name
        case TextTarget():
            return str(thing.year), f"{thing.name} {thing.value.text}"
    raise TypeError(type(thing).__name__)


def _head(old: Plan, new: Plan) -> Iterable[Difference]:
    yield from _differing(
        (
            (Text("标题", "Title"), old.title.zh, new.title.zh),
            (Text("文号", "Number"), old.number, new.number),
            (Text("印发单位", "Issuer"), old.issuer, new.issuer),
            (Text("印发日期", "Issued on"), str(old.issued_on), str(new.issued_on)),
            (Text("基准年", "Base year"), str(old.base_year), str(new.base_year)),
            (Text("目标年", "Target years"), _joined(old.target_years), _joined(new.target_years)),
        )
    )


def _differing(fields: Iterable[tuple[Text, str, str]]) -> Iterable[Difference]:
    for field, before, after in fields:
        if _SPACES.sub("", before) != _SPACES.sub("", after):
            yield Difference(field, before, after)


def _joined(parts: Iterable[object]) -> str:
    return "、".join(str(part) for part in parts)


def _line_differences(old: PlanLine, new: PlanLine) -> Iterable[Difference]:
    yield from _differing(
        (
            (Text("名称", "Name"), plain_wording(old.name), plain_wording(new.name)),
            (Text("对应的指标", "Indicator it is"), _definition(old), _definition(new)),
            (Text("一级指标", "Level 1"), old.level1, new.level1),
            (Text("二级指标", "Level 2"), old.level2, new.level2),
            (Text("类型", "Type"), old.type.value, new.type.value),
            (Text("属性", "Attribute"), old.attribute.value, new.attribute.value),
            (Text("基期值", "Base value"), old.baseline.text, new.baseline.text),
        )
    )
    before, after = dict(old.targets), dict(new.targets)
    for year in sorted(before.keys() | after.keys()):
        one, two = before.get(year), after.get(year)
        texts = (one.text if one else "", two.text if two else "")
        for each in _differing(((Text(f"{year}年目标", f"Target {year}"), *texts),)):
            yield replace(each, move=_move(new.indicator_id or old.indicator_id, one, two))
    yield from _differing(((Text("责任单位", "Responsible units"), _joined(old.units), _joined(new.units)),))


def _definition(line: PlanLine) -> str:
    known = load_indicators().get(line.indicator_id)
    return known.name.zh if known else line.indicator_id


def _move(indicator_id: str, old: PlanValue | None, new: PlanValue | None) -> Move | None:
    """Say whether a target was eased, where both are numbers of one unit and a direction is known."""
    known = load_indicators().get(indicator_id)
    if known is None or known.direction is Direction.NONE or old is None or new is None:
        return None
    if old.value is None or new.value is None or old.unit != new.unit or old.value == new.value:
        return None
    return Move.TIGHTER if (new.value > old.value) == (known.direction is Direction.UP) else Move.EASIER


def _task_differences(old: PlanTask, new: PlanTask) -> Iterable[Difference]:
    return _differing(
        (
            (Text("标题", "Title"), old.title, new.title),
            (Text("内容", "Text"), old.text, new.text),
            (Text("章节", "Section"), old.section, new.section),
            (Text("牵头单位", "Leading units"), _joined(old.lead), _joined(new.lead)),
            (Text("责任单位", "Responsible units"), _joined(old.support), _joined(new.support)),
            (Text("完成时限", "Due"), old.due, new.due),
        )
    )


def _project_differences(old: PlanProject, new: PlanProject) -> Iterable[Difference]:
    return _differing(
        (
            (Text("名称", "Name"), old.name, new.name),
            (Text("领域", "Field"), old.field, new.field),
            (Text("建设内容", "Content"), old.content, new.content),
            (Text("责任单位", "Responsible units"), _joined(old.units), _joined(new.units)),
            (Text("完成时限", "Due"), old.due, new.due),
        )
    )


def _text_differences(old: TextTarget, new: TextTarget) -> Iterable[Difference]:
    for each in _differing(((Text("目标值", "Target"), old.value.text, new.value.text),)):
        yield replace(each, move=_move(new.indicator_id or old.indicator_id, old.value, new.value))
