"""The acts: submit, return, resubmit, pass, comment, withdraw, lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.review.core.history import answers_to
from wufei.runtime.review.core.moves import WHOLE, Act, Move, Remark, State
from wufei.runtime.review.services.moving import Held, Moved, begin, check_version, hold, make, person
from wufei.runtime.signing.core.canonical import as_json, digest_of
from wufei.runtime.signing.core.places import MISSING, value_at
from wufei.runtime.signing.core.signature import Offer


def submit(
    scope: Scope, *, kind: str, subject_id: UUID, words: str = "", offer: Offer | None = None, now: datetime
) -> Moved:
    """Submit a thing for the first time, or again after it was withdrawn.

    Raises
    ------
    ConflictError
        ``review.not-now``: it waits, was passed or is locked; ``review.submitted``: somebody was quicker.
    """
    with transaction.atomic():
        held = begin(scope, kind, subject_id, now)
        user_id, _ = person(scope, "entry.fill")
        move = Move(Act.SUBMIT, user_id, words)
        try:
            with transaction.atomic():
                return make(scope, held, move, now=now, offer=offer)
        except IntegrityError as error:
            if "subject_id" in str(error):
                raise ConflictError("review.submitted", _SUBMITTED) from error
            raise


def pass_(
    scope: Scope,
    *,
    case_id: UUID,
    version: int,
    seen: str,
    words: str = "",
    offer: Offer | None = None,
    now: datetime,
) -> Moved:
    """Pass a case at its step; at the last one the thing's own room finishes it in the same transaction.

    Parameters
    ----------
    seen : str
        The digest of the values that the reviewer was shown.

    Raises
    ------
    ConflictError
        ``review.first``; ``review.values-changed``: the values are no longer those that were shown.
    """
    with transaction.atomic():
        held = hold(scope, case_id)
        check_version(held, version)
        if digest_of(held.values) != seen:
            raise ConflictError("review.values-changed", _CHANGED)
        user_id, _ = person(scope, "entry.review")
        moved = make(scope, held, Move(Act.PASS, user_id, words), now=now, offer=offer)
        if moved.case.state is State.PASSED:
            held.kind.passed(scope, held.case.subject_id)
        return moved


def return_(
    scope: Scope,
    *,
    case_id: UUID,
    version: int,
    remarks: Sequence[Remark],
    to_step: int = 0,
    due_on: date | None = None,
    now: datetime,
) -> Moved:
    """Return a case to the submitter or to an earlier step, with remarks and a day.

    Raises
    ------
    ConflictError
        ``review.first``.
    InputError
        ``review.place``: a remark on a place that is not there; ``review.due``: a day that is over.
    """
    with transaction.atomic():
        held = hold(scope, case_id)
        check_version(held, version)
        if due_on is not None and due_on < now.astimezone(LOCAL_ZONE).date():
            raise InputError("review.due", "due_on", due_on, _DUE)
        _check_places(held, [remark.pointer for remark in remarks])
        user_id, _ = person(scope, "entry.review")
        move = Move(Act.RETURN, user_id, remarks=_kept(remarks), to_step=to_step, due_on=due_on)
        return make(scope, held, move, now=now)


def resubmit(
    scope: Scope,
    *,
    case_id: UUID,
    version: int,
    changes: Mapping[str, Any],
    adopt: Iterable[int] = (),
    words: str = "",
    offer: Offer | None = None,
    now: datetime,
) -> Moved:
    """Mend what was returned and submit it again: adopted proposals, values of one's own, the rest left.

    Parameters
    ----------
    changes : mapping
        New values by JSON Pointer.
    adopt : iterable of int
        Numbers of the remarks, from 0, whose proposals are adopted; they win over ``changes``.

    Raises
    ------
    ConflictError
        ``review.first``, ``review.not-now``.
    InputError
        ``review.place``; ``review.no-proposal``; or what the thing's own room finds wrong with a value.
    """
    with transaction.atomic():
        held = hold(scope, case_id)
        check_version(held, version)
        place = {"region_id": held.sheet.region_id, "party_id": held.sheet.party_id}
        require(scope, held.kind.procedure.steps[0].action, **place)
        user_id, _ = person(scope, "entry.fill")
        if held.position.state is not State.RETURNED:
            return make(scope, held, Move(Act.RESUBMIT, user_id), now=now)
        wanted = {**changes, **_adopted(held, adopt)}
        # A general reason has no value to change.
        wanted.pop(WHOLE, None)
        _check_places(held, wanted)
        mended = _written(scope, held, wanted) if wanted else held
        answers = answers_to(held.position.open_remarks, _as_remarked(held), mended.values)
        move = Move(Act.RESUBMIT, user_id, words, answers=answers)
        return make(scope, mended, move, now=now, offer=offer)


def comment(
    scope: Scope, *, case_id: UUID, remarks: Sequence[Remark] = (), words: str = "", now: datetime
) -> Moved:
    """Say something of a case or of one place without returning it; others' decisions are not disturbed."""
    with transaction.atomic():
        held = hold(scope, case_id)
        _check_places(held, [remark.pointer for remark in remarks])
        user_id, _ = person(scope, "entry.read")
        return make(scope, held, Move(Act.COMMENT, user_id, words, remarks=_kept(remarks)), now=now)


def withdraw(scope: Scope, *, case_id: UUID, version: int, words: str = "", now: datetime) -> Moved:
    """Take a case back before it is passed; it may be submitted again."""
    return _simply(scope, case_id, version, Act.WITHDRAW, words, now)


def lock(scope: Scope, *, case_id: UUID, version: int, words: str = "", now: datetime) -> Moved:
    """Lock a passed case: nothing of it ever changes again."""
    return _simply(scope, case_id, version, Act.LOCK, words, now)


def _simply(scope: Scope, case_id: UUID, version: int, act: Act, words: str, now: datetime) -> Moved:
    with transaction.atomic():
        held = hold(scope, case_id)
        check_version(held, version)
        user_id, _ = person(scope, "entry.read")
        return make(scope, held, Move(act, user_id, words), now=now)


def _written(scope: Scope, held: Held, wanted: Mapping[str, Any]) -> Held:
    held.kind.write(scope, held.case.subject_id, wanted)
    sheet = held.kind.read(scope, held.case.subject_id)
    return replace(held, sheet=sheet, values=as_json(sheet.values))


def _as_remarked(held: Held) -> Any:
    """Give the values as they were when the case was returned."""
    kept = [row.snapshot for row in held.rows if row.snapshot is not None]
    return kept[-1] if kept else held.values


def _adopted(held: Held, adopt: Iterable[int]) -> dict[str, Any]:
    remarks = held.position.open_remarks
    found = {}
    for number in adopt:
        if not 0 <= number < len(remarks) or not remarks[number].proposes:
            raise InputError("review.no-proposal", f"adopt/{number}", number, _NO_PROPOSAL)
        found[remarks[number].pointer] = remarks[number].proposal
    return found


def _check_places(held: Held, pointers: Iterable[str]) -> None:
    shown = {row.pointer for row in held.sheet.rows}
    for pointer in pointers:
        if pointer == WHOLE or pointer in shown:
            continue
        if not pointer.startswith("/") or value_at(held.values, pointer) is MISSING:
            message = Text(
                f"本件没有“{pointer}”这一项。请刷新页面后再选。",
                f"The case has no place “{pointer}”. Reload the page and choose again.",
            )
            raise InputError("review.place", pointer, pointer, message)


def _kept(remarks: Sequence[Remark]) -> tuple[Remark, ...]:
    """Write proposals as they come back from the database: decimals as text."""
    return tuple(replace(remark, proposal=as_json(remark.proposal)) for remark in remarks)


_SUBMITTED = Text(
    "本件刚刚已被提交。请刷新页面查看。", "It was submitted a moment ago. Reload the page to see it."
)
_CHANGED = Text(
    "您查看之后内容有变动，未予通过。请重新查看后再办理。",
    "The values have changed since you looked, so it was not passed. Look again and decide.",
)
_DUE = Text("办理期限不能早于今天。", "The day by which to act cannot lie before today.")
_NO_PROPOSAL = Text(
    "这条意见没有建议值。请填写新值或维持原值。",
    "This remark proposes no value. Give one, or leave it as it was.",
)
