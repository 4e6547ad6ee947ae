"""What the office does with an application: return fields with a reason, refuse it, pass it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection

from wufei.kernel.errors import AccessError, ConflictError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.registry.core.applications import (
    ApplicationAct,
    ApplicationState,
    FieldRemark,
    after,
    read_reason,
    read_remarks,
)
from wufei.records.registry.models import Application, PartyProfile
from wufei.records.registry.queries.applications import party_of_code
from wufei.records.registry.services.applying import FORGOTTEN, TO_APPLICANT, keep_move, move_application
from wufei.records.registry.services.parties import register_party, save_profile
from wufei.records.registry.services.writing import WRITE
from wufei.runtime.access.core import Role, Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.audit.services import note
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.identity.core.kinds import PartyKind
from wufei.runtime.identity.queries import PartyRow, memberships_of, parties_by_id, regions_by_id
from wufei.runtime.identity.services import add_membership
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

DECIDE = "people.manage"
"""A pass gives a stranger a membership: only who could invite that person may do it."""


def return_application(
    scope: Scope, *, application_id: int, version: int, remarks: dict[str, str], at: datetime
) -> None:
    """Give an application back to be mended, with a reason at each field that is wrong.

    Raises
    ------
    AccessError
        Not for this role, not here, or one's own.
    NotFoundError
        There is no such application.
    InputError
        ``registry.remark``: no field has a reason.
    ConflictError
        It was decided or changed meanwhile.
    """
    with session(scope):
        standing = _reached(scope, application_id)
        state = after(ApplicationAct.RETURN, ApplicationState(standing.state))
        kept = read_remarks(remarks)
        values = {"state": state, "remarks": [asdict(each) for each in kept], "moved_at": at}
        _move(scope, standing, version, ApplicationAct.RETURN, values, at, remarks=kept)
        text = Text(
            f"“{standing.name}”的注册申请被退回，请按意见修改后再次提交。",
            f"The application of “{standing.name}” was returned: mend it and send it again.",
        )
        _tell_applicant(standing, version, text)


def refuse_application(scope: Scope, *, application_id: int, version: int, reason: str, at: datetime) -> None:
    """Refuse an application for a reason that the applicant reads.

    Raises
    ------
    AccessError
        Not for this role, not here, or one's own.
    NotFoundError
        There is no such application.
    InputError
        ``registry.reason``: no reason was given.
    ConflictError
        It was decided or changed meanwhile.
    """
    with session(scope):
        standing = _reached(scope, application_id)
        state = after(ApplicationAct.REFUSE, ApplicationState(standing.state))
        words = read_reason(reason)
        values = {"state": state, "words": words, "remarks": [], "moved_at": at, **FORGOTTEN}
        _move(scope, standing, version, ApplicationAct.REFUSE, values, at, words=words)
        text = Text(
            f"“{standing.name}”的注册申请未通过，理由见申请页。",
            f"The application of “{standing.name}” was refused; the reason stands on its page.",
        )
        _tell_applicant(standing, version, text)


def pass_application(scope: Scope, *, application_id: int, version: int, at: datetime) -> PartyRow:
    """Register the enterprise, or take the one that bears the code, and make the applicant its clerk.

    Party, profile, membership, history and notice stand or fall together.

    Raises
    ------
    AccessError
        Not for this role, not here, or one's own.
    NotFoundError
        There is no such application.
    InputError
        ``registry.region-withdrawn``: the region was abolished since.
    ConflictError
        It was decided or changed meanwhile; ``registry.application-elsewhere``: the enterprise is registered
        in a region that this office does not look after.
    """
    with session(scope):
        standing = _reached(scope, application_id)
        require(scope, WRITE, region_id=standing.region_id)
        state = after(ApplicationAct.PASS, ApplicationState(standing.state))
        party = _party_for(scope, standing)
        values = {"state": state, "party_id": party.id, "remarks": [], "moved_at": at, **FORGOTTEN}
        _move(scope, standing, version, ApplicationAct.PASS, values, at, party_id=party.id)
        _make_clerk(standing.user_id, party, at)
        text = Text(
            f"“{party.name.zh}”的注册申请已通过，可以开始填报。",
            f"“{party.name.in_language('en')}” is registered: you can begin to fill in.",
        )
        _tell_applicant(standing, version, text)
    return party


def _make_clerk(user_id: int, party: PartyRow, at: datetime) -> None:
    """Let the applicant act for the party from today on; who does already goes on as before."""
    on = at.astimezone(LOCAL_ZONE).date()
    held = {(each.role, each.party.id) for each in memberships_of(user_id, on=on) if each.party}
    if (Role.PRODUCER, party.id) not in held:
        add_membership(
            user_id=user_id,
            role=Role.PRODUCER,
            region_id=party.region_id,
            party_id=party.id,
            valid_from=on,
        )


def _reached(scope: Scope, application_id: int) -> Application:
    require(scope, DECIDE)
    found = Application.objects.filter(id=application_id).first()
    if found is None:
        raise NotFoundError("application", application_id)
    require(scope, DECIDE, region_id=found.region_id)
    if found.user_id == scope.user_id:
        raise AccessError(
            DECIDE,
            Text(
                "不能审核自己的申请。请由另一位管理人员办理。",
                "Nobody decides about the own application. Ask a colleague.",
            ),
        )
    return found


def _party_for(scope: Scope, standing: Application) -> PartyRow:
    with connection.cursor() as cursor:
        # Two applications of one enterprise, passed at once, shall find one party.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"uscc {standing.uscc}"])
    party = party_of_code(standing.uscc)
    if party is None:
        region = regions_by_id([standing.region_id])[standing.region_id]
        made = register_party(
            scope,
            key=standing.uscc,
            name=Text(standing.name),
            kind=PartyKind.ENTERPRISE,
            region_id=standing.region_id,
            uscc=standing.uscc,
            synthetic=region.synthetic,
        )
        party = parties_by_id([made.party_id])[made.party_id]
    elif not (scope.everything or party.region_id in scope.region_ids):
        region = regions_by_id([party.region_id])[party.region_id]
        raise ConflictError(
            "registry.application-elsewhere",
            Text(
                f"该代码的单位已登记在{region.name.zh}，须由该区办理。请在“所在区域”栏退回，请申请人改选该区。",
                f"The code is registered in {region.name.in_language('en')}, whose office must decide. "
                "Return the field of the region.",
            ),
        )
    if not PartyProfile.objects.filter(party_id=party.id).exists():
        save_profile(scope, party_id=party.id, address=standing.address)
    return party


def _move(
    scope: Scope,
    standing: Application,
    version: int,
    act: ApplicationAct,
    values: dict[str, Any],
    at: datetime,
    *,
    remarks: tuple[FieldRemark, ...] = (),
    words: str = "",
    party_id: int | None = None,
) -> None:
    move_application(standing, version, values)
    keep_move(scope, standing.id, version + 1, act, at, remarks=remarks, words=words)
    note(
        scope,
        f"application.{act}",
        at=at,
        object_kind="registry:application",
        object_id=str(standing.id),
        region_id=standing.region_id,
        party_id=party_id,
    )


def _tell_applicant(standing: Application, version: int, text: Text) -> None:
    notify(
        to=Recipients(user_ids=(standing.user_id,)),
        topic=TO_APPLICANT,
        text=text,
        link="/register/mine",
        key=f"registry.application-decided:{standing.id}:{version + 1}",
    )
