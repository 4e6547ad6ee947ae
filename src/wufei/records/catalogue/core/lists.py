"""What an official list changes, and how imported items stand beside those that come with Wufei."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from wufei.kernel.text import Text
from wufei.records.catalogue.core.annex import AnnexItem, ListKind
from wufei.records.catalogue.core.items import Basis, Item, industry_name
from wufei.records.catalogue.core.sources import Source, Status

_NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class Change:
    """An item that says something else than before."""

    before: AnnexItem
    after: AnnexItem

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that differ."""
        names = ("category", "industry", "name", "hazards")
        return tuple(name for name in names if getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A list held against the one that stands, each part in the order of its list."""

    new: tuple[AnnexItem, ...]
    changed: tuple[Change, ...]
    withdrawn: tuple[AnnexItem, ...]
    equal: tuple[AnnexItem, ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether every item stood there already, and none is missing."""
        return not (self.new or self.changed or self.withdrawn)


def compare(standing: Mapping[str, AnnexItem], incoming: Sequence[AnnexItem], *, whole: bool) -> Comparison:
    """Hold a list against the items in force.

    Parameters
    ----------
    standing : mapping of str to AnnexItem
        The imported items in force, by code.
    incoming : sequence of AnnexItem
        The items of the file; a code at most once.
    whole : bool
        Whether the file is the whole list; of a part nothing is withdrawn.
    """
    known = [(item, standing.get(item.code)) for item in incoming]
    named = {item.code for item in incoming}
    return Comparison(
        new=tuple(item for item, before in known if before is None),
        changed=tuple(
            Change(before, item) for item, before in known if before and not before.says_the_same(item)
        ),
        withdrawn=tuple(item for code, item in standing.items() if code not in named) if whole else (),
        equal=tuple(item for item, before in known if before and before.says_the_same(item)),
    )


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An imported item with the days on which it is listed and the list it stands in."""

    item: AnnexItem
    valid_from: date
    valid_to: date | None
    source: Source


def merged(
    packaged: Mapping[str, Item], listed: Iterable[ListedItem], whole_from: Mapping[ListKind, date]
) -> dict[str, tuple[Item, ...]]:
    """Give every item by code, in all its versions, the earliest first.

    Imported items take the place of those that come with Wufei from their first day on. Where a whole list
    was imported, a code that it does not have ends on the day of that list.
    """
    versions: dict[str, list[Item]] = {}
    for one in sorted(listed, key=lambda each: (each.item.code, each.valid_from)):
        versions.setdefault(one.item.code, []).append(_imported(one, packaged.get(one.item.code)))
    for code, item in packaged.items():
        end = _end_of(item, versions.get(code, []), whole_from)
        if end is None or end > item.effective_on or code not in versions:
            kept = item if end is None else replace(item, valid_to=max(end, item.effective_on))
            versions.setdefault(code, []).insert(0, kept)
    return {code: tuple(found) for code, found in versions.items()}


def _end_of(item: Item, imported: Sequence[Item], whole_from: Mapping[ListKind, date]) -> date | None:
    """Give the day from which an item that comes with Wufei no longer counts; None if it still does."""
    if imported:
        return imported[0].effective_on
    kind = ListKind.HAZARDOUS if item.hazardous else ListKind.GENERAL
    since = whole_from.get(kind)
    return since if since and since >= item.effective_on else None


def _imported(one: ListedItem, packaged: Item | None) -> Item:
    """Make an item of an imported row; words that only we have stay beside it."""
    row = one.item
    same_name = packaged is not None and packaged.name.zh == row.name
    return Item(
        code=row.code,
        name=packaged.name
        if packaged and same_name
        else Text(row.name, packaged.name.en if packaged else ""),
        hazards=row.hazards,
        form=packaged.form if packaged else None,
        everyday=packaged.everyday if packaged else _NOTHING,
        excludes=packaged.excludes if packaged else _NOTHING,
        industry=Text(row.industry, industry_name(row.code).en) if row.industry else industry_name(row.code),
        group=packaged.group if packaged else "",
        basis=Basis.ANNEX,
        effective_on=one.valid_from,
        valid_to=one.valid_to,
        source=one.source,
        status=Status.OFFICIAL,
    )
