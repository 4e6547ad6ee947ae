"""Names and codes as firms write them, held against the lists: what is wrong, and what to write instead.

Only what the code itself and the names of categories say is judged here. Which code belongs to a plain name
is the business of a finder, which `propose_names` is given; without one a missing code stays missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wufei.kernel.text import Text
from wufei.records.catalogue.core.codes import category_of, is_identified_only, plain_code
from wufei.records.catalogue.core.items import Item
from wufei.records.catalogue.core.streams import load_streams
from wufei.records.catalogue.core.withdrawn import load_withdrawn

_SIGNS = str.maketrans("", "", " 　、，,（）()/／·.")
# 废酸 and 炉渣 are names of categories that firms write for what they are; so is every number of one.
_SHORTEST = 2
_BY_NAME = Text("按名称查得，请核对来源。", "Found by its name; check where it comes from.")


class Defect(StrEnum):
    """What is wrong with a row."""

    NONE = "none"
    NO_CODE = "no-code"
    NO_NAME = "no-name"
    BAD_FORM = "bad-form"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    OTHER_CATEGORY = "other-category"
    IMPRECISE = "imprecise"
    IDENTIFIED = "identified"

    @property
    def label(self) -> Text:
        """The words shown on screen."""
        return _DEFECTS[self]


_DEFECTS = {
    Defect.NONE: Text("无误", "Nothing wrong"),
    Defect.NO_CODE: Text("缺少代码", "The code is missing"),
    Defect.NO_NAME: Text("缺少名称", "The name is missing"),
    Defect.BAD_FORM: Text("代码格式不符", "The code has the wrong form"),
    Defect.UNKNOWN: Text("代码不在名录中", "The code is in no list"),
    Defect.WITHDRAWN: Text("代码已停用", "The code was withdrawn"),
    Defect.OTHER_CATEGORY: Text("名称是另一类别的", "The name is that of another category"),
    Defect.IMPRECISE: Text("名称只写了类别", "The name is only that of a category"),
    Defect.IDENTIFIED: Text(
        "鉴别类代码，请确认名录中确无对应条目", "Found by identification: check that no item fits"
    ),
}


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A name and a code as written; ``where`` is their place in the file."""

    name: str
    code: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is wrong with a row and what to write instead.

    Attributes
    ----------
    row : NamedRow
        As written.
    defect : Defect
        The gravest thing found.
    codes : tuple of str
        Codes that may be meant, the likeliest first; empty if nobody can say.
    name : str
        The name to write; empty where it stays.
    reason : Text
        Why.
    """

    row: NamedRow
    defect: Defect
    codes: tuple[str, ...]
    name: str
    reason: Text

    @property
    def code(self) -> str:
        """The code to write: the only one that may be meant, or the one written."""
        return self.codes[0] if len(self.codes) == 1 else self.row.code

    @property
    def changes(self) -> bool:
        """Whether the row is written otherwise than before."""
        return self.code != self.row.code or bool(self.name)


Finder = Callable[[str], tuple[str, ...]]
"""Gives the codes that a plain name may mean, the likeliest first."""


def no_finder(_name: str) -> tuple[str, ...]:
    """Find nothing: for a catalogue without a finder."""
    return ()


def propose_names(
    rows: Iterable[NamedRow], items: Mapping[str, Item], find: Finder = no_finder
) -> list[Proposal]:
    """Give one proposal for every row, in order.

    Parameters
    ----------
    rows : iterable of NamedRow
        As firms wrote them.
    items : mapping of str to Item
        The items in force, by code.
    find : Finder
        Asked for the codes of a name where the code does not serve.
    """
    return [_proposal(row, items, find) for row in rows]


def _proposal(row: NamedRow, items: Mapping[str, Item], find: Finder) -> Proposal:
    code, name = plain_code(row.code), row.name.strip()
    if not code:
        return _named(row, Defect.NO_CODE, name, find)
    if code in items:
        return _listed(row, items[code], name, code)
    if is_identified_only(code):
        return _say(row, Defect.IDENTIFIED, (), "")
    if code in load_withdrawn():
        return _withdrawn(row, code, items)
    known = category_of(code) in load_streams()
    defect = Defect.UNKNOWN if known else Defect.BAD_FORM
    return _named(row, defect, name, find)


def _named(row: NamedRow, defect: Defect, name: str, find: Finder) -> Proposal:
    """Propose the codes that the name may mean, where the code does not serve."""
    codes = find(name) if name else ()
    if not codes:
        return _say(row, defect, (), "", Text(row.code, row.code) if row.code else None)
    return _say(row, defect, codes, "", _BY_NAME)


def _listed(row: NamedRow, item: Item, name: str, code: str) -> Proposal:
    if not name:
        return _say(row, Defect.NO_NAME, (code,), item.name.zh)
    named, whole = _category_named(name)
    if named and named != item.category:
        here = load_streams()[item.category].name
        there = load_streams()[named].name
        reason = Text(
            f"名称写的是 {named} {there.zh}，代码 {code} 属于 {item.category} {here.zh}。",
            f"The name is that of {named} {there.en}; code {code} is of {item.category} {here.en}.",
        )
        return _say(row, Defect.OTHER_CATEGORY, (), "", reason)
    # Some categories have an item of the same name.
    if whole and name != item.name.zh:
        return _say(row, Defect.IMPRECISE, (code,), item.name.zh, item.name)
    return Proposal(row, Defect.NONE, (code,), "", Text(""))


def _withdrawn(row: NamedRow, code: str, items: Mapping[str, Item]) -> Proposal:
    old = load_withdrawn()[code]
    successors = tuple(one for one in old.successors if one in items)
    now = "、".join(successors) or "—"
    reason = Text(f"{old.withdrawn_on} 起停用，现用 {now}。", f"Withdrawn on {old.withdrawn_on}; now {now}.")
    # Where one code took its place the name is judged by it too.
    name = (
        _listed(row, items[successors[0]], row.name.strip(), successors[0]).name
        if len(successors) == 1
        else ""
    )
    return _say(row, Defect.WITHDRAWN, successors, name, reason)


def _say(
    row: NamedRow, defect: Defect, codes: tuple[str, ...], name: str, reason: Text | None = None
) -> Proposal:
    return Proposal(row, defect, codes, name, reason or defect.label)


def _category_named(name: str) -> tuple[str, bool]:
    """Give the category that a name writes, by number or name, and whether it says nothing more."""
    words = name.translate(_SIGNS).upper()
    for code, stream in load_streams().items():
        whole = stream.name.zh.translate(_SIGNS)
        if stream.category == code and words in {whole, code, code + whole} and len(words) >= _SHORTEST:
            return code, True
    number = words[:4]
    return (number, False) if number in load_streams() else ("", False)
