"""Wastes and stores out of the tables of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wufei.records.plans.core.eia.amounts import amount_of
from wufei.records.plans.core.eia.columns import TITLES, Head, head_of, with_unit
from wufei.records.plans.core.eia.kinds import category_in, codes_in, kind_in
from wufei.records.plans.core.eia.values import Kind, Store, Total, Waste
from wufei.records.plans.core.reading.blocks import Row, Table, joined, squeezed

_TOTAL = re.compile(r"^(?:合计|总计|小计|共计|总量)")
_NOTE = re.compile(r"^(?:注|备注|说明)[:：\d]")
_ALIKE = 2
_MERGED = 2
_OUTLETS = ("storage", "outlet", "receiver", "measures")


@dataclass(slots=True)
class TableRead:
    """What one table holds."""

    wastes: list[Waste] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)


def read_table(table: Table, title: str, unit: str = "") -> TableRead:
    """Read a table.

    Parameters
    ----------
    title : str
        The words before it, which may say what kind of waste it is of.
    unit : str
        What the lines before it give for all amounts; a head or cell with its own goes before.
    """
    found = TableRead()
    head: Head | None = None
    rows = list(table.rows)
    at = 0
    before: dict[str, str] = {}
    while at < len(rows):
        new, taken = _head_at(rows, at)
        if new:
            head, before = with_unit(new, unit), {}
        elif head:
            before = _read_row(found, head, rows[at], title, before)
        at += taken
    return found


def _head_at(rows: Sequence[Row], at: int) -> tuple[Head | None, int]:
    """Give the head that begins at a row, and how many rows it takes; two-row heads win by what they tell."""
    one = head_of([rows[at].cells])
    if at + 1 < len(rows) and (one or _lower_part(rows[at + 1])):
        two = head_of([rows[at].cells, rows[at + 1].cells])
        if two and _lower_part(rows[at + 1]) and len(two.fields) >= (len(one.fields) if one else 0):
            return two, 2
    return one, 1


def _lower_part(row: Row) -> bool:
    """Say whether a row is the lower row of a head: cells are merged upward, and no figure is in it."""
    first = row.cells[:_MERGED]
    merged = row.carried or (len(row.cells) > _MERGED and not any(first) and any(row.cells))
    return bool(merged) and not any(re.search(r"\d{2}|\d\.\d", squeezed(cell)) for cell in row.cells)


def _read_row(
    found: TableRead, head: Head, row: Row, title: str, before: Mapping[str, str]
) -> dict[str, str]:
    said = {
        name: joined(row.cells[column]) for column, name in head.fields.items() if column < len(row.cells)
    }
    carried = {name for column, name in head.fields.items() if column in row.carried}
    if _NOTE.match(squeezed("".join(dict.fromkeys(row.cells)))):
        return dict(before)
    if head.stores:
        _read_store(found, head, row, said, before)
        return {**before, **{name: said[name] for name in ("store", "capacity", "cycle") if said.get(name)}}
    total = next((cell for cell in map(squeezed, row.cells) if _TOTAL.match(cell)), "")
    if total:
        _read_total(found, head, row, said, total)
        return dict(before)
    if not said.get("name") and said.get("code") and _goes_on(said):
        said["name"] = before.get("name", "")
    if not said.get("kind") and "kind" in said:
        said["kind"] = before.get("kind", "")
        if not row.carried:
            # A PDF does not say which cells are merged: one that is empty beside a merged kind is.
            said |= {each: before.get(each, "") for each in _OUTLETS if each in said and not said[each]}
    if head.annex and kind_in(said.get("kind", "")) is Kind.UNSAID:
        return {**before, "kind": said.get("kind", "")}
    name = said.get("name") or said.get("category", "")
    if not name or len(set(filter(None, map(squeezed, row.cells)))) < _ALIKE:
        # A row of one cell across the table: it heads what follows, such as 危险废物.
        words = next(filter(None, row.cells), "")
        return {**before, "group": words} if kind_in(words) is not Kind.UNSAID else dict(before)
    found.wastes.append(_waste(head, row, said, carried, before.get("group", "") or title))
    kept = {each: said[each] for each in ("name", "kind") if said.get(each)}
    return {**before, **kept, **{each: said.get(each, "") for each in _OUTLETS}}


def _goes_on(said: Mapping[str, str]) -> bool:
    return bool(said.get("amount"))


def _waste(head: Head, row: Row, said: Mapping[str, str], carried: set[str], title: str) -> Waste:
    code_words = " ".join(said.get(each, "") for each in ("code", "category", "kind", "name"))
    kind = _kind(head, said, title)
    amount = amount_of(said.get("amount", ""), head.units.get("amount", ""))
    return Waste(
        said.get("name") or said.get("category", ""),
        row.place,
        kind,
        category_in(code_words),
        codes_in(code_words),
        None if "amount" in carried else amount,
        {each: said[each] for each in TITLES if said.get(each, "").strip("-—–/ ")},
        shared="amount" in carried,
    )


def _kind(head: Head, said: Mapping[str, str], title: str) -> Kind:
    """Give the kind by the nearest words: its own column, its code, its name, the head, the title."""
    own = (said.get("kind", ""), said.get("category", ""), said.get("code", ""), said.get("name", ""))
    words = (*own, "危险废物" if "危险废物名称" in head.words else "", title)
    return next((kind for each in words if (kind := kind_in(each)) is not Kind.UNSAID), Kind.UNSAID)


def _read_total(found: TableRead, head: Head, row: Row, said: Mapping[str, str], words: str) -> None:
    amount = amount_of(said.get("amount", ""), head.units.get("amount", ""))
    if amount and amount.tonnes is not None and not words.startswith("小计"):
        kind = kind_in(words)
        found.totals.append(Total(None if kind is Kind.UNSAID else kind, amount, row.place, row.place.block))


def _read_store(
    found: TableRead, head: Head, row: Row, said: dict[str, str], before: Mapping[str, str]
) -> None:
    name = said.get("store") or before.get("store", "")
    if not name:
        return
    capacity = said.get("capacity") or before.get("capacity", "")
    words = " ".join(said.get(each, "") for each in ("code", "category", "waste"))
    cycle = {"cycle": said.get("cycle") or before.get("cycle", "")}
    found.stores.append(
        Store(
            name,
            row.place,
            said.get("waste", ""),
            codes_in(words),
            amount_of(capacity, head.units.get("capacity", "")),
            {each: text for each, text in (said | cycle).items() if text},
        )
    )
