"""What the reading door gives of a party's file: plain rows, personal details masked where they must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wufei.kernel.text import Text
from wufei.records.registry.core.contracts import Cycle
from wufei.records.registry.core.kinds import PaperKind, PlaceKind, paper_kinds, place_kinds
from wufei.records.registry.core.lifecycle import EventKind
from wufei.records.registry.core.papers import Line, PaperState, Standing, Term, standing
from wufei.records.registry.core.producers import ManagementClass
from wufei.records.registry.queries.parties import SiteRow
from wufei.runtime.identity.queries import PartyRow, RegionRow


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper with its lines and what it is worth on the day that was asked about."""

    id: int
    party_id: int
    kind: PaperKind
    number: str
    issuer: str
    valid_from: date
    valid_to: date | None
    state: PaperState
    standing: Standing
    other_party_id: int | None
    cycle: Cycle | None
    amount_yuan: Decimal | None
    plate: str
    token: str
    lines: tuple[Line, ...]

    @property
    def term(self) -> Term:
        """As the rules see it."""
        return Term(
            str(self.id),
            self.kind.key,
            self.number,
            self.party_id,
            self.valid_from,
            self.valid_to,
            self.state,
        )


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A store, line, ward, estate, project, farm or point."""

    id: int
    party_id: int
    site_id: int | None
    kind: PlaceKind
    code: str
    name: str
    capacity: Decimal | None
    codes: tuple[str, ...]
    attributes: tuple[tuple[Text, str], ...]
    longitude: Decimal | None
    latitude: Decimal | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A vehicle of a party."""

    id: int
    party_id: int
    plate: str
    kind: str
    new_energy: bool
    load_kg: int | None
    retired_on: date | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of a firm; name, phone and identity number are masked unless the reader may read them."""

    id: int
    party_id: int
    code: str
    duty: str
    name: str
    phone: str
    id_number: str
    certificate: str
    certificate_to: date | None
    left_on: date | None


@dataclass(frozen=True, slots=True)
class TagRow:
    """A mark with its dates."""

    party_id: int
    name: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """What happened to a party."""

    kind: EventKind
    on: date
    before: str
    after: str
    other_party_id: int | None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A management class that an officer decided."""

    party_id: int
    management_class: ManagementClass
    proposed: ManagementClass | None
    reason: str
    decided_on: date
    user_id: int | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: of what, from what to what, by whom, when; only the fields that differ."""

    thing: str
    key: str
    fields: tuple[tuple[str, str, str], ...]
    new: bool
    user: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EnterpriseFile:
    """All that the register knows of one party on a day (一企一档)."""

    party: PartyRow
    region: RegionRow
    on: date
    industry_code: str
    address: str
    proposed: ManagementClass | None
    decisions: tuple[DecisionRow, ...]
    sites: tuple[SiteRow, ...]
    places: tuple[PlaceRow, ...]
    papers: tuple[PaperRow, ...]
    vehicles: tuple[VehicleRow, ...]
    people: tuple[PersonRow, ...]
    tags: tuple[TagRow, ...]
    events: tuple[EventRow, ...]
    changes: tuple[ChangeRow, ...]
    names: Mapping[int, PartyRow]
    closed_on: date | None
    merged_into: PartyRow | None


@dataclass(frozen=True, slots=True)
class ListedParty:
    """One line of the list of parties."""

    party: PartyRow
    region: str
    management_class: ManagementClass | None
    confirmed: bool
    tags: tuple[str, ...]
    papers: int
    next_end: date | None
    closed: bool


@dataclass(frozen=True, slots=True)
class PartyPage:
    """Some parties in order of their keys; ``after`` is where the next ones begin, empty at the end."""

    rows: tuple[ListedParty, ...]
    after: str
    total: int


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """What a visitor learns of a paper."""

    kind: PaperKind
    number: str
    issuer: str
    valid_from: date
    valid_to: date | None
    standing: Standing
    holder: Text
    token: str
    synthetic: bool


def paper_row(values: Mapping[str, object], lines: tuple[Line, ...], on: date) -> PaperRow:
    """Make a row of the columns of a paper."""
    v = dict(values)
    state = PaperState(str(v["state"]))
    term = Term(str(v["id"]), v["kind"], v["number"], v["party_id"], v["valid_from"], v["valid_to"], state)  # type: ignore[arg-type]
    v |= {
        "kind": paper_kinds()[str(v["kind"])],
        "state": state,
        "standing": standing(term, on),
        "cycle": Cycle(str(v["cycle"])) if v["cycle"] else None,
        "lines": lines,
    }
    return PaperRow(**v)  # type: ignore[arg-type]


def place_row(values: Mapping[str, object]) -> PlaceRow:
    """Make a row of the columns of a place, its attributes in the order and words of its kind."""
    v = dict(values)
    kind = place_kinds()[str(v["kind"])]
    given: Mapping[str, str] = v["attributes"]  # type: ignore[assignment]
    said = tuple((each.label, given[each.key]) for each in kind.attributes if each.key in given)
    v |= {"kind": kind, "codes": tuple(v["codes"]), "attributes": said}  # type: ignore[arg-type]
    return PlaceRow(**v)  # type: ignore[arg-type]
