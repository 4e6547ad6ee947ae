"""What an assessment would write into the file of an enterprise: stores, and wastes under its approval."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.catalogue.core.codes import category_of, is_hazardous, plain_code
from wufei.records.catalogue.core.streams import load_streams
from wufei.records.plans.core.eia.amounts import amount_of
from wufei.records.plans.core.eia.storage import capacity_of, holds
from wufei.records.plans.core.eia.values import Eia, Kind, Store, Waste
from wufei.records.plans.core.reading.blocks import squeezed
from wufei.records.registry.core.papers import Line

NAME_MAX = 32
"""Signs of the name of a waste on a line of a paper."""
_GRAMS = 1_000_000
_TS = re.compile(r"TS(\d{3,})")
_HAZARDOUS_STORE = re.compile(r"危险废物|危废")


class Standing(StrEnum):
    """How a line stands beside what the enterprise's file holds."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.NEW: Text("新增", "New"),
    Standing.CHANGED: Text("更改", "Changes what is there"),
    Standing.SAME: Text("已有，不变", "There already"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """A place that the enterprise's file holds: what is compared with the assessment; capacity in tonnes."""

    kind: str
    code: str
    name: str
    capacity: Decimal | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoreLine:
    """A store to be taken over; ``before`` is the place of this name that is there already."""

    index: int
    kind: str
    code: str
    name: str
    capacity: Decimal | None
    codes: tuple[str, ...]
    said: str
    place: str
    before: Known | None = None

    @property
    def standing(self) -> Standing:
        """How it stands beside what is there."""
        if self.before is None:
            return Standing.NEW
        same = (self.before.capacity, set(self.before.codes)) == (self.capacity, set(self.codes))
        return Standing.SAME if same else Standing.CHANGED


@dataclass(frozen=True, slots=True)
class WasteLine:
    """A waste to be taken over as a line of the approval; ``doubt`` is why a person should look first.

    ``quota_g`` are grams a year, None where the assessment gives no mass; ``before`` the line of this name
    and code that is there, with the number of its paper.
    """

    index: int
    name: str
    kind: Kind
    code: str
    codes: tuple[str, ...]
    quota_g: int | None
    said: str
    place: str
    doubt: Text | None = None
    before: tuple[str, Line] | None = None

    @property
    def standing(self) -> Standing:
        """How it stands beside what is there."""
        if self.before is None:
            return Standing.NEW
        return Standing.SAME if self.before[1].quota_g == self.quota_g else Standing.CHANGED


def store_lines(eia: Eia, known: Sequence[Known]) -> list[StoreLine]:
    """Give each store of hazardous waste once, with the place of the same name that is there already.

    Parameters
    ----------
    known : sequence of Known
        The stores and storage points in use of the enterprise.
    """
    by_name: dict[str, list[Store]] = {}
    for store in eia.stores:
        by_name.setdefault(squeezed(store.name), []).append(store)
    taken = {each.code for each in known}
    found: list[StoreLine] = []
    for name, stores in by_name.items():
        codes = _codes_of(stores, eia.wastes)
        if not (any(map(is_hazardous, codes)) or _HAZARDOUS_STORE.search(stores[0].name)):
            continue
        before = next((each for each in known if squeezed(each.name) == name), None)
        line = _store_line(len(found), stores, codes, before, taken)
        taken.add(line.code)
        found.append(line)
    return found


def _store_line(
    index: int, stores: Sequence[Store], codes: tuple[str, ...], before: Known | None, taken: Collection[str]
) -> StoreLine:
    first = stores[0]
    capacity = capacity_of(list(stores))
    words = dict.fromkeys(each.capacity.text for each in stores if each.capacity)
    said = "；".join(words)
    if before:
        capacity = before.capacity if capacity is None else capacity
        codes = tuple(dict.fromkeys((*before.codes, *codes)))
        return StoreLine(
            index, before.kind, before.code, before.name, capacity, codes, said, first.place.label, before
        )
    kind = "storage-point" if "贮存点" in first.name else "store"
    return StoreLine(
        index, kind, _next_code(taken), first.name[:200], capacity, codes, said, first.place.label
    )


def _codes_of(stores: Iterable[Store], wastes: Sequence[Waste]) -> tuple[str, ...]:
    """Give the codes that a table of stores gives, else those of the wastes it names."""
    found: list[str] = []
    for store in stores:
        of_wastes = [code for waste in wastes if store.waste and holds(store, waste) for code in waste.codes]
        found += store.codes or of_wastes
    return tuple(dict.fromkeys(found))


def _next_code(taken: Collection[str]) -> str:
    """Give the next number of a storage facility as ledgers of hazardous waste have it: TS, three digits."""
    used = [int(each[1]) for code in taken if (each := _TS.fullmatch(code))]
    return f"TS{max(used, default=0) + 1:03}"


def waste_lines(
    eia: Eia,
    papers: Mapping[str, Sequence[Line]],
    codes_of: Callable[[str], tuple[str, ...]],
    findings: Sequence[Finding],
    chosen: Mapping[int, str],
) -> list[WasteLine]:
    """Give each waste with the code it would be entered under, and why a person should look first.

    The same name and codes in several rows is one line, its masses added.

    Parameters
    ----------
    papers : mapping
        The lines of the approvals that are there, by number.
    codes_of : callable
        The codes that a name may mean: what a person chooses from where the document has none.
    findings : sequence of Finding
        What the check found; an error at a waste is a doubt.
    chosen : mapping
        Codes that a person gave, by index of the waste.
    """
    wrong = {each.where: each.message for each in findings if each.severity is Severity.ERROR}
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for index, waste in enumerate(eia.wastes):
        groups.setdefault((waste.name[:NAME_MAX], waste.codes), []).append(index)
    lines = []
    for (name, codes), indexes in groups.items():
        rows = [eia.wastes[index] for index in indexes]
        code = chosen.get(indexes[0], codes[0] if codes else rows[0].category)
        grams = [_grams(each) for each in rows]
        known = [each for each in grams if each is not None]
        line = WasteLine(
            indexes[0],
            name,
            rows[0].kind,
            code,
            tuple(dict.fromkeys((*codes, *codes_of(name)[:3]))),
            sum(known) if known and len(known) == len(grams) else None,
            "；".join(each.amount.text for each in rows if each.amount),
            rows[0].place.label,
            _doubt(rows[0], code)
            or next((wrong[row.place.label] for row in rows if row.place.label in wrong), None),
            _before(papers, name, code),
        )
        lines.append(line)
    return lines


def _grams(waste: Waste) -> int | None:
    if waste.amount is None or waste.amount.tonnes is None:
        return None
    return int((waste.amount.tonnes * _GRAMS).to_integral_value())


def _doubt(waste: Waste, code: str) -> Text | None:
    if waste.kind is Kind.HOUSEHOLD:
        return Text(
            "生活垃圾一般不列入企业固废台账", "Household waste is mostly left out of an enterprise's ledger"
        )
    if not code:
        return Text("没有代码，选好代码再勾选", "It has no code: choose one first")
    if len(waste.codes) > 1 and code == waste.codes[0]:
        return Text(
            f"文件给出{len(waste.codes)}个代码，请确认用哪个",
            f"The document gives {len(waste.codes)} codes: say which",
        )
    whole = waste.fields.get("whole", "")
    if _is_more(whole, waste):
        return Text(
            f"转入的是本项目的量；文件写建成后全厂为{whole}，原有部分应在原环评批复名下",
            f"This is the project's amount; the whole plant has {whole}, the rest under earlier approvals",
        )
    if waste.amount is None or waste.amount.tonnes is None:
        return Text("没有以吨计的年产生量，转入后无法比较", "There is no mass a year to compare with later")
    return None


def _is_more(whole: str, waste: Waste) -> bool:
    """Say whether the document gives another figure for the whole plant than for this project."""
    read = amount_of(whole)
    return bool(read and read.value is not None and waste.amount and read.value != waste.amount.value)


def _before(papers: Mapping[str, Sequence[Line]], name: str, code: str) -> tuple[str, Line] | None:
    """Give the line of this name; of several the one with this code."""
    named = [(number, line) for number, lines in papers.items() for line in lines if line.way == name]
    same = [each for each in named if each[1].code == code]
    return next(iter(same or (named if not code else [])), None)


def readable_code(written: str, listed: Collection[str]) -> str:
    """Give the code of an item or category as lists write it; empty if no list has it.

    A code of hazardous waste by identification (900-000 and the category) is in none and is one.
    """
    code = plain_code(written)
    known = code in listed or code in load_streams() or code.startswith("900-000-")
    return code if known and (category_of(code) or code in load_streams()) else ""


def merged_lines(there: Iterable[Line], taken: Iterable[Line]) -> tuple[Line, ...]:
    """Give the lines of a paper after some were taken over: the same code and name becomes one, masses added.

    What was there and is not taken over now stays.
    """
    new: dict[tuple[str, str], Line] = {}
    for line in taken:
        key = (line.code, line.way)
        grams = [each.quota_g for each in (new.get(key), line) if each is not None]
        known = [each for each in grams if each is not None]
        new[key] = Line(line.code, line.way, sum(known) if len(known) == len(grams) else None)
    old = {(line.code, line.way): line for line in there}
    return tuple({**old, **new}.values())
