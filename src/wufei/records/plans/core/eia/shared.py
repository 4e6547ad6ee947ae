"""What a document says of all waste of a kind in one sentence: where it is kept, who takes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from wufei.records.plans.core.eia.kinds import kind_in
from wufei.records.plans.core.eia.sentences import HOLDS, OUTLET, plain
from wufei.records.plans.core.eia.values import Kind, Waste

_ALL = re.compile(
    r"(?:^|[。；：，])(?:本项目|该项目|项目|运营期|营运期)?(?:产生的)?(?:上述|以上|所有|全部|各类|各种|产生的)*"
    r"(?P<what>危险废物|危废|一般(?:工业)?(?:固体废物|固废))"
    r"(?!暂存|贮存|储存|间|库|名录|类别|代码|名称|经营|转移|产生工序|标)(?P<rest>[^。；]*)"
)
_TAKEN = ("outlet", "receiver", "measures")


def for_all(text: str) -> list[tuple[Kind, dict[str, str]]]:
    """Give what sentences say of all waste of a kind: 上述危险废物暂存于危废间，定期委托有资质单位处置."""
    found = []
    for said in _ALL.finditer(plain(text)):
        fields = {}
        for field, pattern in (("storage", HOLDS), ("outlet", OUTLET)):
            words = pattern.search(said["rest"])
            if words:
                fields[field] = words[words.lastgroup] if words.lastgroup else words[0]
        if fields:
            found.append((kind_in(said["what"]), fields))
    return found


def with_shared(wastes: Sequence[Waste], shared: Iterable[tuple[Kind, dict[str, str]]]) -> tuple[Waste, ...]:
    """Give the wastes with what is said of all of their kind, where nothing is said of them alone."""
    of_kind: dict[Kind, dict[str, str]] = {}
    for kind, fields in shared:
        of_kind[kind] = {**fields, **of_kind.get(kind, {})}
    return tuple(_with(each, of_kind.get(each.kind, {})) for each in wastes)


def _with(waste: Waste, fields: dict[str, str]) -> Waste:
    taken = any(waste.fields.get(each) for each in _TAKEN)
    added = {name: text for name, text in fields.items() if not (name == "outlet" and taken)}
    return replace(waste, fields={**added, **waste.fields})
