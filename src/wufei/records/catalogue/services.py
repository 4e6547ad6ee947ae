"""Writes of the catalogue: import of official lists."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connections

from wufei.kernel.errors import ConflictError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.annex import Annex, AnnexItem, ListKind, read_annex
from wufei.records.catalogue.core.items import load_items
from wufei.records.catalogue.core.lists import Comparison, compare
from wufei.records.catalogue.models import OfficialItem, OfficialList
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.files.core.opening import open_sheets

# A whole list that leaves out more than this share of what stands is more likely a part of a list.
_WITHDRAWN_SHARE_MAX = 0.1
_EFFECTIVE_ON = {ListKind.HAZARDOUS: date(2025, 1, 1), ListKind.GENERAL: date(2024, 1, 22)}
_TITLES = {
    ListKind.HAZARDOUS: "国家危险废物名录（2025年版）",
    ListKind.GENERAL: "固体废物分类与代码目录（生态环境部公告2024年第4号）",
}
_LOCK = 0x57554649 + 17
"""One import at a time: the comparison must hold until it is written."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A published list: its bytes and name, the title and first day of the list, and whether it is a part.

    ``title`` and ``effective_on`` left out are those of the lists in force when this software was made.
    """

    content: bytes
    name: str
    title: str = ""
    effective_on: date | None = None
    part: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    Attributes
    ----------
    kind, title, effective_on : ListKind, str, date
        The list.
    comparison : Comparison
        New, changed, withdrawn and equal items.
    unconfirmed : tuple of str
        Codes that come with Wufei and that this whole list does not have; they end on its first day.
    findings : tuple of Finding
        The rows that were refused, with place and reason.
    written : bool
        Whether anything was written: not in a dry run, nor where nothing changes.
    """

    kind: ListKind
    title: str
    effective_on: date
    comparison: Comparison
    unconfirmed: tuple[str, ...]
    findings: tuple[Finding, ...]
    written: bool


def import_list(
    scope: Scope, *, file: ListFile, now: datetime, dry_run: bool = False, withdraw_many: bool = False
) -> ImportReport:
    """Import an official list as published; the same file again changes nothing.

    Rows that are wrong are left out and reported. Nothing is deleted: what is no longer listed, or says
    something else, ends on the first day of the new list.

    Raises
    ------
    AccessError
        The role may not write the catalogue.
    InputError
        The file cannot be read or has no row that can be used.
    ConflictError
        A later list stands already, or so much is missing that the file looks like a part of a list.
    """
    require(scope, "catalogue.write")
    annex = read_annex(open_sheets(file.content, file.name), file.name)
    record = OfficialList(
        kind=annex.kind,
        title=file.title or _TITLES[annex.kind],
        effective_on=file.effective_on or _EFFECTIVE_ON[annex.kind],
        # A row that was refused says nothing about its item: whatever stands under that code stays.
        whole=not file.part and not annex.findings,
        file_name=file.name[-200:],
        file_sha256=hashlib.sha256(file.content).hexdigest(),
        imported_at=now,
    )
    with session(scope):
        _lock()
        comparison = _compared(record, annex, withdraw_many=withdraw_many)
        written = not dry_run and not (comparison.changes_nothing and _stands(record))
        if written:
            _write(record, comparison)
    unconfirmed = _unconfirmed(annex.kind, annex.items) if record.whole else ()
    return ImportReport(
        annex.kind, record.title, record.effective_on, comparison, unconfirmed, annex.findings, written
    )


def _compared(record: OfficialList, annex: Annex, *, withdraw_many: bool) -> Comparison:
    latest = _latest(annex.kind)
    if latest and latest > record.effective_on:
        raise ConflictError("catalogue.older-list", _older(latest, record.effective_on))
    standing = _standing(annex.kind)
    comparison = compare(standing, annex.items, whole=record.whole)
    if not withdraw_many and len(comparison.withdrawn) > _WITHDRAWN_SHARE_MAX * len(standing):
        raise ConflictError("catalogue.many-withdrawn", _many(len(comparison.withdrawn), len(standing)))
    return comparison


def _stands(record: OfficialList) -> bool:
    """Say whether an import of the same list, as whole as this one, was recorded."""
    same = OfficialList.objects.filter(kind=record.kind, effective_on=record.effective_on)
    return same.filter(whole__gte=record.whole).exists()


def _lock() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _latest(kind: ListKind) -> date | None:
    newest = OfficialList.objects.filter(kind=kind).order_by("-effective_on").first()
    return newest.effective_on if newest else None


def _in_force(kind: ListKind) -> list[OfficialItem]:
    return list(OfficialItem.objects.filter(kind=kind, replaced_at=None, valid_to=None).order_by("code"))


def _standing(kind: ListKind) -> dict[str, AnnexItem]:
    return {
        row.code: AnnexItem(row.code, row.category, row.industry, row.name, row.hazards)
        for row in _in_force(kind)
    }


def _write(record: OfficialList, comparison: Comparison) -> None:
    record.save(force_insert=True)
    ended = {item.code for item in comparison.withdrawn} | {one.after.code for one in comparison.changed}
    for row in _in_force(ListKind(record.kind)):
        if row.code in ended:
            _end(row, record)
    incoming = [*comparison.new, *(change.after for change in comparison.changed)]
    OfficialItem.objects.bulk_create(_row(record, item) for item in incoming)


def _end(row: OfficialItem, record: OfficialList) -> None:
    """End an item: outdated from the day of the new list on, or wrong if it began that very day."""
    if row.valid_from < record.effective_on:
        row.valid_to = record.effective_on
    else:
        row.replaced_at = record.imported_at
    row.save(update_fields=["valid_to", "replaced_at"])


def _row(record: OfficialList, item: AnnexItem) -> OfficialItem:
    return OfficialItem(
        official_list=record,
        kind=record.kind,
        code=item.code,
        category=item.category,
        industry=item.industry[:200],
        name=item.name,
        hazards=item.hazards,
        valid_from=record.effective_on,
    )


def _unconfirmed(kind: ListKind, items: tuple[AnnexItem, ...]) -> tuple[str, ...]:
    named = {item.code for item in items}
    hazardous = kind is ListKind.HAZARDOUS
    return tuple(
        code for code, item in load_items().items() if item.hazardous == hazardous and code not in named
    )


def _older(latest: date, effective_on: date) -> Text:
    return Text(
        f"已导入 {latest} 起施行的名录，不能再导入更早的（{effective_on}）。请按施行日期先后导入，"
        "或核对 --effective。",
        f"A list in force from {latest} was imported; one of {effective_on} is older. Import lists in the "
        "order of their days, or check --effective.",
    )


def _many(withdrawn: int, standing: int) -> Text:
    return Text(
        f"文件里没有现行 {standing} 项中的 {withdrawn} 项，看来只是名录的一部分。若确是部分，请加 --part；"
        "若确已停用，请加 --withdraw-many。",
        f"The file lacks {withdrawn} of the {standing} items in force; it looks like a part of the list. If "
        "so, add --part; if they were indeed withdrawn, add --withdraw-many.",
    )
