"""Read a scheme from YAML; what is wrong with it are Findings, each with its line."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import yaml

from wufei.actions.assessment.core.points import CENT
from wufei.actions.assessment.core.scheme import (
    WHOLE,
    Bonus,
    Deductions,
    Group,
    IfNone,
    Item,
    Method,
    Part,
    PartKind,
    Scheme,
)
from wufei.actions.tasks.core.task import State
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text

TEXT_MAX = 60_000
"""Characters of a scheme; the packaged ones have two to three thousand."""

_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_YEARS = range(2000, 2101)
_DAYS_MAX = 60
_NOTHING = Decimal(0)
_Kind = TypeVar("_Kind", PartKind, IfNone, Method)


def read_scheme(text: str) -> tuple[Scheme | None, tuple[Finding, ...]]:
    """Read a scheme; without one the Findings say why, all that were found and not only the first."""
    if len(text) > TEXT_MAX:
        message = Text(f"文件有 {len(text)} 字，最多 {TEXT_MAX} 字", f"{len(text)} signs; {TEXT_MAX} at most")
        return None, (_finding("", 1, message, Text("请精简。", "Make it shorter.")),)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = Text(f"YAML 无法读取：{error}"[:200], f"The YAML cannot be read: {error}"[:200])
        fix = Text("请检查缩进和引号。", "Check indentation and quotation marks.")
        return None, (_finding("", mark.line + 1 if mark else 1, message, fix),)
    reader = _Reader()
    scheme = reader.scheme(_Place(node, "", 1))
    return (None if reader.findings else scheme), tuple(reader.findings)


class _Place:
    """A value of the document with its path and line."""

    def __init__(self, node: yaml.Node | None, path: str, line: int) -> None:
        self.node, self.path = node, path
        self.line = node.start_mark.line + 1 if node is not None else line

    @property
    def text(self) -> str:
        """A scalar as it is written; empty for anything else."""
        return str(self.node.value).strip() if isinstance(self.node, yaml.ScalarNode) else ""

    def get(self, key: str) -> _Place:
        """Give a member; one that is missing stands at the line of the whole."""
        return dict(self.members()).get(key) or _Place(None, f"{self.path}/{key}", self.line)

    def members(self) -> list[tuple[str, _Place]]:
        """Give the members of a mapping."""
        if not isinstance(self.node, yaml.MappingNode):
            return []
        pairs = [(str(key.value), value) for key, value in self.node.value]
        return [(key, _Place(value, f"{self.path}/{key}", self.line)) for key, value in pairs]

    def items(self) -> list[_Place]:
        """Give the items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            return []
        return [_Place(each, f"{self.path}/{at}", self.line) for at, each in enumerate(self.node.value)]


class _Reader:
    """Collects every defect of one document."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def wrong(self, place: _Place, message: Text, fix: Text) -> None:
        self.findings.append(_finding(place.path, place.line, message, fix, place.text))

    def scheme(self, top: _Place) -> Scheme:
        self.known(top, {*_TOP})
        valid = top.get("valid")
        self.known(valid, {"from", "to"})
        from_year = self.whole(valid.get("from"), _YEARS)
        to_year = self.whole(valid.get("to"), _YEARS) if valid.get("to").text else None
        if to_year is not None and to_year < from_year:
            self.wrong(valid.get("to"), _TURNED, _MEND)
        parts = tuple(self.part(each) for each in self.listed(top.get("parts")))
        self.once([part.id for part in parts], top.get("parts"))
        groups = tuple(self.group(each, parts) for each in self.listed(top.get("groups")))
        self.once([group.id for group in groups], top.get("groups"))
        if groups and sum(not group.words for group in groups) != 1:
            self.wrong(top.get("groups"), _ONE_REST, _REST_FIX)
        days = top.get("appeal_days")
        return Scheme(
            id=self.key(top.get("id")),
            title=self.title(top.get("title")),
            source=self.title(top.get("source")),
            status=top.get("status").text,
            from_year=from_year,
            to_year=to_year,
            ranking_shown=self.yes(top.get("ranking_shown")),
            appeal_days=self.whole(days, range(1, _DAYS_MAX + 1)),
            parts=parts,
            bonus=self.bonus(top.get("bonus")),
            deductions=self.deductions(top.get("deductions")),
            groups=groups,
        )

    def part(self, place: _Place) -> Part:
        self.known(place, {*_PART})
        kind = self.one_of(place.get("kind"), PartKind, PartKind.TASKS)
        states = tuple(
            (self.state(key, each), self.share(each)) for key, each in place.get("states").members()
        )
        if kind is PartKind.TASKS and {state for state, _ in states} != set(State):
            self.wrong(place.get("states"), _STATES, _STATES_FIX)
        return Part(
            id=self.key(place.get("id")),
            kind=kind,
            title=self.title(place.get("title")),
            if_none=self.one_of(place.get("if_none"), IfNone, IfNone.SPREAD),
            method=self.one_of(place.get("method"), Method, Method.RATIO)
            if kind is PartKind.INDICATORS
            else Method.RATIO,
            zero_below=self.share(place.get("zero_below")) if place.get("zero_below").text else _NOTHING,
            binding_weight=self.weight(place.get("binding_weight")),
            state_shares=states,
            lead_weight=self.weight(place.get("lead_weight")),
            support_weight=self.weight(place.get("support_weight")),
            late_share=self.share(place.get("late_share")) if place.get("late_share").text else _NOTHING,
        )

    def group(self, place: _Place, parts: tuple[Part, ...]) -> Group:
        self.known(place, {"id", "title", "words", "weights"})
        known = {part.id for part in parts}
        weights = []
        for key, each in place.get("weights").members():
            if key not in known:
                self.wrong(each, _no_part(key), _MEND)
            weights.append((key, self.points(each)))
        missing = known - {key for key, _ in weights}
        if missing:
            self.wrong(place.get("weights"), _no_weight(sorted(missing)), _MEND)
        whole = sum((points for _, points in weights), _NOTHING)
        if whole != WHOLE:
            self.wrong(place.get("weights"), _sum(whole), _SUM_FIX)
        words = tuple(each.text for each in place.get("words").items() if each.text)
        given = dict(weights)
        ordered = tuple((part.id, given.get(part.id, _NOTHING)) for part in parts)
        return Group(self.key(place.get("id")), self.title(place.get("title")), words, ordered)

    def bonus(self, place: _Place) -> Bonus:
        self.known(place, {"cap", "items"})
        return Bonus(self.points(place.get("cap")), self.entered(place))

    def deductions(self, place: _Place) -> Deductions:
        self.known(place, {"cap", "circular", "unanswered", "items"})
        return Deductions(
            self.points(place.get("cap")),
            self.points(place.get("circular")),
            self.points(place.get("unanswered")),
            self.entered(place),
        )

    def entered(self, place: _Place) -> tuple[Item, ...]:
        items = []
        for each in place.get("items").items():
            self.known(each, {"id", "title", "points"})
            items.append(
                Item(self.key(each.get("id")), self.title(each.get("title")), self.points(each.get("points")))
            )
        self.once([item.id for item in items], place.get("items"))
        return tuple(items)

    def known(self, place: _Place, keys: set[str]) -> None:
        """Refuse members that mean nothing: a misspelt one would be silently left out."""
        if not isinstance(place.node, yaml.MappingNode):
            self.wrong(
                place, _MAPPING, Text(f"写 {'、'.join(sorted(keys))}。", f"Give {', '.join(sorted(keys))}.")
            )
            return
        for key, each in place.members():
            if key not in keys:
                self.wrong(each, Text(f"不认识“{key}”", f"“{key}” means nothing here"), _MEND)
        self.once([key for key, _ in place.members()], place)

    def listed(self, place: _Place) -> list[_Place]:
        if not place.items():
            self.wrong(place, _LIST, _MEND)
        return place.items()

    def once(self, keys: list[str], place: _Place) -> None:
        twice = sorted({key for key in keys if key and keys.count(key) > 1})
        if twice:
            named = "、".join(twice)
            self.wrong(place, Text(f"“{named}”重复", f"“{named}” occurs twice"), _MEND)

    def key(self, place: _Place) -> str:
        if not _ID.fullmatch(place.text):
            self.wrong(place, _KEY, _MEND)
        return place.text

    def title(self, place: _Place) -> Text:
        words = Text(place.get("zh").text, place.get("en").text) if place.members() else Text(place.text)
        if not words:
            self.wrong(place, _TITLE, _TITLE_FIX)
        return words

    def number(self, place: _Place) -> Decimal | None:
        try:
            number = Decimal(place.text)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None

    def points(self, place: _Place) -> Decimal:
        number = self.number(place)
        if number is None or not 0 <= number <= WHOLE or number % CENT:
            self.wrong(place, _POINTS, _MEND)
            return _NOTHING
        return number

    def share(self, place: _Place) -> Decimal:
        number = self.number(place)
        if number is None or not 0 <= number <= 1:
            self.wrong(place, _SHARE, _MEND)
            return _NOTHING
        return number

    def weight(self, place: _Place) -> Decimal:
        if place.node is None:
            return Decimal(1)
        number = self.number(place)
        if number is None or not 0 < number <= WHOLE:
            self.wrong(place, _WEIGHT, _MEND)
            return Decimal(1)
        return number

    def whole(self, place: _Place, within: range) -> int:
        if not (place.text.isascii() and place.text.isdecimal()) or int(place.text[:9]) not in within:
            low, high = within.start, within.stop - 1
            self.wrong(
                place, Text(f"应为 {low} 至 {high} 的整数", f"A whole number from {low} to {high}"), _MEND
            )
            return within.start
        return int(place.text)

    def yes(self, place: _Place) -> bool:
        if place.text not in ("true", "false"):
            self.wrong(place, Text("应为 true 或 false", "Write true or false"), _MEND)
        return place.text == "true"

    def state(self, key: str, place: _Place) -> State:
        if key not in set(State):
            self.wrong(place, Text(f"没有任务状态“{key}”", f"Tasks have no state “{key}”"), _STATES_FIX)
            return State.BEHIND
        return State(key)

    def one_of(self, place: _Place, kinds: type[_Kind], default: _Kind) -> _Kind:
        if place.text not in set(kinds):
            named = "、".join(kinds)
            self.wrong(place, Text(f"应为 {named} 之一", f"One of {', '.join(kinds)}"), _MEND)
            return default
        return kinds(place.text)


def _finding(path: str, line: int, message: Text, fix: Text, value: str = "") -> Finding:
    where = f"scheme.yaml:{line}" + (f"#{path}" if path else "")
    return Finding("assess.scheme", Severity.ERROR, where, message, value=value[:80], rule=message, fix=fix)


def _no_part(key: str) -> Text:
    return Text(f"没有名为“{key}”的部分", f"There is no part “{key}”")


def _no_weight(missing: list[str]) -> Text:
    named = "、".join(missing)
    return Text(f"缺少“{named}”的权重", f"No weight for “{named}”")


def _sum(whole: Decimal) -> Text:
    return Text(f"权重合计 {whole}，应为 100", f"The weights sum to {whole}, not to 100")


_TOP = [
    "id",
    "title",
    "source",
    "status",
    "valid",
    "ranking_shown",
    "appeal_days",
    "parts",
    "bonus",
    "deductions",
    "groups",
]
_PART = [
    "id",
    "kind",
    "title",
    "if_none",
    "method",
    "zero_below",
    "binding_weight",
    "states",
    "lead_weight",
    "support_weight",
    "late_share",
]
_MEND = Text("请改正这一行。", "Mend this line.")
_MAPPING = Text("应为“键: 值”的形式", "This must be a mapping")
_LIST = Text("应为列表，至少一项", "A list with at least one item")
_KEY = Text(
    "编号应为小写字母、数字和连字符，以字母开头", "An id has small letters, digits, hyphens, a letter first"
)
_TITLE = Text("缺少名称", "Words are missing")
_TITLE_FIX = Text("写 {zh: 中文, en: English}。", "Write {zh, en}.")
_POINTS = Text("分值应为 0 至 100，最多两位小数", "Points are 0 to 100 with two decimals at most")
_SHARE = Text("系数应在 0 至 1 之间", "A share lies between 0 and 1")
_WEIGHT = Text("权数应大于 0，不超过 100", "A weight is above 0, and 100 at most")
_SUM_FIX = Text("请调整各部分权重，使合计为 100。", "Let the weights of the parts sum to 100.")
_TURNED = Text("终止年份早于起始年份", "It ends before it begins")
_ONE_REST = Text(
    "须有且只有一组不写 words（其余部门）", "Exactly one group has no words: all other departments"
)
_REST_FIX = Text("请让一组的 words 为空列表。", "Leave the words of one group empty.")
_STATES = Text("每种任务状态都要有系数", "Every state of tasks needs a share")
_STATES_FIX = Text(f"写 {'、'.join(State)}。", f"Give {', '.join(State)}.")
