"""Make one move: read the case under a lock, ask the machine, keep the move and where the case stands now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from wufei.kernel.errors import AccessError, ConflictError, InvariantError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.review.core.machine import Position, after, step_of
from wufei.runtime.review.core.moves import Act, Move, State
from wufei.runtime.review.core.statements import statement_of
from wufei.runtime.review.core.subject import Sheet, SubjectKind
from wufei.runtime.review.core.tidings import Tiding, tidings_of
from wufei.runtime.review.models import Case
from wufei.runtime.review.models import Move as MoveTable
from wufei.runtime.review.queries.cases import CaseRow, row_of
from wufei.runtime.review.queries.due import about
from wufei.runtime.review.queries.moves import MoveRow, position_of, rows_of
from wufei.runtime.review.queries.subjects import reviews, subject_kind
from wufei.runtime.review.services.telling import tell
from wufei.runtime.signing.core.canonical import as_json, digest_of
from wufei.runtime.signing.core.signature import Offer, Subject
from wufei.runtime.signing.services import sign


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move led to, and what is told of it."""

    case: CaseRow
    tidings: tuple[Tiding, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A case under a lock, with its thing and what its moves made of it."""

    case: Case
    kind: SubjectKind
    sheet: Sheet
    values: Any
    rows: list[MoveRow]
    position: Position


def hold(scope: Scope, case_id: UUID) -> Held:
    """Read a case under a lock; call inside a transaction.

    Raises
    ------
    NotFoundError
        It does not exist, or not for this scope.
    """
    case = Case.objects.select_for_update().filter(id=case_id).first()
    if case is None:
        raise NotFoundError("case", case_id)
    kind = subject_kind(case.subject_kind)
    rows = rows_of(case.id)
    position = position_of(kind.procedure, rows)
    if (position.state.value, position.step, position.round) != (case.state, case.step, case.round):
        message = Text(
            f"办理件 {case.id} 的状态与办理记录不一致", f"Case {case.id} is not where its moves led"
        )
        raise InvariantError("review.state", message)
    sheet = kind.read(scope, case.subject_id)
    return Held(case, kind, sheet, as_json(sheet.values), rows, position)


def begin(scope: Scope, kind_key: str, subject_id: UUID, now: datetime) -> Held:
    """Read the case of a thing under a lock, or begin one; call inside a transaction."""
    standing = Case.objects.filter(subject_kind=kind_key, subject_id=subject_id).values_list("id", flat=True)
    if found := standing.first():
        return hold(scope, found)
    user_id, _ = person(scope, "entry.fill")
    kind = subject_kind(kind_key)
    sheet = kind.read(scope, subject_id)
    case = Case(
        id=new_id(now),
        subject_kind=kind_key,
        subject_id=subject_id,
        procedure=kind.procedure.key,
        region_id=sheet.region_id,
        party_id=sheet.party_id,
        department_id=sheet.department_id,
        submitter_id=user_id,
        version=0,
    )
    return Held(case, kind, sheet, as_json(sheet.values), [], Position())


def check_version(held: Held, version: int) -> None:
    """Refuse what was decided over an older state, and say who was first.

    Raises
    ------
    ConflictError
        ``review.first``.
    """
    if held.case.version == version:
        return
    last = next(row for row in reversed(held.rows) if row.act is not Act.COMMENT)
    at = last.at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M")
    raise ConflictError(
        "review.first",
        Text(
            f"{last.who} 已于 {at} 先行办理（{last.act.label.zh}），"
            f"本件现为“{State(held.case.state).label.zh}”。"
            "您的操作没有保存，请查看最新状态。",
            f"{last.who} was first ({last.act.label.en}, {at}); the case is now "
            f"“{State(held.case.state).label.en}”. Nothing of yours was saved; see how it stands.",
        ),
    )


def make(scope: Scope, held: Held, move: Move, *, now: datetime, offer: Offer | None = None) -> Moved:
    """Keep one move and where the case stands after it; call inside a transaction.

    Raises
    ------
    AccessError, ConflictError, InputError
        As `wufei.runtime.review.core.machine.after`, `require` and `wufei.runtime.signing.services.sign`.
    """
    procedure = held.kind.procedure
    step = step_of(procedure, held.position, move.act)
    place = {"region_id": held.sheet.region_id, "party_id": held.sheet.party_id}
    if move.act is Act.COMMENT:
        require_any(scope, held)
    else:
        require(scope, procedure.steps[step].action, **place)
        if not reviews(scope, held.sheet.department_id, procedure.steps[step].action):
            raise AccessError(procedure.steps[step].action, _OTHER_DEPARTMENT)
    _, membership_id = person(scope, procedure.steps[step].action)
    signing = offer is not None and procedure.signs(step) and move.act not in (Act.COMMENT, Act.WITHDRAW)
    move = replace(move, signed=signing, due_on=move.due_on or _due_on(held, move, now))
    reached = after(procedure, held.position, move)
    signature_id = _signed(scope, held, step, offer, now) if signing and offer else None
    digest = digest_of(held.values)
    if move.act is not Act.COMMENT:
        _keep_case(held, reached, move, now)
    last_digest = held.rows[-1].digest if held.rows else ""
    MoveTable(
        case_id=held.case.id,
        number=len(held.rows) + 1,
        act=move.act.value,
        step=step,
        to_step=move.to_step,
        round=reached.round,
        user_id=move.user_id,
        membership_id=membership_id,
        role=scope.role.value,
        at=now,
        words=move.words,
        remarks=[remark.as_json() for remark in move.remarks],
        answers=[answer.as_json() for answer in move.answers],
        due_on=reached.due_on if move.act is not Act.COMMENT else None,
        digest=digest,
        snapshot=held.values if digest != last_digest else None,
        signature_id=signature_id,
    ).save(force_insert=True)
    case = row_of(held.case)
    return Moved(case, tell(tidings_of(about(case), move.act, number=len(held.rows) + 1)))


def person(scope: Scope, action: str) -> tuple[int, int]:
    """Give account and membership; a review is made by people, never by the machine itself.

    Raises
    ------
    AccessError
        Nobody is signed in.
    """
    if scope.user_id is None or scope.membership_id is None:
        raise AccessError(action)
    return scope.user_id, scope.membership_id


def require_any(scope: Scope, held: Held) -> None:
    """Let whoever may act at any step of the case comment on it."""
    place = {"region_id": held.sheet.region_id, "party_id": held.sheet.party_id}
    refused: AccessError | None = None
    for step in held.kind.procedure.steps:
        try:
            require(scope, step.action, **place)
        except AccessError as error:
            refused = error
        else:
            return
    if refused is not None:
        raise refused


def _due_on(held: Held, move: Move, now: datetime) -> date | None:
    """Give the day by which the next person should act."""
    steps = held.kind.procedure.steps
    if move.act is Act.RETURN:
        days = steps[move.to_step].days
    elif move.act in (Act.SUBMIT, Act.RESUBMIT):
        days = steps[1].days
    elif move.act is Act.PASS and held.position.step + 1 < len(steps):
        days = steps[held.position.step + 1].days
    else:
        return None
    return now.astimezone(LOCAL_ZONE).date() + timedelta(days=days)


def _signed(scope: Scope, held: Held, step: int, offer: Offer, now: datetime) -> UUID:
    subject = Subject(held.case.subject_kind, held.case.subject_id, held.sheet.region_id, held.sheet.party_id)
    statement = statement_of(held.sheet.title, held.kind.procedure.steps[step])
    return sign(scope, subject=subject, values=held.values, statement=statement, offer=offer, now=now)


def _keep_case(held: Held, reached: Position, move: Move, now: datetime) -> None:
    case, new = held.case, held.case.version == 0
    case.title_zh, case.title_en = held.sheet.title.zh, held.sheet.title.en
    case.state, case.step, case.round = reached.state.value, reached.step, reached.round
    case.step_action = held.kind.procedure.steps[reached.step].action
    case.barred = sorted(_barred(held, reached))
    case.due_on, case.moved_at = reached.due_on, now
    case.version += 1
    if move.act in (Act.SUBMIT, Act.RESUBMIT):
        case.submitter_id = move.user_id
    if new:
        case.save(force_insert=True)
    else:
        case.save(update_fields=_KEPT)


def _barred(held: Held, reached: Position) -> frozenset[int]:
    if held.kind.procedure.one_person_one_step:
        return reached.barred(reached.step)
    return frozenset(user for step, user in reached.doers if step == 0 and reached.step)


_KEPT = [
    *("title_zh", "title_en", "state", "step", "step_action", "round", "submitter", "barred"),
    *("due_on", "version", "moved_at"),
]


_OTHER_DEPARTMENT = Text(
    "这份填报属于其他部门，由该部门的审核人员或无废办审核。请切换到该部门的身份，或请他们办理。",
    "This was entered for another department; its reviewers or the office review it. Switch roles, or ask.",
)
