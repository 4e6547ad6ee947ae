"""What an applicant does: ask for registration, mend what was returned, withdraw it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from wufei.kernel.errors import AccessError, ConflictError
from wufei.kernel.text import Text
from wufei.records.registry.core.applications import (
    OPEN,
    WAITING_MAX,
    ApplicationAct,
    ApplicationDraft,
    ApplicationState,
    FieldRemark,
    after,
    check_application,
    refuse_first,
)
from wufei.records.registry.core.uscc import normal_uscc
from wufei.records.registry.models import Application, ApplicationMove
from wufei.records.registry.queries.applications import find_open_region
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.identity.core.personal import plain_phone
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.identity.services import check_new_password, open_account
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

TO_OFFICE, TO_APPLICANT = "registry.application", "registry.application-decided"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """How an applicant who has no account will sign in; the password is hashed and kept nowhere else."""

    username: str
    password: str


@transaction.atomic
def apply(scope: Scope, *, draft: ApplicationDraft, account: NewAccount | None, at: datetime) -> int:
    """Keep an application, with an account for who has none, and give its id.

    Whether the enterprise is registered already is neither asked nor said: the office links it.

    Raises
    ------
    AccessError
        Nobody is signed in and no account is asked for.
    InputError
        A field is wrong (its place is a JSON Pointer), or the user name or the password.
    ConflictError
        ``registry.applications-full``: too many wait in this region; ``registry.application-open``: one of
        this person is under way.
    """
    region = _checked(draft, _day(at))
    applicant, user_id = scope, scope.user_id
    if user_id is None and account is not None:
        check_new_password(account.password, names=[draft.name])
        person = {"display_name": draft.contact_name, "phone": draft.phone, "email": draft.email}
        user_id = open_account(
            username=account.username, password=account.password, language=scope.language, **person
        )
        applicant = replace(scope, user_id=user_id)
    if user_id is None:
        raise AccessError("register")
    with session(applicant):
        _require_room(region)
        application = Application(
            user_id=user_id,
            state=ApplicationState.WAITING,
            version=1,
            sent_at=at,
            moved_at=at,
            **_columns(draft, region),
        )
        try:
            with transaction.atomic():
                application.save(force_insert=True)
        except IntegrityError as error:
            raise ConflictError("registry.application-open", _UNDER_WAY) from error
        keep_move(applicant, application.id, 1, ApplicationAct.SUBMIT, at)
        _tell_office(application.id, 1, draft.name, region)
    return application.id


def mend(scope: Scope, *, draft: ApplicationDraft, version: int, at: datetime) -> None:
    """Send one's own returned application again, with what was mended.

    Raises
    ------
    InputError
        A field is wrong.
    ConflictError
        ``registry.application-state``: it was not returned, or was changed meanwhile.
    """
    region = _checked(draft, _day(at))
    with session(scope):
        standing = _own_open(scope)
        state = after(ApplicationAct.RESUBMIT, ApplicationState(standing.state))
        _require_room(region)
        move_application(
            standing, version, {**_columns(draft, region), "state": state, "remarks": [], "moved_at": at}
        )
        keep_move(scope, standing.id, version + 1, ApplicationAct.RESUBMIT, at)
        _tell_office(standing.id, version + 1, draft.name, region)


def withdraw_application(scope: Scope, *, version: int, at: datetime) -> None:
    """Withdraw one's own application; whom to call is forgotten.

    Raises
    ------
    ConflictError
        ``registry.application-state``: none is under way, or it was changed meanwhile.
    """
    with session(scope):
        standing = _own_open(scope)
        state = after(ApplicationAct.WITHDRAW, ApplicationState(standing.state))
        move_application(standing, version, {"state": state, "moved_at": at, **FORGOTTEN})
        keep_move(scope, standing.id, version + 1, ApplicationAct.WITHDRAW, at)


FORGOTTEN = {"contact_name": "", "phone": "", "email": ""}
"""What an application keeps of the person once it has ended: nothing; it is the person's own contact."""


def move_application(standing: Application, version: int, values: dict[str, Any]) -> None:
    """Write what an act makes of an application, if it still stands as the person saw it.

    Raises
    ------
    ConflictError
        ``registry.application-changed``: somebody was first.
    """
    seen = Application.objects.filter(id=standing.id, version=version, state=standing.state)
    if seen.update(version=version + 1, **values) != 1:
        raise ConflictError(
            "registry.application-changed",
            Text(
                "这份申请刚刚已由他人处理或修改。请刷新页面，按最新内容办理。",
                "The application was changed a moment ago. Load the page again and go by what stands there.",
            ),
        )


def keep_move(
    scope: Scope,
    application_id: int,
    number: int,
    act: ApplicationAct,
    at: datetime,
    *,
    remarks: tuple[FieldRemark, ...] = (),
    words: str = "",
) -> None:
    """Keep what was done and what the application said then; nothing personal is in it."""
    said = Application.objects.values("name", "uscc", "address", "region_id").get(id=application_id)
    ApplicationMove.objects.create(
        application_id=application_id,
        number=number,
        act=act,
        user_id=scope.user_id,
        at=at,
        remarks=[asdict(remark) for remark in remarks],
        words=words,
        said=said,
    )


def _checked(draft: ApplicationDraft, on: date) -> RegionRow:
    refuse_first(check_application(draft))
    return find_open_region(draft.region, on)


def _columns(draft: ApplicationDraft, region: RegionRow) -> dict[str, Any]:
    return {
        "region_id": region.id,
        "name": draft.name.strip(),
        "uscc": normal_uscc(draft.uscc),
        "address": draft.address.strip(),
        "contact_name": draft.contact_name.strip(),
        "phone": plain_phone(draft.phone),
        "email": draft.email.strip(),
    }


def _own_open(scope: Scope) -> Application:
    mine = Application.objects.filter(state__in=list(OPEN))
    found = None if scope.user_id is None else mine.filter(user_id=scope.user_id).first()
    if found is None:
        raise ConflictError(
            "registry.application-state",
            Text("没有办理中的注册申请。", "No application of yours is under way."),
        )
    return found


def _require_room(region: RegionRow) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_applications_waiting(%s)", [region.id])
        waiting = cursor.fetchone()[0]
    if waiting >= WAITING_MAX:
        raise ConflictError(
            "registry.applications-full",
            Text(
                f"{region.name.zh}待审核的申请已满，暂不能受理。请过几天再提交，或联系该区无废办。",
                f"Too many applications wait in {region.name.in_language('en')}. Try again in a few days, "
                "or call the district office.",
            ),
        )


def _tell_office(application_id: int, version: int, name: str, region: RegionRow) -> None:
    notify(
        to=Recipients(roles=("office",), region_id=region.id),
        topic=TO_OFFICE,
        text=Text(f"企业注册申请待审核：{name}", f"An enterprise asks to be registered: {name}"),
        link=f"/registry/applications/{application_id}",
        key=f"registry.application:{application_id}:{version}",
    )


def _day(at: datetime) -> date:
    return at.astimezone(LOCAL_ZONE).date()


_UNDER_WAY = Text(
    "您已有一份办理中的注册申请。请在“我的申请”中查看或修改。",
    "An application of yours is under way. See or mend it under “My application”.",
)
