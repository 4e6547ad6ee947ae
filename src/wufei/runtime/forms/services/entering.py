"""Writes of entries: drafts, entering, amending; what was entered is never changed, only revised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, allowed, reaches, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.forms.core.answers import Json
from wufei.runtime.forms.core.checking import Checked, check
from wufei.runtime.forms.core.entries import Answered, EntryRow, Form, digest_of
from wufei.runtime.forms.exports import form_named
from wufei.runtime.forms.models import Entry, Revision
from wufei.runtime.forms.queries import row_of
from wufei.runtime.forms.services.judging import judge
from wufei.runtime.identity.core.kinds import PARTY_ROLES
from wufei.runtime.identity.queries import parties_by_id
from wufei.runtime.jobs.exports import exported


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry belongs, and when the device that made it says it did."""

    region_id: int
    party_id: int | None = None
    device_at: datetime | None = None
    device_offset_min: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of answers: ``entered``, ``repeated`` or ``refused`` with its Findings."""

    outcome: str
    entry: EntryRow | None
    findings: tuple[Finding, ...]


def place_of(
    scope: Scope,
    *,
    region_id: int | None = None,
    party_id: int | None = None,
    device_at: datetime | None = None,
    device_offset_min: int | None = None,
) -> Place:
    """Say where an entry belongs: of a party in its region, of a region within what the scope reaches.

    Raises
    ------
    AccessError
        The party or region is another's.
    InputError
        ``forms.party``: one of several parties, or a region, must be named.
    """
    if scope.role in PARTY_ROLES:
        chosen = party_id if party_id is not None else next(iter(scope.party_ids), None)
        if chosen is None or (party_id is None and len(scope.party_ids) > 1):
            raise InputError("forms.party", "party", party_id, _WHICH)
        if chosen not in scope.party_ids:
            raise AccessError("entry.fill")
        return Place(parties_by_id([chosen])[chosen].region_id, chosen, device_at, device_offset_min)
    if region_id is None:
        raise InputError("forms.party", "region", region_id, _WHICH)
    if party_id is not None:
        party = parties_by_id([party_id]).get(party_id)
        if party is None or (not scope.everything and party.region_id not in scope.region_ids):
            raise AccessError("entry.fill")
    return Place(region_id, party_id, device_at, device_offset_min)


def save_draft(
    scope: Scope, form: Form, *, entry_id: UUID, answers: Mapping[str, Json], place: Place, now: datetime
) -> EntryRow:
    """Keep answers as they were typed, right or wrong.

    Raises
    ------
    AccessError
        The scope may not fill this form here, or the draft is another's.
    ConflictError
        ``forms.entered``: the identifier stands for what was entered already.
    """
    require(scope, form.action, region_id=place.region_id, party_id=place.party_id)
    with session(scope):
        standing = _standing(scope, form, entry_id)
        if standing is not None and standing.state == "entered":
            raise ConflictError("forms.entered", _ENTERED)
        return row_of(_written(scope, form, standing, entry_id, _without_nulls(dict(answers)), place, now))


def enter(
    scope: Scope,
    form: Form,
    *,
    entry_id: UUID,
    answers: Mapping[str, object],
    place: Place,
    now: datetime,
    confirmed: bool = False,
    judged: tuple[Finding, ...] | None = None,
) -> Outcome:
    """Check answers and make them final; sending the same again changes nothing.

    Parameters
    ----------
    judged : tuple of Finding, optional
        What `judge` said of these answers, where a whole workbook was asked at once.

    Raises
    ------
    AccessError
        The scope may not fill this form here.
    ConflictError
        ``forms.other-content``: the identifier stands for other values.
    """
    require(scope, form.action, region_id=place.region_id, party_id=place.party_id)
    checked = check(form.definition, answers, now.astimezone(LOCAL_ZONE).date())
    digest = digest_of(form.definition.key, form.definition.version, checked.values)
    try:
        with session(scope):
            standing = _standing(scope, form, entry_id)
            if standing is not None and standing.state == "entered":
                first = Revision.objects.filter(entry_id=entry_id, number=1).first()
                if checked.valid and first is not None and first.digest == digest:
                    return Outcome("repeated", row_of(standing), checked.findings)
                raise ConflictError("forms.other-content", _OTHER)
            checked = _judged(scope, form, checked, place.party_id, judged)
            if not _acceptable(checked, confirmed=confirmed):
                return Outcome("refused", None, checked.findings)
            made = _written(scope, form, standing, entry_id, checked.values, place, now, digest)
            _revise(scope, made, 1, now)
            _follow(scope, form, row_of(made), now)
            return Outcome("entered", row_of(made), checked.findings)
    except InputError as error:
        return Outcome("refused", None, (*checked.findings, _room_finding(error)))


def amend(
    scope: Scope,
    form: Form,
    *,
    entry_id: UUID,
    answers: Mapping[str, object],
    now: datetime,
    confirmed: bool = False,
) -> Outcome:
    """Write a new revision of an entry; the ones before stay.

    Raises
    ------
    AccessError
        The scope may not fill this form there.
    ConflictError
        ``forms.not-entered``: there is no such entry for this person.
    """
    checked = check(form.definition, answers, now.astimezone(LOCAL_ZONE).date())
    digest = digest_of(form.definition.key, form.definition.version, checked.values)
    try:
        with session(scope):
            _lock(entry_id)
            standing = Entry.objects.filter(
                id=entry_id, state="entered", form_key=form.definition.key
            ).first()
            if standing is None:
                raise ConflictError("forms.not-entered", _NOT_ENTERED)
            require(scope, form.action, region_id=standing.region_id, party_id=standing.party_id)
            if standing.digest == digest:
                return Outcome("repeated", row_of(standing), checked.findings)
            checked = _judged(scope, form, checked, standing.party_id)
            if not _acceptable(checked, confirmed=confirmed):
                return Outcome("refused", None, checked.findings)
            standing.values, standing.digest, standing.saved_at = checked.values, digest, now
            standing.form_version = form.definition.version
            standing.save(update_fields=["values", "digest", "saved_at", "form_version"])
            _revise(scope, standing, Revision.objects.filter(entry_id=entry_id).count() + 1, now)
            if form.submitted is not None:
                form.submitted(scope, row_of(standing))
            own = standing.author_id == scope.user_id
            if form.entered is not None and (not form.reviewed or (own and _at_once(scope, form, standing))):
                form.entered(scope, row_of(standing))
            return Outcome("entered", row_of(standing), checked.findings)
    except InputError as error:
        return Outcome("refused", None, (*checked.findings, _room_finding(error)))


def finish(scope: Scope, *, entry_id: UUID) -> None:
    """Let the form's room write what follows from an entry that was passed, in the pass's transaction."""
    found = Entry.objects.get(id=entry_id, state="entered")
    form = form_named(found.form_key)
    if form.entered is not None:
        form.entered(scope, row_of(found))


def _without_nulls(value: Any) -> Any:
    """Leave out what PostgreSQL keeps in no text."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    if isinstance(value, dict):
        return {_without_nulls(key): _without_nulls(each) for key, each in value.items()}
    return value


def _follow(scope: Scope, form: Form, row: EntryRow, now: datetime) -> None:
    """Do what follows from an entry: its room's work at once, or the review that comes before."""
    if form.submitted is not None:
        form.submitted(scope, row)
    if not form.reviewed or _at_once(scope, form, row):
        if form.entered is not None:
            form.entered(scope, row)
        return
    for submit in exported("AFTER_ENTRY", by="reviews"):
        submit(scope, form, row, now)


def _at_once(scope: Scope, form: Form, row: EntryRow | Entry) -> bool:
    """Say whether who enters may write what follows without anybody's pass."""
    return bool(form.at_once) and allowed(scope, form.at_once) and reaches(scope, row.region_id, row.party_id)


def _judged(
    scope: Scope, form: Form, checked: Checked, party_id: int | None, said: tuple[Finding, ...] | None = None
) -> Checked:
    if said is None:
        (said,) = judge(scope, form, [Answered(checked.values, party_id)])
    return replace(checked, findings=(*checked.findings, *said))


def _acceptable(checked: Checked, *, confirmed: bool) -> bool:
    asked = any(one.severity is Severity.WARNING for one in checked.findings)
    return checked.valid and (confirmed or not asked)


def _standing(scope: Scope, form: Form, entry_id: UUID) -> Entry | None:
    """Give the row of an identifier, with everybody else's sending of it held back until we are done."""
    if scope.user_id is None or scope.membership_id is None:
        raise AccessError(form.action)
    _lock(entry_id)
    found = Entry.objects.filter(id=entry_id).first()
    if found is None:
        return None
    if found.author_id != scope.user_id or found.form_key != form.definition.key:
        raise ConflictError("forms.other-content", _OTHER)
    return found


def _lock(entry_id: UUID) -> None:
    with connections["default"].cursor() as cursor:
        number = entry_id.int % 2**63
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _written(  # noqa: PLR0917 - what a row holds
    scope: Scope,
    form: Form,
    standing: Entry | None,
    entry_id: UUID,
    values: dict[str, Json],
    place: Place,
    now: datetime,
    digest: str = "",
) -> Entry:
    made = standing or Entry(id=entry_id, author_id=scope.user_id or 0)
    made.form_key, made.form_version = form.definition.key, form.definition.version
    made.region_id, made.party_id = place.region_id, place.party_id
    made.membership_id = scope.membership_id or 0
    made.device_at, made.device_offset_min = place.device_at, place.device_offset_min
    made.values, made.digest, made.saved_at = values, digest, now
    made.state, made.entered_at = ("entered", now) if digest else ("draft", None)
    made.save(force_insert=standing is None)
    return made


def _revise(scope: Scope, made: Entry, number: int, now: datetime) -> None:
    Revision.objects.create(
        entry=made,
        number=number,
        values=made.values,
        digest=made.digest,
        author_id=scope.user_id or 0,
        membership_id=scope.membership_id or 0,
        written_at=now,
    )


def _room_finding(error: InputError) -> Finding:
    where = error.field if error.field.startswith("/") else f"/{error.field}"
    return Finding(
        error.code, Severity.ERROR, where, error.message, value=str(error.value)[:80], fix=error.message
    )


_WHICH = Text("请指明为哪家单位或哪个区域填报。", "Say for which firm or region this is filled in.")
_ENTERED = Text(
    "这份表已经提交，不能再存为草稿。请用更正。", "This form was entered; it is no draft any more. Amend it."
)
_OTHER = Text(
    "这个编号已用于其他内容，没有写入。请刷新后重新填写。",
    "The identifier stands for other content; nothing was written. Reload the form and fill it in anew.",
)
_NOT_ENTERED = Text(
    "没有这份已提交的表，或不属于当前身份。", "There is no such entry, or not for your present role."
)
