"""Writes of papers, places, vehicles, people and tags: any number at once, every good one kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from secrets import token_urlsafe
from typing import Any

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.findings import Finding, has_error
from wufei.records.registry.core.drafts import (
    PaperDraft,
    PersonDraft,
    PlaceDraft,
    TagDraft,
    VehicleDraft,
    check_paper,
    check_person,
    check_place,
    check_tag,
    check_vehicle,
)
from wufei.records.registry.core.kinds import paper_kinds, place_kinds, read_attributes
from wufei.records.registry.core.papers import PaperState, Term, overlap_findings
from wufei.records.registry.core.plates import is_new_energy, normal_plate
from wufei.records.registry.models import Paper, PaperLine, PersonalDetail
from wufei.records.registry.services.writing import (
    LINES,
    PAPERS,
    PEOPLE,
    PLACES,
    TAGS,
    VEHICLES,
    Table,
    Written,
    keep_changes,
    one_of,
    write_rows,
)
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import parties_by_id

Draft = PaperDraft | PlaceDraft | VehicleDraft | PersonDraft | TagDraft
_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of drafts: how many were new, changed, as they stood, refused; and what is to be looked at.

    ``findings`` names its draft by the first part of its place: ``/3/number`` is the number of the fourth.
    ``ids`` are in the order of the drafts, None for a refused one.
    """

    made: int
    changed: int
    same: int
    ids: tuple[int | None, ...]
    findings: tuple[Finding, ...]


def save_papers(scope: Scope, drafts: Sequence[PaperDraft]) -> Saved:
    """Create or update papers by party, kind and number, with their lines; lines left out are taken away.

    Raises
    ------
    AccessError
        A party lies outside the scope.
    NotFoundError
        There is no such party.
    """
    good, findings = _checked(drafts, check_paper)
    regions = _regions(drafts)
    with session(scope):
        rows = {index: _paper_row(draft, regions) for index, draft in good.items()}
        written = write_rows(
            scope, PAPERS, list(rows.values()), lambda: {"token": token_urlsafe(_TOKEN_BYTES)}
        )
        ids = _ids(PAPERS, rows, written, len(drafts))
        altered = _write_lines(
            scope, [(ids[index] or 0, rows[index], draft) for index, draft in good.items()]
        )
        touched = {paper_id: index for index, paper_id in enumerate(ids) if paper_id is not None}
        findings += _overlaps({draft.party_id for draft in good.values()}, touched)
    # A paper whose lines alone differ was changed too.
    lines_only = len(altered - written.touched)
    return Saved(written.made, written.changed + lines_only, written.same - lines_only, ids, tuple(findings))


def save_places(scope: Scope, drafts: Sequence[PlaceDraft]) -> Saved:
    """Create or update places by party, kind and code; raises as `save_papers`."""
    return _save(scope, PLACES, drafts, check_place, _place_row)[0]


def save_vehicles(scope: Scope, drafts: Sequence[VehicleDraft]) -> Saved:
    """Create or update vehicles by party and plate; raises as `save_papers`."""
    return _save(scope, VEHICLES, drafts, check_vehicle, _vehicle_row)[0]


def save_tags(scope: Scope, drafts: Sequence[TagDraft]) -> Saved:
    """Create or update tags by party, name and first day; raises as `save_papers`."""
    return _save(scope, TAGS, drafts, check_tag, _tag_row)[0]


def save_people(scope: Scope, drafts: Sequence[PersonDraft]) -> Saved:
    """Create or update people by party and number; what is personal goes into a table that can be erased.

    The history says that a name, phone or identity number was changed, never from what to what. Raises as
    `save_papers`.
    """
    with session(scope):
        saved, good = _save(scope, PEOPLE, drafts, check_person, _person_row)
        altered = _write_personal(scope, {saved.ids[index] or 0: draft for index, draft in good.items()})
    return replace(saved, changed=saved.changed + altered, same=saved.same - altered)


def save_one(scope: Scope, draft: Draft) -> Saved:
    """Save a single draft, as a form does.

    Raises
    ------
    InputError
        The first error of the draft; its field is the JSON Pointer of the place.
    AccessError, NotFoundError
        As `save_papers`.
    """
    saved = _save_any(scope, draft)
    for finding in saved.findings:
        if finding.severity == "error":
            raise InputError(finding.code, finding.where.removeprefix("/0"), finding.value, finding.message)
    return replace(
        saved, findings=tuple(replace(each, where=each.where.removeprefix("/0")) for each in saved.findings)
    )


def erase_personal(scope: Scope, *, person_id: int) -> None:
    """Erase name, phone and identity number of a person; what they did stays under their number.

    Raises
    ------
    NotFoundError
        There is no such person, or nothing is kept of them any more.
    AccessError
        The person lies outside the scope.
    """
    with session(scope):
        detail = PersonalDetail.objects.filter(person_id=person_id).first()
        if detail is None:
            raise NotFoundError("person", person_id)
        place = {"party_id": detail.party_id, "region_id": detail.region_id}
        detail.delete()
        keep_changes(scope, "person", [(place, str(person_id), None, {"personal": "erased"})])


def _save_any(scope: Scope, draft: Draft) -> Saved:
    if isinstance(draft, PaperDraft):
        return save_papers(scope, [draft])
    if isinstance(draft, PlaceDraft):
        return save_places(scope, [draft])
    if isinstance(draft, VehicleDraft):
        return save_vehicles(scope, [draft])
    return save_people(scope, [draft]) if isinstance(draft, PersonDraft) else save_tags(scope, [draft])


def _save(
    scope: Scope,
    table: Table,
    drafts: Sequence[Any],
    check: Callable[[Any], list[Finding]],
    row_of: Callable[[Any, Mapping[int, int]], dict[str, Any]],
) -> tuple[Saved, dict[int, Any]]:
    good, findings = _checked(drafts, check)
    regions = _regions(drafts)
    rows = {index: row_of(draft, regions) for index, draft in good.items()}
    with session(scope):
        written = write_rows(scope, table, list(rows.values()))
    ids = _ids(table, rows, written, len(drafts))
    return Saved(written.made, written.changed, written.same, ids, tuple(findings)), good


def _checked(
    drafts: Sequence[Any], check: Callable[[Any], list[Finding]]
) -> tuple[dict[int, Any], list[Finding]]:
    good, findings = {}, []
    for index, draft in enumerate(drafts):
        found = [replace(each, where=f"/{index}{each.where}") for each in check(draft)]
        findings += found
        if not has_error(found):
            good[index] = draft
    return good, findings


def _regions(drafts: Sequence[Any]) -> dict[int, int]:
    others = {getattr(draft, "other_party_id", None) or 0 for draft in drafts} - {0}
    wanted: set[int] = {draft.party_id for draft in drafts} | others
    found = {party_id: party.region_id for party_id, party in parties_by_id(wanted).items()}
    for party_id in sorted(wanted - set(found)):
        raise NotFoundError("party", party_id)
    return found


def _ids(
    table: Table, rows: Mapping[int, Mapping[str, Any]], written: Written, count: int
) -> tuple[int | None, ...]:
    found: list[int | None] = [None] * count
    for index, row in rows.items():
        found[index] = written.ids[tuple(row[name] for name in table.natural)]
    return tuple(found)


def _paper_row(draft: PaperDraft, regions: Mapping[int, int]) -> dict[str, Any]:
    row = {name: getattr(draft, name) for name in (*PAPERS.natural, *PAPERS.fields) if name != "region_id"}
    row["number"], row["plate"] = draft.number.strip(), normal_plate(draft.plate)
    return {**row, "region_id": regions[draft.party_id]}


def _place_row(draft: PlaceDraft, regions: Mapping[int, int]) -> dict[str, Any]:
    row = asdict(draft)
    row["attributes"] = read_attributes(place_kinds()[draft.kind], draft.attributes, "")[0]
    return {**row, "codes": list(draft.codes), "region_id": regions[draft.party_id]}


def _vehicle_row(draft: VehicleDraft, regions: Mapping[int, int]) -> dict[str, Any]:
    plate = normal_plate(draft.plate)
    new_energy = is_new_energy(plate) if draft.new_energy is None else draft.new_energy
    return {**asdict(draft), "plate": plate, "new_energy": new_energy, "region_id": regions[draft.party_id]}


def _person_row(draft: PersonDraft, regions: Mapping[int, int]) -> dict[str, Any]:
    personal = {"name", "phone", "id_number"}
    row = {name: value for name, value in asdict(draft).items() if name not in personal}
    return {**row, "region_id": regions[draft.party_id]}


def _tag_row(draft: TagDraft, regions: Mapping[int, int]) -> dict[str, Any]:
    return {**asdict(draft), "region_id": regions[draft.party_id]}


def _write_lines(scope: Scope, papers: Sequence[tuple[int, Mapping[str, Any], PaperDraft]]) -> frozenset[int]:
    """Write the lines of papers and give the papers of which some line was new, changed or taken away."""
    rows = [
        {
            "paper_id": paper_id,
            "code": line.code.strip(),
            "way": line.way.strip(),
            "party_id": row["party_id"],
            "region_id": row["region_id"],
            "other_party_id": row["other_party_id"],
            "quota_g": line.quota_g,
        }
        for paper_id, row, draft in papers
        for line in draft.lines
    ]
    kept = {(row["paper_id"], row["code"], row["way"]) for row in rows}
    standing = PaperLine.objects.filter(paper_id__in=one_of(paper_id for paper_id, _, _ in papers))
    places = {paper_id: row for paper_id, row, _ in papers}
    gone = [line for line in standing if (line.paper_id, line.code, line.way) not in kept]
    if gone:
        PaperLine.objects.filter(id__in=[line.id for line in gone]).delete()
        taken: list[tuple[Mapping[str, Any], str, Mapping[str, Any] | None, Mapping[str, Any]]] = [
            (places[line.paper_id], f"{line.code}/{line.way}", {"quota_g": line.quota_g}, {}) for line in gone
        ]
        keep_changes(scope, "paper-line", taken)
    written = write_rows(scope, LINES, rows)
    lines = {line_id: key[0] for key, line_id in written.ids.items()}
    return frozenset({line.paper_id for line in gone} | {lines[line_id] for line_id in written.touched})


def _write_personal(scope: Scope, people: Mapping[int, PersonDraft]) -> int:
    """Write what is personal; give the number of people of whom something was changed."""
    standing = {each.person_id: each for each in PersonalDetail.objects.filter(person_id__in=people)}
    regions = _regions(list(people.values()))
    fresh: list[PersonalDetail] = []
    changed: list[PersonalDetail] = []
    for person_id, draft in people.items():
        old = standing.get(person_id)
        was = (old.name, old.phone, old.id_number) if old else ("", "", "")
        says = (draft.name, draft.phone, draft.id_number)
        wanted = tuple(kept if said is None else said.strip() for said, kept in zip(says, was, strict=True))
        if old is not None and was == wanted:
            continue
        (changed if old is not None else fresh).append(
            PersonalDetail(
                person_id=person_id,
                party_id=draft.party_id,
                region_id=regions[draft.party_id],
                name=wanted[0],
                phone=wanted[1],
                id_number=wanted[2],
            )
        )
    PersonalDetail.objects.bulk_create(
        [*fresh, *changed],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["name", "phone", "id_number"],
    )
    keep_changes(
        scope,
        "person",
        [
            (
                {"party_id": each.party_id, "region_id": each.region_id},
                people[each.person_id].code,
                None,
                {"personal": "changed"},
            )
            for each in changed
        ],
    )
    return len(changed)


def _overlaps(party_ids: set[int], touched: Mapping[int, int]) -> list[Finding]:
    """Give the overlaps in which a paper of this call takes part, at the place of its draft."""
    kinds = [kind.key for kind in paper_kinds().values() if not kind.overlap]
    found = Paper.objects.filter(party_id__in=one_of(party_ids), kind__in=kinds).order_by("id")
    columns = ("id", "kind", "number", "party_id", "valid_from", "valid_to", "state")
    terms = [
        Term(str(row_id), kind, number, party_id, start, end, PaperState(state))
        for row_id, kind, number, party_id, start, end, state in found.values_list(*columns)
    ]
    findings = []
    for finding in overlap_findings(terms):
        index = touched.get(int(finding.where))
        if index is not None:
            findings.append(replace(finding, where=f"/{index}/valid_from"))
    return findings
