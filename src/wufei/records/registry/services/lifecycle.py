"""What happens to a party, with its day: renamed, moved, closed, merged; its class as confirmed."""

from __future__ import annotations

from datetime import date

from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.registry.core.lifecycle import EventKind, survivor
from wufei.records.registry.core.producers import ManagementClass
from wufei.records.registry.models import ClassDecision, PartyEvent, PartyProfile
from wufei.records.registry.services.parties import register_party
from wufei.records.registry.services.writing import WRITE, keep_changes
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import PartyRow, parties_by_id, regions_by_id

_REASON_MAX = 400


def rename_party(scope: Scope, *, party_id: int, name: Text, on: date) -> int:
    """Give a party a new name from a day on; the former one stays in its history. Raises as `close_party`."""
    party = _own(scope, party_id)
    with session(scope):
        _register(scope, party, name=name)
        return _event(scope, party, EventKind.RENAMED, on, before=party.name.zh, after=name.zh)


def move_party(scope: Scope, *, party_id: int, region_id: int, on: date) -> int:
    """Move a party to another region from a day on, with all that is recorded of it.

    Raises
    ------
    AccessError
        The scope does not reach both regions.
    NotFoundError
        There is no such party or region.
    InputError
        ``registry.region-withdrawn``.
    """
    party = _own(scope, party_id)
    names = regions_by_id([party.region_id, region_id])
    if region_id not in names:
        raise NotFoundError("region", region_id)
    before, after = names[party.region_id].name.zh, names[region_id].name.zh
    with session(scope):
        _register(scope, party, region_id=region_id)
        moved = parties_by_id([party_id])[party_id]
        return _event(scope, moved, EventKind.MOVED, on, before=before, after=after)


def close_party(scope: Scope, *, party_id: int, on: date) -> int:
    """Note that a party ended on a day, and give the event's id; nothing of it is deleted.

    Raises
    ------
    AccessError
        The scope does not reach the party.
    NotFoundError
        There is no such party.
    """
    party = _own(scope, party_id)
    with session(scope):
        return _event(scope, party, EventKind.CLOSED, on)


def merge_party(scope: Scope, *, party_id: int, into_id: int, on: date) -> int:
    """Note that a party is another one registered twice: it becomes an alias, and its records stay.

    Raises
    ------
    AccessError
        The scope does not reach both.
    NotFoundError
        There is no such party.
    ConflictError
        ``registry.merge-ring``: the other one was merged into this one.
    """
    party, other = _own(scope, party_id), _own(scope, into_id)
    with session(scope):
        merged = dict(
            PartyEvent.objects.filter(kind=EventKind.MERGED).values_list("party_id", "other_party_id")
        )
        if survivor(into_id, merged) == party_id:
            raise ConflictError(
                "registry.merge-ring",
                Text(
                    f"{other.name.zh} 已并入 {party.name.zh}，不能反向合并。",
                    f"{other.name.in_language('en')} was merged into {party.name.in_language('en')} already.",
                ),
            )
        return _event(
            scope, party, EventKind.MERGED, on, before=party.key, after=other.key, other_party_id=into_id
        )


def confirm_class(
    scope: Scope, *, party_id: int, management_class: ManagementClass, reason: str, on: date
) -> int:
    """Keep the management class that an officer decided, with day and reason; give the decision's id.

    Earlier decisions stay: the latest counts.

    Raises
    ------
    AccessError
        The scope does not reach the party.
    NotFoundError
        There is no such party.
    InputError
        ``registry.reason``: no reason was given.
    """
    party = _own(scope, party_id)
    if not reason.strip() or len(reason) > _REASON_MAX:
        raise InputError(
            "registry.reason",
            "reason",
            reason[:_REASON_MAX],
            Text(
                f"请写明确认理由（不超过 {_REASON_MAX} 字）。",
                f"Give the reason, at most {_REASON_MAX} signs.",
            ),
        )
    with session(scope):
        profile = PartyProfile.objects.filter(party_id=party_id).first()
        decision = ClassDecision.objects.create(
            party_id=party_id,
            region_id=party.region_id,
            management_class=management_class.value,
            proposed=(profile.management_class_proposed if profile else None) or "",
            reason=reason.strip(),
            decided_on=on,
            user_id=scope.user_id,
        )
        after = {"management_class": management_class.value, "reason": reason.strip(), "on": on.isoformat()}
        keep_changes(
            scope, "class", [({"party_id": party_id, "region_id": party.region_id}, party.key, None, after)]
        )
    return decision.id


def _own(scope: Scope, party_id: int) -> PartyRow:
    party = parties_by_id([party_id]).get(party_id)
    if party is None:
        raise NotFoundError("party", party_id)
    require(scope, WRITE, region_id=party.region_id)
    return party


def _register(
    scope: Scope, party: PartyRow, *, name: Text | None = None, region_id: int | None = None
) -> None:
    register_party(
        scope,
        key=party.key,
        name=name or party.name,
        kind=party.kind,
        region_id=region_id or party.region_id,
        uscc=party.uscc,
        synthetic=party.synthetic,
    )


def _event(
    scope: Scope,
    party: PartyRow,
    kind: EventKind,
    on: date,
    *,
    before: str = "",
    after: str = "",
    other_party_id: int | None = None,
) -> int:
    values = {
        "region_id": party.region_id,
        "before": before,
        "after": after,
        "other_party_id": other_party_id,
    }
    event, made = PartyEvent.objects.update_or_create(
        party_id=party.id, kind=kind.value, happened_on=on, defaults=values
    )
    if made:
        said = {"kind": kind.value, "on": on.isoformat(), "before": before, "after": after}
        place = {"party_id": party.id, "region_id": party.region_id}
        keep_changes(scope, "event", [(place, party.key, None, said)])
    return event.id
