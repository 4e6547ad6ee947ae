"""Applications of enterprises: the applicant's own, and those that wait in the regions of an office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.registry.core.applications import (
    OPEN,
    ApplicationAct,
    ApplicationDraft,
    ApplicationState,
    FieldRemark,
)
from wufei.records.registry.core.regions import withdrawn_on
from wufei.records.registry.core.uscc import check_uscc
from wufei.records.registry.models import Application, ApplicationMove
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.access.core.masking import mask_email, mask_phone, may_see_personal
from wufei.runtime.identity.core.kinds import RegionKind
from wufei.runtime.identity.queries import (
    PartyRow,
    RegionRow,
    all_regions,
    find_party,
    find_region,
    names_of_users,
    parties_by_id,
    regions_by_id,
)

READ = "entry.review"
"""Who reads applications; deciding gives a membership and needs `people.manage` as well."""

SHOWN = 100
_REGIONS = (RegionKind.DISTRICT, RegionKind.TOWNSHIP, RegionKind.FUNCTIONAL, RegionKind.SYNTHETIC)


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application as it stands; phone and e-mail are masked for who may not see them."""

    id: int
    user_id: int
    region: RegionRow
    party: PartyRow | None
    draft: ApplicationDraft
    state: ApplicationState
    remarks: tuple[FieldRemark, ...]
    words: str
    version: int
    sent_at: datetime
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class ApplicationMoveRow:
    """What was done with an application, by whom; the applicant does not read the names of officers."""

    act: ApplicationAct
    at: datetime
    who: str
    words: str
    remarks: tuple[FieldRemark, ...]
    said: Mapping[str, str]


def own_application(scope: Scope) -> ApplicationRow | None:
    """Give the latest application of the person who asks, if there is one: an open one is the latest."""
    if scope.user_id is None:
        return None
    found = Application.objects.filter(user_id=scope.user_id).order_by("-id").first()
    return _row(scope, found) if found else None


def count_applications(scope: Scope) -> int:
    """Count what waits for a decision of the present role; 0 for roles that read none."""
    return _reached(scope, [ApplicationState.WAITING]).count() if allowed(scope, READ) else 0


def applications(scope: Scope, *, open_only: bool) -> list[ApplicationRow]:
    """Give the applications of one's regions: those that are open by age, or the latest that are decided.

    Raises
    ------
    AccessError
        This role reads none.
    """
    require(scope, READ)
    if open_only:
        return _rows(scope, _reached(scope, OPEN).order_by("-state", "sent_at")[:SHOWN])
    decided = [state for state in ApplicationState if state not in OPEN]
    return _rows(scope, _reached(scope, decided).order_by("-moved_at")[:SHOWN])


def get_application(scope: Scope, application_id: int) -> ApplicationRow:
    """Give one application of one's regions.

    Raises
    ------
    AccessError
        This role reads none.
    NotFoundError
        There is none, or it is another region's.
    """
    require(scope, READ)
    found = _reached(scope, list(ApplicationState)).filter(id=application_id).first()
    if found is None:
        raise NotFoundError("application", application_id)
    return _row(scope, found)


def may_decide(scope: Scope, application: ApplicationRow) -> bool:
    """Say whether the buttons of a decision are for this person."""
    own = application.user_id == scope.user_id
    waits = application.state is ApplicationState.WAITING
    return waits and not own and allowed(scope, "people.manage") and allowed(scope, "registry.write")


def application_moves(application: ApplicationRow, *, with_names: bool) -> list[ApplicationMoveRow]:
    """Give what was done with an application, the first thing first."""
    moves = list(ApplicationMove.objects.filter(application_id=application.id).order_by("number"))
    names = names_of_users(move.user_id for move in moves if move.user_id) if with_names else {}
    return [
        ApplicationMoveRow(
            ApplicationAct(move.act),
            move.at,
            names.get(move.user_id or 0, ""),
            move.words,
            _remarks(move.remarks),
            move.said,
        )
        for move in moves
    ]


def said_when_returned(moves: Sequence[ApplicationMoveRow]) -> Mapping[str, str]:
    """Give what the application said when it was last returned; empty if it never was."""
    returned = [move for move in moves if move.act is ApplicationAct.RETURN]
    return returned[-1].said if returned else {}


def registered_as(application: ApplicationRow) -> PartyRow | None:
    """Give the party that bears the credit code already: it is linked, never made a second time."""
    return party_of_code(application.draft.uscc)


def party_of_code(code: str) -> PartyRow | None:
    """Give the party with a credit code, or of that key, as firms are registered under their code."""
    try:
        return find_party(code)
    except NotFoundError:
        return None


def warnings_of(draft: ApplicationDraft) -> tuple[Finding, ...]:
    """Give what an officer should compare with the licence."""
    return check_uscc(draft.uscc, "/uscc")


def open_regions(on: date) -> list[RegionRow]:
    """Give the regions in which enterprises are registered: neither abolished ones nor a whole city."""
    return [
        region for region in all_regions() if region.kind in _REGIONS and withdrawn_on(region.key, on) is None
    ]


def find_open_region(text: str, on: date) -> RegionRow:
    """Find the region that an applicant names by name, code or alias.

    Raises
    ------
    InputError
        ``registry.region``, ``registry.region-withdrawn``, ``registry.region-wide``: no region is called so
        (near names are suggested), it was abolished (its successor is named), or it is a whole city.
    """
    try:
        region = find_region(text)
    except NotFoundError as error:
        message = Text(
            f"没有名为“{text[:64]}”的区域。{error.hint.zh}请从列表中选择企业所在的区。",
            f"No region is called “{text[:64]}”. {error.hint.en} Choose the one where the enterprise is.",
        )
        raise InputError("registry.region", "/region", text[:64], message) from error
    fault = withdrawn_on(region.key, on)
    if fault is not None:
        raise InputError("registry.region-withdrawn", "/region", region.key, fault)
    if region.kind not in _REGIONS:
        message = Text(
            f"“{region.name.zh}”范围太大。请选择企业所在的区。",
            f"“{region.name.in_language('en')}” is too wide. Choose the district of the enterprise.",
        )
        raise InputError("registry.region-wide", "/region", region.key, message)
    return region


def _reached(scope: Scope, states: Iterable[ApplicationState]) -> QuerySet[Application]:
    found = Application.objects.filter(state__in=list(states))
    return found if scope.everything else found.filter(region_id__in=scope.region_ids)


def _row(scope: Scope, application: Application) -> ApplicationRow:
    return _rows(scope, [application])[0]


def _rows(scope: Scope, found: Iterable[Application]) -> list[ApplicationRow]:
    kept = list(found)
    regions = regions_by_id(each.region_id for each in kept)
    parties = parties_by_id(each.party_id for each in kept if each.party_id)
    return [
        ApplicationRow(
            each.id,
            each.user_id,
            regions[each.region_id],
            parties.get(each.party_id or 0),
            _draft(scope, each, regions[each.region_id]),
            ApplicationState(each.state),
            _remarks(each.remarks),
            each.words,
            each.version,
            each.sent_at,
            each.moved_at,
        )
        for each in kept
    ]


def _draft(scope: Scope, application: Application, region: RegionRow) -> ApplicationDraft:
    own = application.user_id == scope.user_id
    clear = own or may_see_personal(scope, region_id=application.region_id)
    return ApplicationDraft(
        name=application.name,
        uscc=application.uscc,
        region=region.name.in_language(scope.language),
        address=application.address,
        contact_name=application.contact_name,
        phone=application.phone if clear else mask_phone(application.phone),
        email=application.email if clear else mask_email(application.email),
    )


def _remarks(kept: list[dict[str, str]]) -> tuple[FieldRemark, ...]:
    return tuple(FieldRemark(each["where"], each["words"]) for each in kept)
