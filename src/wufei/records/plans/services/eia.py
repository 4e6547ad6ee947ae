"""An assessment is kept as it was read; a person takes over from it into the file of an enterprise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.records.catalogue.queries import items
from wufei.records.plans.core.eia.kept import kept_eia
from wufei.records.plans.core.eia.taking import StoreLine, WasteLine, merged_lines, readable_code
from wufei.records.plans.core.marking import refuse_classified
from wufei.records.plans.models import EiaReading
from wufei.records.plans.queries.drafts import all_findings, digest_of
from wufei.records.plans.queries.eia import check_eia, require_reader
from wufei.records.plans.queries.eia_readings import (
    APPROVAL,
    Preview,
    firm_named,
    get_eia_reading,
    preview,
)
from wufei.records.registry.core.drafts import PaperDraft, PlaceDraft
from wufei.records.registry.core.papers import Line
from wufei.records.registry.queries import PlaceRow
from wufei.records.registry.services import save_papers, save_places
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.files.core.media import clean_name


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person ticked and typed: indexes of stores, codes of wastes by index, and the approval."""

    stores: frozenset[int]
    wastes: Mapping[int, str]
    number: str = ""
    issuer: str = ""
    approved_on: date | None = None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What became of it: places and papers that are new, changed, as they stood; what is to be looked at."""

    made: int
    changed: int
    same: int
    findings: tuple[Finding, ...]


def take_in_eia(scope: Scope, *, content: bytes, name: str, region_id: int, on: date, now: datetime) -> UUID:
    """Read and check an assessment, and keep what was read; the document itself is not kept.

    Raises
    ------
    AccessError
        The role neither reviews nor keeps the register there.
    InputError
        As `check_eia`; or the file is marked 秘密 or above, and nothing of it is kept.
    """
    require_reader(scope, region_id)
    page = check_eia(scope, content=content, name=name, on=on)
    refuse_classified(content, name, page.blocks)
    with session(scope):
        reading = EiaReading.objects.create(
            id=new_id(now),
            region_id=region_id,
            file_name=clean_name(name),
            sha256=digest_of(content),
            content=kept_eia(page.eia),
            findings=all_findings(page.findings),
            made_by_id=scope.user_id,
            made_at=now,
        )
    return reading.id


def take_over(scope: Scope, reading_id: UUID, *, party_key: str, chosen: Chosen, on: date) -> TakenOver:
    """Enter the lines that a person ticked into the file of an enterprise; the same again changes nothing.

    Stores become places, wastes the lines of the approval, a paper. Lines of that paper that were there and
    are not ticked now stay.

    Raises
    ------
    NotFoundError
        There is no such reading or enterprise for this person.
    AccessError
        The scope does not keep the register where the enterprise lies.
    InputError
        Nothing is ticked; the approval has no number or day; no list has a code (``field`` names the place).
    """
    with session(scope):
        party = firm_named(scope, party_key)
        require(scope, "registry.write", region_id=party.region_id, party_id=party.id)
        reading = get_eia_reading(scope, reading_id)
        there = preview(scope, reading, party, on=on, chosen=chosen.wastes)
        stores = [each for each in there.stores if each.index in chosen.stores]
        lines = _lines([each for each in there.wastes if each.index in chosen.wastes], on)
        if not stores and not lines:
            raise InputError("eia.nothing-chosen", "", "", _NOTHING)
        places = save_places(scope, [_place(each, there) for each in stores])
        papers = save_papers(scope, [_paper(lines, chosen, there, on)] if lines else [])
        taken = {
            "codes": {str(at): code for at, code in chosen.wastes.items()},
            "number": chosen.number.strip(),
            "issuer": chosen.issuer.strip(),
            "approved_on": str(chosen.approved_on or ""),
        }
        EiaReading.objects.filter(id=reading_id).update(party_id=party.id, taken=taken)
    return TakenOver(
        places.made + papers.made,
        places.changed + papers.changed,
        places.same + papers.same,
        (*places.findings, *papers.findings),
    )


_NOTHING = Text("没有勾选任何一行，什么都没有写入。", "No line is ticked; nothing was entered.")


def _lines(wastes: Sequence[WasteLine], on: date) -> list[Line]:
    listed = items(on)
    lines = []
    for each in wastes:
        code = readable_code(each.code, listed)
        if not code:
            message = Text(
                f"“{each.name}”的代码“{each.code}”不在名录中。请填名录中的代码或类别，如 900-249-08、HW08。",
                f"“{each.name}”: no list has the code “{each.code}”. "
                "Give a code or category of the lists, such as 900-249-08 or HW08.",
            )
            raise InputError("eia.code", f"code-{each.index}", each.code, message)
        lines.append(Line(code, each.name, each.quota_g))
    return lines


def _paper(lines: Sequence[Line], chosen: Chosen, there: Preview, on: date) -> PaperDraft:
    """Give the approval with these lines added; what else is known of it stays as it is."""
    number = chosen.number.strip()
    if not number:
        message = Text(
            "废物种类和数量登记在环评批复名下，请填批复文号。",
            "Wastes are entered under the approval: give its number.",
        )
        raise InputError("eia.number", "number", number, message)
    if chosen.approved_on is None or chosen.approved_on > on:
        message = Text(
            "请填批复日期，如 2026-03-18；不能晚于今天。",
            "Give the day of the approval, such as 2026-03-18, not later than today.",
        )
        raise InputError("eia.approved-on", "approved_on", str(chosen.approved_on or ""), message)
    old = next((each for each in there.papers if each.number == number), None)
    return PaperDraft(
        there.party.id,
        APPROVAL,
        number,
        chosen.approved_on,
        valid_to=old.valid_to if old else None,
        issuer=chosen.issuer.strip()[:120],
        state=old.state.value if old else "active",
        lines=merged_lines(old.lines if old else (), lines),
    )


def _place(line: StoreLine, there: Preview) -> PlaceDraft:
    """Give the place; of one that is there, where it stands and what else is known of it stay."""
    old = next(
        (
            each
            for each in there.places
            if line.before and (each.kind.key, each.code) == (line.kind, line.code)
        ),
        None,
    )
    known = PlaceDraft(there.party.id, line.kind, line.code, line.name, None, line.capacity, line.codes)
    if old is None:
        return known
    return PlaceDraft(
        there.party.id,
        line.kind,
        line.code,
        line.name,
        old.site_id,
        line.capacity,
        line.codes,
        _attributes(old),
        old.longitude,
        old.latitude,
    )


def _attributes(place: PlaceRow) -> dict[str, str]:
    keys = {each.label: each.key for each in place.kind.attributes}
    return {keys[label]: value for label, value in place.attributes}
