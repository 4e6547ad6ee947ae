"""What may be entered of a party: papers, places, vehicles, people, tags, each with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.registry.core.contracts import Cycle
from wufei.records.registry.core.kinds import PaperKind, paper_kinds, place_kinds, read_attributes
from wufei.records.registry.core.papers import Line, PaperState
from wufei.records.registry.core.plates import check_plate, is_new_energy, normal_plate

_NUMBER_MAX = 80
_QUOTA_G_MAX = 10**15


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """A dated document; ``valid_to`` is its last day, ``amount_yuan`` an insured or agreed sum."""

    party_id: int
    kind: str
    number: str
    valid_from: date
    valid_to: date | None = None
    issuer: str = ""
    state: str = PaperState.ACTIVE.value
    other_party_id: int | None = None
    cycle: str = ""
    amount_yuan: Decimal | None = None
    plate: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """A store, line, ward, estate, project, farm or point; ``capacity`` in the unit of its kind."""

    party_id: int
    kind: str
    code: str
    name: str
    site_id: int | None = None
    capacity: Decimal | None = None
    codes: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class VehicleDraft:
    """A vehicle of a carrier; ``new_energy`` None: as the form of its plate says."""

    party_id: int
    plate: str
    kind: str = ""
    new_energy: bool | None = None
    load_kg: int | None = None
    retired_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A driver or other person of a firm, told apart by the firm's own number.

    Name, phone and identity number are left as they stand where they are None.
    """

    party_id: int
    code: str
    name: str | None
    duty: str
    phone: str | None = ""
    id_number: str | None = ""
    certificate: str = ""
    certificate_to: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class TagDraft:
    """A mark with dates, such as 绿色工厂."""

    party_id: int
    name: str
    valid_from: date
    valid_to: date | None = None


def check_paper(draft: PaperDraft) -> list[Finding]:
    """Give what is wrong with a paper by itself; places are JSON Pointers."""
    kind = paper_kinds().get(draft.kind)
    if kind is None:
        return [_unknown("/kind", draft.kind, [each.label for each in paper_kinds().values()])]
    found = _filled("/number", draft.number, _NUMBER_MAX) + _dates(draft.valid_from, draft.valid_to)
    if draft.state not in {state.value for state in PaperState}:
        found.append(_unknown("/state", draft.state, [state.label for state in PaperState]))
    if draft.cycle and draft.cycle not in {cycle.value for cycle in Cycle}:
        found.append(_unknown("/cycle", draft.cycle, [cycle.label for cycle in Cycle]))
    if draft.plate:
        found += check_plate(draft.plate)
    if draft.amount_yuan is not None and not (
        draft.amount_yuan.is_finite() and 0 <= draft.amount_yuan < 10**13
    ):
        found.append(
            _refused(
                "amount",
                "/amount_yuan",
                draft.amount_yuan,
                Text("金额须为 0 或正数（元）。", "Give 0 or more yuan."),
            )
        )
    return found + _required(kind, draft) + _lines(draft)


def check_place(draft: PlaceDraft) -> list[Finding]:
    """Give what is wrong with a place by itself; more than its kind may hold is a warning."""
    kind = place_kinds().get(draft.kind)
    if kind is None:
        return [_unknown("/kind", draft.kind, [each.label for each in place_kinds().values()])]
    found = _filled("/code", draft.code, 64) + _filled("/name", draft.name, 200) + _position(draft)
    capacity, unit = draft.capacity, kind.capacity_unit
    if capacity is not None and not (capacity.is_finite() and 0 <= capacity < 10**9):
        found.append(
            _refused("capacity", "/capacity", capacity, Text("能力须为 0 或正数。", "Give 0 or more."))
        )
    elif capacity is not None and kind.capacity_max is not None and capacity > kind.capacity_max:
        found.append(
            Finding(
                "registry.capacity-beyond",
                Severity.WARNING,
                "/capacity",
                Text(
                    f"{kind.label.zh} {draft.code} 的能力 {capacity} {unit} 超过上限 {kind.capacity_max}。",
                    f"{kind.label.en} {draft.code} holds {capacity} {unit}, above {kind.capacity_max}.",
                ),
                value=str(capacity),
                rule=Text(kind.source, kind.source),
                fix=Text("请核对能力，或改为贮存库。", "Check it, or enter it as a store."),
            )
        )
    return found + read_attributes(kind, draft.attributes, "")[1]


def check_vehicle(draft: VehicleDraft) -> list[Finding]:
    """Give what is wrong with a vehicle; a plate that contradicts its kind of energy is a warning."""
    found = list(check_plate(draft.plate))
    plate = normal_plate(draft.plate)
    if not found and draft.new_energy is not None and draft.new_energy != is_new_energy(plate):
        found.append(
            Finding(
                "registry.new-energy",
                Severity.WARNING,
                "/new_energy",
                Text(
                    f"号牌 {plate} 与“新能源：{'是' if draft.new_energy else '否'}”不一致。",
                    f"{plate} does not agree with “new energy: {'yes' if draft.new_energy else 'no'}”.",
                ),
                value=plate,
                fix=Text("请核对号牌或能源类型。", "Check the plate or the kind of energy."),
            )
        )
    if draft.load_kg is not None and not 0 <= draft.load_kg < 200_000:
        found.append(
            _refused(
                "load",
                "/load_kg",
                draft.load_kg,
                Text("核定载质量须为 0 至 200000 千克。", "Give 0 to 200000 kg."),
            )
        )
    return found


def check_person(draft: PersonDraft) -> list[Finding]:
    """Give what is wrong with a person: number, name and duty are needed."""
    name = "–" if draft.name is None else draft.name
    found = _filled("/code", draft.code, 64) + _filled("/name", name, 64) + _filled("/duty", draft.duty, 64)
    if draft.phone and not 5 <= sum(sign.isdigit() for sign in draft.phone) <= 20:
        # The number itself is personal and stays out of the message.
        found.append(
            _refused(
                "phone",
                "/phone",
                "…",
                Text("电话应有 5 至 20 位数字。", "A phone number has 5 to 20 digits."),
            )
        )
    if len(draft.id_number or "") > 32:
        found.append(
            _refused("id-number", "/id_number", "…", Text("证件号码不超过 32 位。", "At most 32 signs."))
        )
    return found


def check_tag(draft: TagDraft) -> list[Finding]:
    """Give what is wrong with a tag."""
    return _filled("/name", draft.name, 64) + _dates(draft.valid_from, draft.valid_to)


def _required(kind: PaperKind, draft: PaperDraft) -> list[Finding]:
    given = {"other": draft.other_party_id, "cycle": draft.cycle}
    names = {
        "other": ("/other_party_id", Text("对方单位", "the other party")),
        "cycle": ("/cycle", Text("收运周期", "the cycle")),
    }
    return [
        _refused(
            "missing",
            names[field][0],
            "",
            Text(
                f"{kind.label.zh}须填写{names[field][1].zh}。",
                f"A {kind.label.en} needs {names[field][1].en}.",
            ),
        )
        for field in sorted(kind.required)
        if not given[field]
    ]


def _lines(draft: PaperDraft) -> list[Finding]:
    found, seen = [], set()
    for number, line in enumerate(draft.lines):
        where = f"/lines/{number}"
        found += _filled(f"{where}/code", line.code, 32)
        if (line.code, line.way) in seen:
            message = Text(f"代码 {line.code} 出现两次。", f"The code {line.code} stands twice.")
            found.append(_refused("line-twice", where, line.code, message))
        seen.add((line.code, line.way))
        if line.quota_g is not None and not 0 <= line.quota_g < _QUOTA_G_MAX:
            message = Text("年额度须为 0 至 10 亿吨。", "A quota is 0 to a billion tonnes.")
            found.append(_refused("quota", f"{where}/quota_g", line.quota_g, message))
    return found


def _dates(start: date, end: date | None) -> list[Finding]:
    if end is None or start <= end:
        return []
    message = Text(
        f"截止日期 {end} 早于起始日期 {start}。", f"It ends on {end}, before it begins on {start}."
    )
    return [_refused("dates", "/valid_to", end, message)]


def _position(draft: PlaceDraft) -> list[Finding]:
    east, north = draft.longitude, draft.latitude
    if east is None and north is None:
        return []
    if east is not None and north is not None and abs(east) <= 180 and abs(north) <= 90:
        return []
    message = Text(
        "经度 -180 至 180、纬度 -90 至 90（WGS-84，度），须同时填写。",
        "Longitude -180 to 180 and latitude -90 to 90 (WGS-84 degrees), both or neither.",
    )
    return [_refused("position", "/longitude", f"{east}, {north}", message)]


def _filled(where: str, text: str, most: int) -> list[Finding]:
    if text.strip() and len(text) <= most:
        return []
    message = Text(f"须填写，且不超过 {most} 个字。", f"It is needed, and has at most {most} signs.")
    return [_refused("missing", where, text[:most], message)]


def _unknown(where: str, value: str, labels: list[Text]) -> Finding:
    zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
    return _refused(
        "unknown", where, value, Text(f"“{value}”应为 {zh} 之一。", f"“{value}” is none of {en}.")
    )


def _refused(code: str, where: str, value: object, message: Text) -> Finding:
    fix = Text("请改正后重新提交。", "Mend it and send it again.")
    return Finding(f"registry.{code}", Severity.ERROR, where, message, value=str(value), fix=fix)
