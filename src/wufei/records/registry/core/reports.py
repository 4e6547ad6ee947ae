"""What a form says of a party, as drafts: paper, contract, place, vehicle, person, tag."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from wufei.kernel.findings import Finding
from wufei.kernel.units import parse_unit
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
from wufei.records.registry.core.kinds import place_kinds
from wufei.records.registry.core.papers import Line

Draft = PaperDraft | PlaceDraft | VehicleDraft | PersonDraft | TagDraft
Values = Mapping[str, Any]
_SPLIT = re.compile(r"[,，;；、\s]+")
_FIELDS = {"/other_party_id": "/other", "/longitude": "/position", "/latitude": "/position"}
"""Where a form asks for what a draft names otherwise; what a kind of place says stands at its own key."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the keys in values stand for: parties by key or credit code, sites by key."""

    parties: Mapping[str, int]
    sites: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """How the values of one form become a draft, and what is wrong with it.

    ``needed`` are the fields without which there is no draft yet; ``key`` is the field that tells drafts of
    one party apart.
    """

    needed: tuple[str, ...]
    key: str
    draft: Callable[[Values, int, Named], Any]
    check: Callable[[Any], list[Finding]]

    def draft_of(self, values: Values, party_id: int, named: Named) -> Draft | None:
        """Give the draft of a party, or None while something that it needs is missing."""
        if any(field not in values for field in self.needed):
            return None
        draft: Draft = self.draft(values, party_id, named)
        return draft

    def findings_of(self, draft: Draft) -> list[Finding]:
        """Give what is wrong with a draft by itself, at the fields of the form."""
        return [replace(each, where=_field(each.where)) for each in self.check(draft)]


def _field(where: str) -> str:
    return _FIELDS.get(where, where.removeprefix("/attributes"))


def _paper(values: Values, party_id: int, named: Named) -> PaperDraft:
    return PaperDraft(
        party_id=party_id,
        kind=values.get("kind", "contract"),
        number=values["number"],
        valid_from=date.fromisoformat(values["valid_from"]),
        valid_to=_day(values, "valid_to"),
        issuer=values.get("issuer", ""),
        other_party_id=named.parties.get(values.get("other", "")),
        cycle=values.get("cycle", ""),
        amount_yuan=_number(values, "amount_yuan"),
        plate=values.get("plate", ""),
        lines=tuple(
            Line(row.get("code", ""), row.get("way", ""), _grams(row.get("quota")))
            for row in values.get("lines", ())
        ),
    )


def _place(values: Values, party_id: int, named: Named) -> PlaceDraft:
    kind, at = values["kind"], values.get("position", {})
    return PlaceDraft(
        party_id=party_id,
        kind=kind,
        code=values["code"],
        name=values["name"],
        site_id=named.sites.get(values.get("site", "")),
        capacity=_number(values, "capacity"),
        codes=tuple(dict.fromkeys(_SPLIT.split(values["codes"]))) if "codes" in values else (),
        attributes={
            each.key: str(values[each.key]) for each in place_kinds()[kind].attributes if each.key in values
        },
        longitude=_number(at, "longitude"),
        latitude=_number(at, "latitude"),
        closed_on=_day(values, "closed_on"),
    )


def _vehicle(values: Values, party_id: int, _: Named) -> VehicleDraft:
    return VehicleDraft(
        party_id=party_id,
        plate=values["plate"],
        kind=values.get("kind", ""),
        new_energy=values.get("new_energy"),
        load_kg=values.get("load_kg"),
        retired_on=_day(values, "retired_on"),
    )


def _person(values: Values, party_id: int, _: Named) -> PersonDraft:
    """Make a draft without name, phone and number: an entry is kept for ever, and these can be erased."""
    return PersonDraft(
        party_id=party_id,
        code=values["code"],
        name=None,
        duty=values["duty"],
        phone=None,
        id_number=None,
        certificate=values.get("certificate", ""),
        certificate_to=_day(values, "certificate_to"),
        left_on=_day(values, "left_on"),
    )


def _tag(values: Values, party_id: int, _: Named) -> TagDraft:
    first = date.fromisoformat(values["valid_from"])
    return TagDraft(party_id, values["name"], first, _day(values, "valid_to"))


def _day(values: Values, key: str) -> date | None:
    return date.fromisoformat(values[key]) if key in values else None


def _number(values: Values, key: str) -> Decimal | None:
    return Decimal(values[key]) if key in values else None


def _grams(quota: Values | None) -> int | None:
    if quota is None:
        return None
    return int(parse_unit(quota["unit"]).to(parse_unit("g"), Decimal(quota["value"])))


PAPER = Report(("kind", "number", "valid_from"), "number", _paper, check_paper)
CONTRACT = Report(("number", "valid_from"), "number", _paper, check_paper)
PLACE = Report(("kind", "code", "name"), "code", _place, check_place)
VEHICLE = Report(("plate",), "plate", _vehicle, check_vehicle)
PERSON = Report(("code", "duty"), "code", _person, check_person)
TAG = Report(("name", "valid_from"), "name", _tag, check_tag)
