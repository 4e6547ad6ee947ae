"""Sums that a document states, against the wastes it lists."""

from __future__ import annotations

from collections.abc import Iterable

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.kernel.units import decimal_text
from wufei.records.plans.core.eia.merging import close
from wufei.records.plans.core.eia.values import Eia, Total, Waste


def sum_findings(eia: Eia) -> list[Finding]:
    """Compare every sum with the wastes of its kind; of a table's own sum with the rows of that table."""
    found = []
    for total in eia.totals:
        chosen = [each for each in eia.wastes if _counts(each, total)]
        # What has no mass, or shares a cell, makes the sum of the rest no sum.
        if chosen and all(each.amount and each.amount.tonnes is not None for each in chosen):
            found += _compare(total, chosen)
    return found


def _counts(waste: Waste, total: Total) -> bool:
    if waste.shared or (total.of_table is not None and waste.place.block != total.of_table):
        return False
    return total.kind is None or waste.kind is total.kind


def _compare(total: Total, wastes: Iterable[Waste]) -> list[Finding]:
    masses = [each.amount.tonnes for each in wastes if each.amount and each.amount.tonnes is not None]
    summed, said = sum(masses[1:], masses[0]), total.amount.tonnes
    if said is None or close(said, summed):
        return []
    what = total.kind.label if total.kind else Text("固体废物", "All waste")
    listed = decimal_text(summed)
    message = Text(
        f"{what.zh}合计写为{total.amount.text}，逐项相加为{listed} t/a（{len(masses)}项）。",
        f"{what.en}: the sum is given as {total.amount.text}; {len(masses)} items add up to {listed} t/a.",
    )
    return [
        Finding(
            "eia.sum-differs",
            Severity.ERROR,
            total.place.label,
            message,
            total.amount.text,
            Text("合计等于各项之和", "A sum is that of its items"),
            Text("核对合计或漏列的废物", "Check the sum, or what was left out"),
        )
    ]
