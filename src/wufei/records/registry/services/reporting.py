"""What forms say of parties: judged before it is entered, written once it may stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.registry.core.drafts import PaperDraft, PersonDraft, PlaceDraft, TagDraft, VehicleDraft
from wufei.records.registry.core.kinds import paper_kinds
from wufei.records.registry.core.papers import PaperState, Term, overlap_findings, overlapping
from wufei.records.registry.core.plates import normal_plate
from wufei.records.registry.core.reports import Draft, Named, Report
from wufei.records.registry.models import Paper, Site
from wufei.records.registry.services.entries import save_one
from wufei.records.registry.services.parties import save_site
from wufei.records.registry.services.writing import PAPERS, PEOPLE, PLACES, TAGS, VEHICLES, standing_of
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.forms.core.entries import Answered, EntryRow
from wufei.runtime.identity.queries import PartyRow, find_party, parties_by_id, parties_named, regions_under

_TABLES = {
    PaperDraft: PAPERS,
    PlaceDraft: PLACES,
    VehicleDraft: VEHICLES,
    PersonDraft: PEOPLE,
    TagDraft: TAGS,
}
Natural = tuple[object, ...]


def findings_of(_: Scope, report: Report, answered: Sequence[Answered]) -> list[list[Finding]]:
    """Give what is wrong with each of several reports, in a number of queries that does not grow.

    An office that names no firm, a draft that is wrong by itself, one that is in the register already, twice
    in one workbook, or overlaps another paper. Call inside the session of whoever enters.
    """
    named, whose = _whose(answered)
    found = [list(said) for _, said in whose]
    drafts: dict[int, Draft] = {}
    for index, (each, (party_id, _said)) in enumerate(zip(answered, whose, strict=True)):
        draft = report.draft_of(each.values, party_id, named) if party_id is not None else None
        if draft is not None:
            drafts[index] = draft
            found[index] += report.findings_of(draft)
    for index, finding in (*_known(drafts, report.key), *_overlaps(drafts)):
        found[index].append(finding)
    return found


def keep_report(scope: Scope, report: Report, entry: EntryRow) -> None:
    """Write what an entry says into the register; a paper keeps the state that an officer gave it.

    Raises
    ------
    InputError
        The first error, at its field.
    AccessError
        The firm lies outside the region in which the entry was made.
    """
    party = reported_party(entry)
    draft = report.draft_of(entry.values, party.id, _named([entry.values]))
    if draft is None:
        missing = next(field for field in report.needed if field not in entry.values)
        raise InputError("registry.missing", f"/{missing}", "", Text("须填写。", "It is needed."))
    writer = writer_of(scope)
    with session(writer):
        if isinstance(draft, PaperDraft):
            standing = Paper.objects.filter(party_id=party.id, kind=draft.kind, number=draft.number).first()
            draft = replace(draft, state=standing.state if standing else draft.state)
        save_one(writer, draft)


def keep_reported_site(scope: Scope, entry: EntryRow) -> None:
    """Write a new site of a firm, or name and position of the one it named; raises as `keep_report`."""
    party, values = reported_party(entry), entry.values
    writer = writer_of(scope)
    with session(writer):
        named = str(values.get("site", ""))
        site = Site.objects.filter(key=named, party_id=party.id).first() if named else None
        if named and site is None:
            finding = _not_its_site(named)
            raise InputError(finding.code, finding.where, named, finding.message)
        at = values.get("position")
        place = at if isinstance(at, dict) else {}
        save_site(
            writer,
            # The entry's own number makes a key that stays the same however often it is written.
            key=site.key if site else f"{party.key[:50]}-{entry.id.hex[-12:]}",
            name=Text(str(values["name"]), str(values.get("name_en", ""))),
            party_id=party.id,
            region_id=site.region_id if site else party.region_id,
            functional_region_id=site.functional_region_id if site else None,
            longitude=Decimal(str(place["longitude"])) if place else None,
            latitude=Decimal(str(place["latitude"])) if place else None,
            strict=site.strict if site else True,
        )


def site_findings(_: Scope, answered: Sequence[Answered]) -> list[list[Finding]]:
    """Give what is wrong with reports of sites: no firm named by an office, or another's site."""
    return [said for _, said in _whose(answered)[1]]


def writer_of(scope: Scope) -> Scope:
    """Give who writes: whoever passed or may enter; that is what allows it, also to a reviewer."""
    return replace(Scope.operator(), user_id=scope.user_id, membership_id=scope.membership_id)


def reported_party(entry: EntryRow) -> PartyRow:
    """Give whose it is: the firm that filled it in, or the one that an office named within its region.

    Raises
    ------
    InputError
        ``registry.firm``: there is no such firm.
    AccessError
        It lies outside the region in which the entry was made.
    """
    if entry.party_id is not None:
        return parties_by_id([entry.party_id])[entry.party_id]
    named = str(entry.values.get("firm", ""))
    try:
        party = find_party(named)
    except NotFoundError as error:
        message = Text(
            f"没有信用代码为“{named}”的单位。请核对代码，或先登记该单位。",
            f"No firm has the code “{named}”. Check it, or register the firm first.",
        )
        raise InputError("registry.firm", "/firm", named, message) from error
    if party.region_id not in regions_under(entry.region_id):
        raise AccessError("registry.write")
    return party


def _whose(answered: Sequence[Answered]) -> tuple[Named, list[tuple[int | None, list[Finding]]]]:
    """Give of each whose it is, None where that cannot be told, and what is wrong with firm and site."""
    named = _named([each.values for each in answered])
    owners = dict(Site.objects.filter(key__in=named.sites).values_list("key", "party_id"))
    found: list[tuple[int | None, list[Finding]]] = []
    for each in answered:
        firm, site = str(each.values.get("firm", "")), str(each.values.get("site", ""))
        party_id = each.party_id if each.party_id is not None else named.parties.get(firm)
        said = [] if party_id is not None or firm else [_no_firm()]
        if party_id is not None and owners.get(site, party_id) != party_id:
            said.append(_not_its_site(site))
        found.append((party_id, said))
    return named, found


def _named(many: Sequence[Mapping[str, object]]) -> Named:
    firms = {str(values[key]) for values in many for key in ("firm", "other") if key in values}
    sites = {str(values["site"]) for values in many if "site" in values}
    parties = {name: party.id for party in parties_named(firms) for name in (party.key, party.uscc) if name}
    return Named(parties, {site.key: site.id for site in Site.objects.filter(key__in=sites)})


def _known(drafts: Mapping[int, Draft], field: str) -> Iterable[tuple[int, Finding]]:
    """Warn of what the register has already, and refuse what stands twice among the drafts themselves."""
    if not drafts:
        return
    table = _TABLES[type(next(iter(drafts.values())))]
    naturals = {index: _natural(draft, table.natural) for index, draft in drafts.items()}
    standing = standing_of(table, [{table.natural[0]: each.party_id} for each in drafts.values()])
    seen: set[Natural] = set()
    for index, natural in naturals.items():
        value = str(natural[table.natural.index(field)])
        if natural in seen:
            yield index, _twice(field, value)
        elif natural in standing:
            yield index, _standing(field, value)
        seen.add(natural)


def _natural(draft: Draft, names: Sequence[str]) -> Natural:
    values = {name: getattr(draft, name) for name in names}
    if "plate" in values:
        values["plate"] = normal_plate(values["plate"])
    return tuple(value.strip() if isinstance(value, str) else value for value in values.values())


def _overlaps(drafts: Mapping[int, Draft]) -> Iterable[tuple[int, Finding]]:
    """Give the overlaps of drafts with what stands and with one another, at each draft that takes part."""
    papers = {
        index: draft
        for index, draft in drafts.items()
        if isinstance(draft, PaperDraft)
        and draft.kind in paper_kinds()
        and not paper_kinds()[draft.kind].overlap
        and (draft.valid_to is None or draft.valid_from <= draft.valid_to)
    }
    if not papers:
        return
    replaced = {_natural(draft, PAPERS.natural) for draft in papers.values()}
    kinds = {draft.kind for draft in papers.values()}
    chosen = Paper.objects.filter(party_id__in={draft.party_id for draft in papers.values()}, kind__in=kinds)
    terms = [
        _term(f"kept-{row.id}", row.party_id, row.kind, row.number, row.valid_from, row.valid_to, row.state)
        for row in chosen.order_by("id")
        if (row.party_id, row.kind, row.number) not in replaced
    ]
    terms += [
        _term(str(at), one.party_id, one.kind, one.number, one.valid_from, one.valid_to, one.state)
        for at, one in papers.items()
    ]
    for pair in overlapping(terms):
        (finding,) = overlap_findings(pair)
        for term in pair:
            if term.key.isdecimal():
                yield int(term.key), replace(finding, where="/valid_from")


def _term(  # noqa: PLR0917 - what a paper is to its rules
    key: str, party_id: int, kind: str, number: str, valid_from: date, valid_to: date | None, state: str
) -> Term:
    return Term(key, kind, number, party_id, valid_from, valid_to, PaperState(state))


def _no_firm() -> Finding:
    return Finding(
        "registry.firm",
        Severity.ERROR,
        "/firm",
        Text("请指明单位：代单位填报时必填。", "Name the firm: an office fills in for one."),
        rule=Text("每条登记属于一家单位。", "Whatever is registered belongs to a firm."),
        fix=Text(
            "输入名称或信用代码查找，从列表中选择。", "Type its name or credit code and choose from the list."
        ),
    )


def _not_its_site(site: str) -> Finding:
    return Finding(
        "registry.site-of-another",
        Severity.ERROR,
        "/site",
        Text(f"场所“{site}”不属于该单位。", f"The site “{site}” is not the firm's."),
        value=site,
        rule=Text("只能填写本单位的场所。", "Only a site of the same firm can be named."),
        fix=Text("请从列表中选择，或留空。", "Choose from the list, or leave it empty."),
    )


def _standing(field: str, value: str) -> Finding:
    return Finding(
        "registry.known",
        Severity.WARNING,
        f"/{field}",
        Text(
            f"“{value}”已在档案中。提交后将以本次内容更新。",
            f"“{value}” is in the register already. What you enter will take its place.",
        ),
        value=value,
        rule=Text("同一单位的同一编号只登记一次。", "A firm has each number once."),
        fix=Text("如为更新，请确认；否则请核对编号。", "Confirm if it is an update, else check the number."),
    )


def _twice(field: str, value: str) -> Finding:
    return Finding(
        "registry.twice",
        Severity.ERROR,
        f"/{field}",
        Text(f"“{value}”在本表中出现两次。", f"“{value}” stands twice in this workbook."),
        value=value,
        rule=Text("同一单位的同一编号只登记一次。", "A firm has each number once."),
        fix=Text("请删去多余的一行，或改正编号。", "Take one row out, or mend its number."),
    )
