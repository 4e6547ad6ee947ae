"""One file per enterprise: all that is known of a party, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from wufei.kernel.errors import NotFoundError
from wufei.records.registry.core.lifecycle import EventKind
from wufei.records.registry.core.papers import Line
from wufei.records.registry.core.producers import ManagementClass
from wufei.records.registry.models import (
    Change,
    ClassDecision,
    Paper,
    PaperLine,
    PartyEvent,
    PartyProfile,
    Person,
    PersonalDetail,
    Place,
    Site,
    Tag,
    Vehicle,
)
from wufei.records.registry.queries.parties import site_row
from wufei.records.registry.queries.rows import (
    ChangeRow,
    DecisionRow,
    EnterpriseFile,
    EventRow,
    PaperRow,
    PersonRow,
    PlaceRow,
    TagRow,
    VehicleRow,
    paper_row,
    place_row,
)
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.core.masking import mask_id_number, mask_name, mask_phone, may_see_personal
from wufei.runtime.identity.queries import PartyRow, find_party, names_of_users, parties_by_id, regions_by_id

SHOWN = 200
"""Rows of one section: a page of a carrier with more vehicles says so and leads to the export."""
CHANGES_SHOWN = 50


def enterprise_file(scope: Scope, key: str, *, on: date) -> EnterpriseFile:
    """Give all that is known of a party, by its key or credit code.

    Parameters
    ----------
    on : date
        The day on which papers are judged.

    Raises
    ------
    NotFoundError
        There is no such party.
    AccessError
        The scope does not reach it.
    """
    party = find_party(key)
    require(scope, "registry.read", region_id=party.region_id, party_id=party.id)
    papers = papers_of(scope, [party.id], on=on, also_other=True)
    events = tuple(PartyEvent.objects.filter(party_id=party.id).order_by("-happened_on", "-id")[:SHOWN])
    profile = PartyProfile.objects.filter(party_id=party.id).first()
    others = {paper.other_party_id for paper in papers} | {paper.party_id for paper in papers}
    names = parties_by_id({*others, *(event.other_party_id for event in events)} - {None})  # type: ignore[arg-type]
    merged = next((event for event in events if event.kind == EventKind.MERGED), None)
    closed = next((event for event in events if event.kind == EventKind.CLOSED), None)
    return EnterpriseFile(
        party=party,
        region=regions_by_id([party.region_id])[party.region_id],
        on=on,
        industry_code=profile.industry_code if profile else "",
        address=profile.address if profile else "",
        proposed=_class(profile.management_class_proposed if profile else ""),
        decisions=tuple(decisions_of([party.id])),
        sites=tuple(
            site_row(each) for each in Site.objects.filter(party_id=party.id).order_by("key")[:SHOWN]
        ),
        places=places_of([party.id]),
        papers=papers,
        vehicles=vehicles_of([party.id]),
        people=people_of(scope, [party.id]),
        tags=tags_of([party.id]),
        events=tuple(
            EventRow(EventKind(e.kind), e.happened_on, e.before, e.after, e.other_party_id) for e in events
        ),
        changes=changes_of(party.id),
        names=names,
        closed_on=closed.happened_on if closed else None,
        merged_into=names.get(merged.other_party_id or 0) if merged else None,
    )


def papers_of(
    scope: Scope, party_ids: Iterable[int], *, on: date, also_other: bool = False, limit: int | None = SHOWN
) -> tuple[PaperRow, ...]:
    """Give the papers of parties, the latest end first; with ``also_other`` also as the other side."""
    require(scope, "registry.read")
    ids = set(party_ids)
    theirs = Q(party_id__in=ids) | (Q(other_party_id__in=ids) if also_other else Q())
    chosen = Paper.objects.filter(theirs) if also_other else Paper.objects.filter(party_id__in=ids)
    rows = list(_columns(chosen.order_by("-valid_to", "-id"), PaperRow, {"standing", "lines"})[:limit])
    lines = _lines_of([row["id"] for row in rows])
    return tuple(paper_row(row, lines.get(row["id"], ()), on) for row in rows)


def places_of(party_ids: Iterable[int], limit: int | None = SHOWN) -> tuple[PlaceRow, ...]:
    """Give the places of parties, by kind and code."""
    chosen = Place.objects.filter(party_id__in=set(party_ids)).order_by("kind", "code", "id")
    return tuple(place_row(row) for row in _columns(chosen, PlaceRow, set())[:limit])


def vehicles_of(party_ids: Iterable[int], limit: int | None = SHOWN) -> tuple[VehicleRow, ...]:
    """Give the vehicles of parties, by plate."""
    chosen = Vehicle.objects.filter(party_id__in=set(party_ids)).order_by("plate", "id")
    return tuple(VehicleRow(**row) for row in _columns(chosen, VehicleRow, set())[:limit])


def people_of(scope: Scope, party_ids: Iterable[int], limit: int | None = SHOWN) -> tuple[PersonRow, ...]:
    """Give the people of parties, by number; what is personal masked unless the scope may read it."""
    chosen = Person.objects.filter(party_id__in=set(party_ids)).order_by("code", "id")
    rows = list(_columns(chosen, PersonRow, {"name", "phone", "id_number"})[:limit])
    found = PersonalDetail.objects.filter(person_id__in=[row["id"] for row in rows])
    details = {each.person_id: (each.name, each.phone, each.id_number) for each in found}
    return tuple(_person(scope, row, details.get(row["id"], ("", "", ""))) for row in rows)


def tags_of(party_ids: Iterable[int]) -> tuple[TagRow, ...]:
    """Give the tags of parties, the latest first."""
    chosen = Tag.objects.filter(party_id__in=set(party_ids)).order_by("-valid_from", "name")
    return tuple(TagRow(**row) for row in _columns(chosen, TagRow, set()))


def decisions_of(party_ids: Iterable[int]) -> list[DecisionRow]:
    """Give the decisions on the management class of parties, the latest first."""
    chosen = ClassDecision.objects.filter(party_id__in=set(party_ids)).order_by("-decided_on", "-id")
    return [
        DecisionRow(
            each.party_id,
            ManagementClass(each.management_class),
            _class(each.proposed),
            each.reason,
            each.decided_on,
            each.user_id,
        )
        for each in chosen
    ]


def changes_of(party_id: int, limit: int = CHANGES_SHOWN) -> tuple[ChangeRow, ...]:
    """Give the latest changes of a party's file, with the names of those who made them."""
    rows = list(Change.objects.filter(party_id=party_id).order_by("-id")[:limit])
    users = names_of_users({row.user_id for row in rows if row.user_id is not None})
    return tuple(
        ChangeRow(
            row.thing,
            row.key,
            _changed(row.before, row.after),
            row.before is None,
            users.get(row.user_id or 0, ""),
            row.changed_at,
        )
        for row in rows
    )


def find_paper(scope: Scope, paper_id: int, *, on: date) -> tuple[PaperRow, PartyRow]:
    """Give one paper and its holder.

    Raises
    ------
    NotFoundError
        There is no such paper, or not for this scope.
    """
    require(scope, "registry.read")
    row = _columns(Paper.objects.filter(id=paper_id), PaperRow, {"standing", "lines"}).first()
    if row is None:
        raise NotFoundError("paper", paper_id)
    lines = _lines_of([paper_id])
    return paper_row(row, lines.get(paper_id, ()), on), parties_by_id([row["party_id"]])[row["party_id"]]


def _lines_of(paper_ids: Iterable[int]) -> dict[int, tuple[Line, ...]]:
    found: dict[int, tuple[Line, ...]] = {}
    for line in PaperLine.objects.filter(paper_id__in=list(paper_ids)).order_by("code", "way"):
        one = Line(line.code, line.way, line.quota_g)
        found[line.paper_id] = (*found.get(line.paper_id, ()), one)
    return found


def _columns(chosen: Any, row: type, without: set[str]) -> Any:
    return chosen.values(*(name for name in row.__dataclass_fields__ if name not in without))  # type: ignore[attr-defined]


def _person(scope: Scope, row: Mapping[str, Any], detail: tuple[str, str, str]) -> PersonRow:
    name, phone, id_number = detail
    # Row-level security has left only people of the scope's places.
    if not may_see_personal(scope, party_id=row["party_id"]):
        name, phone, id_number = mask_name(name), mask_phone(phone), mask_id_number(id_number)
    return PersonRow(**row, name=name, phone=phone, id_number=id_number)


def _changed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    old = before or {}
    names = [name for name in {**old, **after} if old.get(name) != after.get(name)]
    return tuple((name, _word(old.get(name)), _word(after.get(name))) for name in names)


def _word(value: object) -> str:
    return "" if value is None or value in ([], {}) else str(value)


def _class(text: str | None) -> ManagementClass | None:
    return ManagementClass(text) if text else None
