"""A workbook of the register, loaded: good rows are written, bad ones told, a repeat changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from wufei.kernel.errors import AccessError
from wufei.kernel.findings import Finding, Severity, has_error
from wufei.kernel.text import Text
from wufei.records.registry.core.drafts import PaperDraft, PersonDraft, PlaceDraft, TagDraft, VehicleDraft
from wufei.records.registry.core.regions import withdrawn_on
from wufei.records.registry.core.sheets import SHEETS, Entry, Reading, read_workbook
from wufei.records.registry.core.uscc import check_uscc, normal_uscc
from wufei.records.registry.models import Site
from wufei.records.registry.services.entries import (
    Saved,
    save_papers,
    save_people,
    save_places,
    save_tags,
    save_vehicles,
)
from wufei.records.registry.services.moving import move_rows
from wufei.records.registry.services.parties import kept_in_step, party_said
from wufei.records.registry.services.writing import SITES, WRITE, keep_changes, write_rows
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import PartyRow, RegionRow, all_regions, parties_named
from wufei.runtime.identity.services import save_parties


@dataclass(frozen=True, slots=True)
class SheetTally:
    """What became of the rows of one sheet."""

    sheet: Text
    rows: int
    made: int
    changed: int
    same: int
    refused: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a workbook; ``applied`` False: nothing was written, it was only looked at."""

    tallies: tuple[SheetTally, ...]
    findings: tuple[Finding, ...]
    applied: bool

    @property
    def changes(self) -> int:
        """Rows that were or would be new or changed."""
        return sum(each.made + each.changed for each in self.tallies)


class _Known:
    """What rows may name, read once for the whole file."""

    def __init__(self, reading: Reading) -> None:
        self.regions = {name: region for region in all_regions() for name in _names_of(region)}
        names = {
            str(entry.values[field])
            for entries in reading.entries.values()
            for entry in entries
            for field in ("party", "other_party", "key", "uscc")
            if entry.values.get(field)
        }
        self.parties: dict[str, list[PartyRow]] = {}
        for party in parties_named(names):
            self.add(party)
        sites = {
            str(entry.values["site"])
            for entry in reading.entries.get("places", ())
            if entry.values.get("site")
        }
        self.sites = {site.key: (site.id, site.party_id) for site in Site.objects.filter(key__in=sites)}

    def add(self, party: PartyRow) -> None:
        for name in {party.key, party.uscc or party.key, party.name.zh, party.name.en or party.key}:
            known = self.parties.setdefault(name, [])
            known[:] = [each for each in known if each.id != party.id] + [party]


def load_register(scope: Scope, *, content: bytes, name: str, apply: bool = True) -> LoadReport:
    """Load a workbook of the register (单位, 场所, 设施, 证照, 合同, 车辆, 人员, 标签).

    Every row is checked; good rows are written and bad ones come back as Findings with their cells. Of rows
    about the same thing the last one counts. The number of statements does not grow with the rows.

    Parameters
    ----------
    content, name : bytes, str
        The file and what people call it.
    apply : bool
        False: do all of it and take it back, so that the report says exactly what would happen.

    Raises
    ------
    InputError
        The file cannot be opened or has no sheet that is known.
    AccessError
        The role may not write to the register at all.
    """
    require(scope, WRITE)
    reading = read_workbook(content, name)
    with session(scope), transaction.atomic():
        known = _Known(reading)
        tallies, findings = [], list(reading.findings)
        for key, sheet in SHEETS.items():
            entries = reading.entries.get(key)
            if entries is None:
                continue
            saved = _STEPS[key](scope, entries, known)
            findings += saved.findings
            unread = _rows_named(reading.findings, sheet.title)
            refused = sum(one is None for one in saved.ids) + unread
            tallies.append(
                SheetTally(sheet.title, len(entries) + unread, saved.made, saved.changed, saved.same, refused)
            )
        if not apply:
            transaction.set_rollback(True)
    return LoadReport(tuple(tallies), tuple(sorted(findings, key=lambda each: each.severity.rank)), apply)


def _parties(scope: Scope, entries: Sequence[Entry], known: _Known) -> Saved:
    outcome = _Outcome(len(entries))
    rows: dict[str, tuple[int, dict[str, Any]]] = {}
    for index, entry in enumerate(entries):
        region = outcome.region(scope, entry, known)
        found = _party_row(outcome, entry, known)
        if region is not None and found is not None and outcome.reaches(scope, entry, found[1]):
            synthetic = found[1].synthetic if found[1] else region.synthetic
            rows[found[0]["key"]] = (index, {**found[0], "region_id": region.id, "synthetic": synthetic})
    standing = {key: own for key in rows if (own := _standing(known, key)) is not None}
    altered = {
        key: row for key, (_, row) in rows.items() if key not in standing or not _stands(standing[key], row)
    }
    ids = save_parties(list(altered.values()))
    for key, values in altered.items():
        before = standing.get(key)
        name = Text(values["name_zh"], values["name_en"])
        after = PartyRow(
            id=ids[key],
            key=key,
            uscc=values["uscc"],
            name=name,
            kind=values["kind"],
            region_id=values["region_id"],
            synthetic=values["synthetic"],
        )
        if before is not None and before.region_id != after.region_id:
            move_rows(before.id, after.region_id)
        known.add(after)
        outcome.changes.append(
            (
                {"party_id": after.id, "region_id": after.region_id},
                key,
                party_said(before) if before else None,
                party_said(after),
            )
        )
    keep_changes(scope, "party", outcome.changes)
    for key, (index, _) in rows.items():
        outcome.ids[index] = ids[key] if key in ids else standing[key].id
    made = len([key for key in altered if key not in standing])
    return outcome.saved(made, len(altered) - made, len(rows) - len(altered))


def _party_row(
    outcome: _Outcome, entry: Entry, known: _Known
) -> tuple[dict[str, Any], PartyRow | None] | None:
    values = entry.values
    key = str(values["key"])
    code = normal_uscc(str(values["uscc"])) if values.get("uscc") else None
    found = [replace(each, where=entry.place("uscc")) for each in check_uscc(code, "uscc")] if code else []
    bearers = [
        each.key for each in known.parties.get(code or "", ()) if each.uscc == code and each.key != key
    ]
    if bearers or outcome.bearers.setdefault(code or key, key) != key:
        bearer = bearers[0] if bearers else outcome.bearers[code or key]
        message = Text(f"信用代码 {code} 已属于 {bearer}。", f"The code {code} is {bearer}'s.")
        found.append(_finding("uscc-taken", entry.place("uscc"), code, message))
    outcome.findings += found
    if has_error(found):
        return None
    own = _standing(known, key)
    row = {
        "key": key,
        "uscc": code,
        "name_zh": str(values["name"]),
        "name_en": str(values.get("name_en") or ""),
        "kind": values["kind"],
    }
    return row, own


def _sites(scope: Scope, entries: Sequence[Entry], known: _Known) -> Saved:
    outcome = _Outcome(len(entries))
    rows: dict[str, tuple[int, dict[str, Any]]] = {}
    standing = {
        site.key: site for site in Site.objects.filter(key__in=[entry.values["key"] for entry in entries])
    }
    for index, entry in enumerate(entries):
        region, party = outcome.region(scope, entry, known), outcome.party(scope, entry, known)
        east, north = entry.values.get("longitude"), entry.values.get("latitude")
        if not _is_position(east, north):
            message = Text(
                "经度和纬度须同时填写，且在地球上。", "Give both longitude and latitude, on the globe."
            )
            outcome.findings.append(
                _finding("position", entry.place("longitude"), f"{east}, {north}", message)
            )
        elif region is not None and party is not None:
            old = standing.get(str(entry.values["key"]))
            if old is not None and not outcome.may(scope, entry, "key", old.region_id):
                continue
            strict = entry.values.get("strict")
            rows[str(entry.values["key"])] = (
                index,
                {
                    "key": entry.values["key"],
                    "party_id": party.id,
                    "region_id": region.id,
                    "name_zh": entry.values["name"],
                    "name_en": old.name_en if old else "",
                    "functional_region_id": old.functional_region_id if old else None,
                    "longitude": east,
                    "latitude": north,
                    "strict": (old.strict if old else True) if strict is None else strict,
                },
            )
    with kept_in_step("、".join(list(rows)[:3])):
        written = write_rows(scope, SITES, [row for _, row in rows.values()])
    for key, (index, row) in rows.items():
        outcome.ids[index] = written.ids[(key,)]
        known.sites[key] = (written.ids[(key,)], row["party_id"])
    return outcome.saved(written.made, written.changed, written.same)


def _drafts(
    save: Callable[[Scope, Any], Saved],
    draft_of: Callable[[Mapping[str, Any], PartyRow, _Outcome, Entry, _Known], Any],
) -> Callable[[Scope, Sequence[Entry], _Known], Saved]:
    """Make the step of a sheet whose rows are drafts of one party each."""

    def step(scope: Scope, entries: Sequence[Entry], known: _Known) -> Saved:
        outcome = _Outcome(len(entries))
        good: list[tuple[int, Any]] = []
        for index, entry in enumerate(entries):
            party = outcome.party(scope, entry, known)
            draft = None if party is None else draft_of(entry.values, party, outcome, entry, known)
            if draft is not None:
                good.append((index, draft))
        saved = save(scope, [draft for _, draft in good])
        for (index, _), row_id in zip(good, saved.ids, strict=True):
            outcome.ids[index] = row_id
        for finding in saved.findings:
            number, _, field = finding.where[1:].partition("/")
            entry = entries[good[int(number)][0]]
            outcome.findings.append(
                replace(finding, where=entry.place(_FIELDS.get(field, field.split("/")[0])))
            )
        return outcome.saved(saved.made, saved.changed, saved.same)

    return step


def _paper_draft(
    values: Mapping[str, Any], party: PartyRow, outcome: _Outcome, entry: Entry, known: _Known
) -> Any:
    other = None
    if values.get("other_party"):
        other = outcome.named(entry, "other_party", known)
        if other is None:
            return None
    return PaperDraft(
        party_id=party.id,
        kind=values.get("kind", "contract"),
        number=values["number"],
        valid_from=values["valid_from"],
        valid_to=values.get("valid_to"),
        issuer=values.get("issuer") or "",
        state=values.get("state") or "active",
        other_party_id=other.id if other else None,
        cycle=values.get("cycle") or "",
        amount_yuan=values.get("amount_yuan"),
        plate=values.get("plate") or "",
        lines=values.get("lines") or (),
    )


def _place_draft(
    values: Mapping[str, Any], party: PartyRow, outcome: _Outcome, entry: Entry, known: _Known
) -> Any:
    site = values.get("site")
    found = known.sites.get(site) if site else None
    if site and (found is None or found[1] != party.id):
        message = Text(f"{party.name.zh} 没有编号为“{site}”的场所。", f"The party has no site “{site}”.")
        outcome.findings.append(_finding("site", entry.place("site"), site, message))
        return None
    return PlaceDraft(
        party_id=party.id,
        kind=values["kind"],
        code=values["code"],
        name=values["name"],
        site_id=found[0] if found else None,
        capacity=values.get("capacity"),
        codes=values.get("codes") or (),
        attributes=values.get("attributes") or {},
        longitude=values.get("longitude"),
        latitude=values.get("latitude"),
        closed_on=values.get("closed_on"),
    )


def _vehicle_draft(values: Mapping[str, Any], party: PartyRow, *_: Any) -> Any:
    return VehicleDraft(
        party.id,
        values["plate"],
        values.get("kind") or "",
        *(values.get(each) for each in ("new_energy", "load_kg", "retired_on")),
    )


def _person_draft(values: Mapping[str, Any], party: PartyRow, *_: Any) -> Any:
    # A cell that an export masked says nothing new: what stands is kept.
    personal = {
        name: None if "*" in (values.get(name) or "") else values.get(name) or ""
        for name in ("name", "phone", "id_number")
    }
    return PersonDraft(
        party_id=party.id,
        code=values["code"],
        duty=values["duty"],
        certificate=values.get("certificate") or "",
        certificate_to=values.get("certificate_to"),
        left_on=values.get("left_on"),
        **personal,
    )


def _tag_draft(values: Mapping[str, Any], party: PartyRow, *_: Any) -> Any:
    return TagDraft(party.id, values["name"], values["valid_from"], values.get("valid_to"))


_STEPS: dict[str, Callable[[Scope, Sequence[Entry], _Known], Saved]] = {
    "parties": _parties,
    "sites": _sites,
    "places": _drafts(save_places, _place_draft),
    "papers": _drafts(save_papers, _paper_draft),
    "contracts": _drafts(save_papers, _paper_draft),
    "vehicles": _drafts(save_vehicles, _vehicle_draft),
    "people": _drafts(save_people, _person_draft),
    "tags": _drafts(save_tags, _tag_draft),
}
_FIELDS = {"other_party_id": "other_party"}


class _Outcome:
    """What is found while the rows of a sheet are made into drafts."""

    def __init__(self, count: int) -> None:
        self.ids: list[int | None] = [None] * count
        self.findings: list[Finding] = []
        self.bearers: dict[str, str] = {}
        self.refusals: dict[int, Text | None] = {}
        self.today = today_on()
        self.changes: list[tuple[Mapping[str, Any], str, Mapping[str, Any] | None, Mapping[str, Any]]] = []

    def saved(self, made: int, changed: int, same: int) -> Saved:
        return Saved(made, changed, same, tuple(self.ids), tuple(self.findings))

    def region(self, scope: Scope, entry: Entry, known: _Known) -> RegionRow | None:
        name = str(entry.values["region"])
        region = known.regions.get(name)
        fault = (
            Text(f"没有区域“{name}”。", f"There is no region “{name}”.")
            if region is None
            else withdrawn_on(region.key, self.today)
        )
        if fault is not None:
            self.findings.append(_finding("region", entry.place("region"), name, fault))
            return None
        return region if region and self.may(scope, entry, "region", region.id) else None

    def party(self, scope: Scope, entry: Entry, known: _Known) -> PartyRow | None:
        party = self.named(entry, "party", known)
        return party if party and self.may(scope, entry, "party", party.region_id) else None

    def named(self, entry: Entry, field: str, known: _Known) -> PartyRow | None:
        name = str(entry.values[field])
        found = known.parties.get(name, [])
        if len(found) == 1:
            return found[0]
        keys = "、".join(party.key for party in found)
        message = (
            Text(
                f"“{name}”有 {len(found)} 家：{keys}。请填编号或信用代码。",
                f"“{name}” names {len(found)}: {keys}. Give key or code.",
            )
            if found
            else Text(f"没有登记“{name}”。请先在“单位”表中登记。", f"“{name}” is not registered.")
        )
        self.findings.append(_finding("party", entry.place(field), name, message))
        return None

    def reaches(self, scope: Scope, entry: Entry, standing: PartyRow | None) -> bool:
        return standing is None or self.may(scope, entry, "key", standing.region_id)

    def may(self, scope: Scope, entry: Entry, field: str, region_id: int) -> bool:
        if region_id not in self.refusals:
            self.refusals[region_id] = _refusal(scope, region_id)
        refusal = self.refusals[region_id]
        if refusal is not None:
            self.findings.append(_finding("access", entry.place(field), entry.values[field], refusal))
        return refusal is None


def _refusal(scope: Scope, region_id: int) -> Text | None:
    try:
        require(scope, WRITE, region_id=region_id)
    except AccessError as error:
        return error.message
    return None


def _standing(known: _Known, key: str) -> PartyRow | None:
    return next((each for each in known.parties.get(key, ()) if each.key == key), None)


def _stands(party: PartyRow, row: Mapping[str, Any]) -> bool:
    stands = (party.uscc, party.name.zh, party.name.en, party.kind, party.region_id)
    return stands == tuple(row[name] for name in ("uscc", "name_zh", "name_en", "kind", "region_id"))


def _is_position(east: Any, north: Any) -> bool:
    if east is None or north is None:
        return east is None and north is None
    return bool(abs(east) <= 180 and abs(north) <= 90)


def _names_of(region: RegionRow) -> Iterable[str]:
    return {region.key, region.code or region.key, region.name.zh, region.name.en or region.key}


def _rows_named(findings: Iterable[Finding], title: Text) -> int:
    """Count the rows of a sheet of which some cell could not be read."""
    rows = {
        "".join(filter(str.isdigit, each.where.rpartition("!")[2]))
        for each in findings
        if each.code == "registry.cell" and each.where.partition("!")[0].strip("'") in (title.zh, title.en)
    }
    return len(rows)


def _finding(code: str, where: str, value: object, message: Text) -> Finding:
    fix = Text("请改正该行后重新导入原文件。", "Mend the row and load the same file again.")
    return Finding(f"registry.{code}", Severity.ERROR, where, message, value=str(value), fix=fix)
