"""A waste that a document names in several tables and sentences is one waste."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.eia.values import Kind, Waste
from wufei.records.plans.core.reading.blocks import squeezed

_CLOSE = Decimal("0.01")
"""Two amounts that differ by less than this share of the greater differ by rounding."""


def one_each(wastes: Sequence[Waste]) -> tuple[tuple[Waste, ...], list[Finding]]:
    """Give each waste once, with all that is said of it, and where two places give two amounts.

    Rows of one table stay apart: the same name in two rows is waste of two processes.
    """
    kept: list[Waste] = []
    findings: list[Finding] = []
    # Tables first: they say more, and running text explains them.
    ordered = sorted(wastes, key=lambda each: each.in_text)
    for _, group in groupby(ordered, key=lambda each: each.place.block):
        known, used = list(enumerate(kept)), set()
        for waste in group:
            same = [at for at, each in known if _same(each, waste)]
            free = [at for at in same if at not in used]
            if not same:
                kept.append(waste)
            elif free:
                used.add(free[0])
                # One sentence may sum up what a table gives by process.
                if len(same) == 1:
                    findings += _differing(kept[free[0]], waste)
                kept[free[0]] = _joined(kept[free[0]], waste)
            elif not waste.in_text:
                kept.append(waste)
    return tuple(kept), findings


def _same(one: Waste, other: Waste) -> bool:
    if squeezed(one.name) != squeezed(other.name):
        return False
    return not one.codes or not other.codes or bool(set(one.codes) & set(other.codes))


def _joined(one: Waste, other: Waste) -> Waste:
    return replace(
        one,
        kind=other.kind if one.kind is Kind.UNSAID else one.kind,
        category=one.category or other.category,
        codes=one.codes or other.codes,
        amount=one.amount or other.amount,
        fields={**other.fields, **one.fields},
    )


def close(one: Decimal, other: Decimal) -> bool:
    """Say whether two masses differ by no more than rounding."""
    return abs(one - other) <= max(one, other) * _CLOSE


def _differing(one: Waste, other: Waste) -> list[Finding]:
    here, there = one.amount, other.amount
    if not here or not there or here.tonnes is None or there.tonnes is None:
        return []
    if close(here.tonnes, there.tonnes):
        return []
    message = Text(
        f"{one.name}：{one.place.label}的产生量为{here.text}，{other.place.label}为{there.text}。",
        f"{one.name}: {here.text} at {one.place.label}, {there.text} at {other.place.label}.",
    )
    return [
        Finding(
            "eia.amount-differs",
            Severity.ERROR,
            other.place.label,
            message,
            there.text,
            Text("同一废物的产生量前后应一致", "One waste has one amount"),
            Text("核对源强后统一", "Check the estimate and use one figure"),
        )
    ]
