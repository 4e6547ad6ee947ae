"""Assessments that were read in one's regions, and what one of them would enter for an enterprise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from wufei.kernel.errors import NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.records.catalogue.queries import finder, items
from wufei.records.plans.core.eia.kept import Json, eia_of
from wufei.records.plans.core.eia.taking import Known, StoreLine, WasteLine, store_lines, waste_lines
from wufei.records.plans.core.eia.values import Eia
from wufei.records.plans.models import EiaReading
from wufei.records.plans.queries.drafts import digest_of, finding_of
from wufei.records.plans.queries.eia import require_reader
from wufei.records.registry.queries import PaperRow, PlaceRow, papers_of, places_of
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import PartyRow, find_party, parties_by_id, parties_like

APPROVAL = "eia"
"""The kind of paper that approves an assessment."""
STORES = ("store", "storage-point")
_SHOWN = 30
_FOUND = 20


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """An assessment as lists show it; ``party`` is whose file it was taken over into."""

    id: UUID
    region_id: int
    title: str
    file_name: str
    wastes: int
    errors: int
    made_at: datetime
    party: PartyRow | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of an assessment and found wrong; ``taken`` as `take_over` kept it."""

    row: ReadingRow
    eia: Eia
    findings: tuple[Finding, ...]
    taken: Json


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be entered for an enterprise, beside what its file holds."""

    party: PartyRow
    stores: tuple[StoreLine, ...]
    wastes: tuple[WasteLine, ...]
    places: tuple[PlaceRow, ...]
    papers: tuple[PaperRow, ...]


def eia_readings(scope: Scope) -> list[ReadingRow]:
    """Give the assessments that were read in one's regions, the latest first."""
    require_reader(scope)
    found = EiaReading.objects.order_by("-made_at")
    if not scope.everything:
        found = found.filter(region_id__in=scope.region_ids)
    records = list(found[:_SHOWN])
    parties = parties_by_id(each.party_id for each in records if each.party_id)
    return [_row(each, parties) for each in records]


def same_eia(scope: Scope, region_id: int, content: bytes) -> ReadingRow | None:
    """Give what this very document was read into in a region, the latest."""
    require_reader(scope, region_id)
    found = EiaReading.objects.filter(region_id=region_id, sha256=digest_of(content)).order_by("-made_at")
    record = found.first()
    return _row(record, {}) if record else None


def get_eia_reading(scope: Scope, reading_id: UUID) -> Reading:
    """Give an assessment that was read.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    AccessError
        The role neither reviews nor keeps the register.
    """
    require_reader(scope)
    record = EiaReading.objects.filter(id=reading_id).first()
    if record is None or not (scope.everything or record.region_id in scope.region_ids):
        raise NotFoundError("assessment", reading_id)
    parties = parties_by_id([record.party_id] if record.party_id else [])
    findings = tuple(finding_of(each) for each in record.findings)
    return Reading(_row(record, parties), eia_of(record.content), findings, record.taken)


def firms_like(scope: Scope, words: str) -> list[PartyRow]:
    """Give enterprises of one's own regions whose name, credit code or key holds these words."""
    require_reader(scope)
    return parties_like(words, scope.region_ids, limit=_FOUND) if words else []


def firm_named(scope: Scope, key: str) -> PartyRow:
    """Give an enterprise by its key or credit code.

    Raises
    ------
    NotFoundError
        There is none, or it lies in no region of this person.
    """
    require_reader(scope)
    found = find_party(key)
    if not (scope.everything or found.region_id in scope.region_ids):
        raise NotFoundError("party", key)
    return found


def preview(
    scope: Scope, reading: Reading, party: PartyRow, *, on: date, chosen: Mapping[int, str] | None = None
) -> Preview:
    """Give what a reading would enter for an enterprise, each line beside what is there.

    Parameters
    ----------
    on : date
        The day of the lists that give codes, and on which papers are judged.
    chosen : mapping, optional
        Codes that a person gave, by index of the waste; else those that were taken over before.
    """
    require(scope, "registry.read", region_id=party.region_id, party_id=party.id)
    places = tuple(
        each for each in places_of([party.id], limit=None) if each.kind.key in STORES and not each.closed_on
    )
    papers = tuple(
        each for each in papers_of(scope, [party.id], on=on, limit=None) if each.kind.key == APPROVAL
    )
    if chosen is None:
        again = reading.row.party is not None and reading.row.party.id == party.id
        chosen = {int(at): code for at, code in reading.taken.get("codes", {}).items()} if again else {}
    known = [Known(each.kind.key, each.code, each.name, each.capacity, each.codes) for each in places]
    lines = {each.number: each.lines for each in papers}
    codes_of = finder(items(on), on)
    return Preview(
        party,
        tuple(store_lines(reading.eia, known)),
        tuple(waste_lines(reading.eia, lines, codes_of, reading.findings, chosen)),
        places,
        papers,
    )


def _row(record: EiaReading, parties: Mapping[int, PartyRow]) -> ReadingRow:
    return ReadingRow(
        record.id,
        record.region_id,
        record.content["title"] or record.file_name,
        record.file_name,
        len(record.content["wastes"]),
        sum(each["severity"] == Severity.ERROR for each in record.findings),
        record.made_at,
        parties.get(record.party_id or 0),
    )
