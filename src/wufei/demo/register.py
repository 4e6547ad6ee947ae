"""Papers, facilities, vehicles and people of the synthetic district, derived from the keys alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from wufei.records.registry.core.drafts import PaperDraft, PersonDraft, PlaceDraft, TagDraft, VehicleDraft
from wufei.records.registry.core.papers import Line
from wufei.records.registry.core.producers import ManagementClass
from wufei.records.registry.services import (
    confirm_class,
    save_papers,
    save_people,
    save_places,
    save_profile,
    save_tags,
    save_vehicles,
)
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.simulator.cast import SyntheticParty
from wufei.simulator.chart import Places
from wufei.simulator.district import SyntheticDistrict

# In the open sea: no real address shall bear an invented firm.
_EAST, _NORTH, _SPREAD = Decimal("119.50"), Decimal("38.60"), Decimal("0.30")
_FROM, _DAYS = date(2024, 1, 1), 365 * 5
_ISSUER = "示例区生态环境局（合成）"
_OIL = "900-249-08"
_T = 1_000_000
_INDUSTRIES = {
    "machining": "C3484",
    "garage": "O8111",
    "food": "C1392",
    "printing": "C2319",
    "pharma": "C2710",
}
_HAZARDOUS_T = {"machining": 42, "garage": 6, "food": 1, "printing": 14, "pharma": 130, "electronics": 160}


def position_of(key: str) -> tuple[Decimal, Decimal]:
    """Give an invented position, the same for a key on every machine."""
    return _EAST + _SPREAD * _share(key, "east"), _NORTH + _SPREAD * _share(key, "north")


def save_register(scope: Scope, district: SyntheticDistrict, places: Places, *, on: date) -> int:
    """Save the register of the district, marked synthetic by its parties; give the number of rows."""
    parties = {party.key: party for party in district.parties}
    own = {key: places.parties[key] for key in parties}
    with session(scope):
        saved = [
            save_places(scope, [draft for key in parties for draft in _places(parties[key], own[key])]),
            save_papers(scope, [draft for key in parties for draft in _papers(parties[key], own)]),
            save_vehicles(scope, _vehicles(own)),
            save_people(scope, _people(own)),
            save_tags(scope, [TagDraft(own[key], "绿色工厂", date(2025, 6, 1)) for key in list(own)[:3]]),
        ]
        fresh = sum(each.made for each in saved)
        _classes(scope, parties, own, on=on, decide=fresh > 0)
    return sum(each.made + each.same + each.changed for each in saved)


def _places(party: SyntheticParty, party_id: int) -> list[PlaceDraft]:
    east, north = position_of(f"{party.key}-place")
    at: dict[str, Any] = {"longitude": east, "latitude": north}
    if party.trade in _HAZARDOUS_T:
        small = party.trade in ("garage", "food")
        kind, capacity = ("storage-point", Decimal("2.5")) if small else ("store", Decimal(30))
        return [
            PlaceDraft(
                party_id, kind, "TS001", "危险废物贮存（合成）", capacity=capacity, codes=(_OIL,), **at
            )
        ]
    if party.kind == "hospital":
        return [
            PlaceDraft(party_id, "ward", f"W{n}", f"第{n}病区（合成）", attributes={"beds": "40"})
            for n in (1, 2, 3)
        ]
    if party.kind == "street":
        return [
            PlaceDraft(party_id, "estate", "E1", "示例小区（合成）", attributes={"households": "820"}, **at)
        ]
    if party.kind == "site":
        said = {"stage": "主体", "floor_area_m2": "36000"}
        return [PlaceDraft(party_id, "project", "P1", "示例工程（合成）", attributes=said, **at)]
    if party.kind == "farm":
        return [PlaceDraft(party_id, "farm", "F1", "示例农场（合成）", attributes={"area_mu": "540"}, **at)]
    if party.kind == "facility":
        said = {"process": "见工艺说明（合成）"}
        return [
            PlaceDraft(
                party_id,
                "plant-line",
                "TW001",
                "一号线（合成）",
                capacity=Decimal(120),
                attributes=said,
                **at,
            )
        ]
    return []


def _papers(party: SyntheticParty, own: Mapping[str, int]) -> list[PaperDraft]:
    party_id, key = own[party.key], party.key
    start = _FROM + timedelta(days=int(_share(key, "permit") * 700))
    span: dict[str, Any] = {
        "valid_from": start,
        "valid_to": start + timedelta(days=_DAYS - 1),
        "issuer": _ISSUER,
    }
    found: list[PaperDraft] = []
    year: dict[str, Any] = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}
    if party.trade in _HAZARDOUS_T or party.kind == "facility":
        found.append(PaperDraft(party_id, "permit", f"合成-排-{key}", **span))
    if key in ("demo-hazardous", "demo-neighbour-landfill"):
        lines = (
            Line("HW08", "R9", 3_000 * _T),
            Line("HW17", "D10", 1_500 * _T),
            Line("HW12", "D10", 800 * _T),
        )
        found.append(PaperDraft(party_id, "hazardous-licence", f"合成-危-{key}", lines=lines, **span))
    if key == "demo-hazardous":
        found.append(PaperDraft(party_id, "insurance", "合成-险-1", amount_yuan=Decimal(5_000_000), **year))
        found.append(
            PaperDraft(party_id, "transport-pass", "合成-准-1", plate="京AD00001", issuer=_ISSUER, **year)
        )
    return found + _agreements(party, own, span, year)


def _agreements(
    party: SyntheticParty, own: Mapping[str, int], span: dict[str, Any], year: dict[str, Any]
) -> list[PaperDraft]:
    party_id, key = own[party.key], party.key
    found: list[PaperDraft] = []
    if party.trade in ("garage", "machining", "pharma"):
        other = own["demo-hazardous"]
        found.append(
            PaperDraft(
                party_id,
                "contract",
                f"合成-合同-{key}",
                other_party_id=other,
                cycle="quarter",
                amount_yuan=Decimal(12_000),
                **year,
            )
        )
    if party.trade == "catering":
        found.append(
            PaperDraft(
                party_id,
                "discharge-registration",
                f"合成-登-{key}",
                other_party_id=own["demo-biogas"],
                **span,
            )
        )
    if party.kind == "site":
        found.append(PaperDraft(party_id, "handling-filing", f"合成-案-{key}", **span))
    if key == "demo-pharma-1":
        quota = (Line("SW59", "", 60 * _T),)
        found.append(
            PaperDraft(
                party_id,
                "reuse-permit",
                "合成-点-1",
                other_party_id=own["demo-materials-1"],
                lines=quota,
                **span,
            )
        )
    return found


def _vehicles(own: Mapping[str, int]) -> list[VehicleDraft]:
    owner, street = own["demo-hazardous"], own["demo-sorting"]
    found = [
        VehicleDraft(owner, f"京AD0000{n}", "危险货物厢式车（合成）", load_kg=4_990) for n in range(1, 4)
    ]
    found += [
        VehicleDraft(owner, f"京A0000{n}", "危险货物厢式车（合成）", load_kg=9_800) for n in range(1, 4)
    ]
    return found + [
        VehicleDraft(street, f"京A1000{n}D", "厨余收运车（合成）", load_kg=5_200) for n in range(1, 5)
    ]


def _people(own: Mapping[str, int]) -> list[PersonDraft]:
    # The phones begin with 199 0000 and the identity numbers with 000000: neither belongs to anybody.
    return [
        PersonDraft(
            own["demo-hazardous"],
            f"D{n}",
            f"示例驾驶员{n}",
            "驾驶员",
            phone=f"1990000000{n}",
            id_number=f"00000019900101000{n}",
            certificate=f"合成-从业-{n}",
            certificate_to=date(2026, 12, 10 + n),
        )
        for n in range(1, 6)
    ]


def _classes(
    scope: Scope, parties: Mapping[str, SyntheticParty], own: Mapping[str, int], *, on: date, decide: bool
) -> None:
    for key, party in parties.items():
        if party.trade in _HAZARDOUS_T:
            mass = Decimal(_HAZARDOUS_T[party.trade]) * Decimal(str(party.scale))
            save_profile(
                scope,
                party_id=own[key],
                industry_code=_INDUSTRIES.get(party.trade, ""),
                hazardous_t_per_year=mass,
            )
    if decide:
        reason = "现场核实（合成）"
        for key in ("demo-machining-1", "demo-pharma-1"):
            decided = ManagementClass.SIMPLIFIED if key == "demo-machining-1" else ManagementClass.KEY
            confirm_class(scope, party_id=own[key], management_class=decided, reason=reason, on=on)


def _share(key: str, salt: str) -> Decimal:
    number = int.from_bytes(blake2b(f"{salt}:{key}".encode(), digest_size=4).digest())
    return (Decimal(number) / Decimal(2**32)).quantize(Decimal("0.0001"))
