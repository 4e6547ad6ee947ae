"""Where hazardous waste is kept, and whether it fits until it is taken away."""

from __future__ import annotations

import re
from decimal import Decimal

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.kernel.units import decimal_text
from wufei.records.plans.core.eia import rules
from wufei.records.plans.core.eia.amounts import years_of
from wufei.records.plans.core.eia.rules import Why, about
from wufei.records.plans.core.eia.values import Eia, Kind, Store, Waste
from wufei.records.plans.core.reading.blocks import squeezed

_STORE = re.compile(
    r"(?:危废|危险废物|医疗废物|医废)(?:暂存|贮存|储存)?(?:间|库|房|仓库|点|场所|设施)|暂存间|(?:暂存|贮存|储存)(?:于|在)"
)
_POINT = Decimal(3)
"""Tonnes that a storage point may hold at most: GB 18597-2023, 8.3.5."""


def storage_findings(eia: Eia) -> list[Finding]:
    """Say which hazardous waste has no store, and which store is too small for amount times cycle."""
    hazardous = [each for each in eia.wastes if each.kind is Kind.HAZARDOUS]
    found = [_homeless(each, eia) for each in hazardous if not _is_stored(each, eia)]
    by_name: dict[str, list[Store]] = {}
    for store in eia.stores:
        by_name.setdefault(squeezed(store.name), []).append(store)
    for stores in by_name.values():
        found += _of_store(stores, hazardous)
    return found


def _is_stored(waste: Waste, eia: Eia) -> bool:
    words = "".join(waste.fields.get(each, "") for each in ("storage", "measures", "outlet"))
    named = bool(waste.fields.get("storage")) or bool(_STORE.search(words))
    return named or any(holds(store, waste) for store in eia.stores)


def holds(store: Store, waste: Waste) -> bool:
    """Say whether a line of the table of stores is about a waste: by its name, else by its code."""
    if store.waste:
        return squeezed(store.waste) == squeezed(waste.name)
    return bool(set(store.codes) & set(waste.codes)) or not store.codes


def _homeless(waste: Waste, eia: Eia) -> Finding:
    mentioned = bool(_STORE.search(eia.text))
    say = Text(
        f"危险废物“{waste.name}”没有写明贮存场所。", f"“{waste.name}” is hazardous and has no store named."
    )
    fix = Text(
        "列入危险废物贮存场所基本情况表：场所、位置、面积、方式、能力、周期",
        "List it in the table of stores: store, position, area, way, capacity, cycle",
    )
    severity = Severity.WARNING if mentioned else Severity.ERROR
    return about(waste, "storage-missing", severity, say, Why("", rules.GUIDE, fix))


def _of_store(stores: list[Store], hazardous: list[Waste]) -> list[Finding]:
    first = stores[0]
    held = [(waste, store) for waste in hazardous for store in stores if holds(store, waste)]
    needed = Decimal(0)
    for waste, store in {id(waste): (waste, store) for waste, store in reversed(held)}.values():
        years = years_of(store.fields.get("cycle", ""))
        if years is None:
            return [_no_cycle(store)]
        if waste.amount and waste.amount.tonnes is not None:
            needed += waste.amount.tonnes * years
    capacity = capacity_of(stores)
    if capacity is None:
        return [_no_capacity(first)]
    found = []
    if needed > capacity:
        say = Text(
            f"{first.name}贮存能力{_t(capacity)}吨，小于按产生量和贮存周期所需的{_t(needed)}吨。",
            f"{first.name} holds {_t(capacity)} t; amounts times cycle need {_t(needed)} t.",
        )
        fix = Text("扩大贮存能力或缩短贮存周期", "Enlarge it or have it emptied more often")
        found.append(about(first, "storage-small", Severity.ERROR, say, Why(_t(capacity), rules.GUIDE, fix)))
    if "贮存点" in first.name and capacity > _POINT:
        say = Text(
            f"{first.name}贮存能力{_t(capacity)}吨，贮存点应不超过3吨。",
            f"{first.name} holds {_t(capacity)} t; a point holds at most 3 t.",
        )
        fix = Text("改为贮存库或减小贮存量", "Make it a store, or keep less")
        why = Why(_t(capacity), rules.STORAGE, fix)
        found.append(about(first, "storage-point", Severity.WARNING, say, why))
    return found


def capacity_of(stores: list[Store]) -> Decimal | None:
    """Give what a store holds: one figure for all its lines, or the sum of those that differ by line."""
    given = {each.capacity.text: each.capacity.tonnes for each in stores if each.capacity}
    masses = [mass for mass in given.values() if mass is not None]
    if not masses or len(masses) < len(given):
        return None
    return sum(masses, Decimal(0))


def _no_capacity(store: Store) -> Finding:
    text = store.capacity.text if store.capacity else ""
    say = Text(
        f"{store.name}的贮存能力“{text}”不是吨，无法核对是否够用。",
        f"{store.name}: “{text}” is no mass; whether it is enough cannot be said.",
    )
    fix = Text("以吨写明贮存能力", "Give the capacity in tonnes")
    return about(store, "storage-capacity", Severity.WARNING, say, Why(text, rules.GUIDE, fix))


def _no_cycle(store: Store) -> Finding:
    text = store.fields.get("cycle", "")
    say = Text(
        f"{store.name}的贮存周期“{text}”读不出时长。", f"{store.name}: no time can be read from “{text}”."
    )
    fix = Text("写明贮存周期，如 3个月、1年", "Give the cycle, such as 3个月 or 1年")
    return about(store, "storage-cycle", Severity.WARNING, say, Why(text, rules.GUIDE, fix))


def _t(mass: Decimal) -> str:
    return decimal_text(mass.quantize(Decimal("0.001")).normalize())
