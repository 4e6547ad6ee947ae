"""The moves of a case, the position they lead to, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from wufei.runtime.access.core import Scope
from wufei.runtime.identity.core.kinds import Role
from wufei.runtime.identity.queries import names_of_users
from wufei.runtime.review.core import history
from wufei.runtime.review.core.machine import Position, replay
from wufei.runtime.review.core.moves import Act, Answer, Move, Remark
from wufei.runtime.review.core.procedure import Procedure
from wufei.runtime.review.models import Move as MoveTable
from wufei.runtime.review.queries.cases import case_by_id


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One move as it was made; ``snapshot`` holds the values where they differ from those before."""

    number: int
    act: Act
    step: int
    to_step: int
    round: int
    user_id: int
    who: str
    role: Role
    at: datetime
    words: str
    remarks: tuple[Remark, ...]
    answers: tuple[Answer, ...]
    due_on: date | None
    digest: str
    snapshot: Any
    signature_id: UUID | None


def moves(scope: Scope, case_id: UUID) -> list[MoveRow]:
    """Give the moves of a case, the first first.

    Raises
    ------
    NotFoundError
        The case does not exist, or not for this scope.
    """
    case_by_id(scope, case_id)
    return rows_of(case_id)


def rows_of(case_id: UUID) -> list[MoveRow]:
    """Give the moves of a case that has been found."""
    found = list(MoveTable.objects.filter(case_id=case_id).order_by("number"))
    names = names_of_users({move.user_id for move in found})
    return [_row(move, names.get(move.user_id, "")) for move in found]


def plain_moves(rows: Iterable[MoveRow]) -> list[Move]:
    """Give moves as the machine reads them."""
    return [
        Move(
            act=row.act,
            user_id=row.user_id,
            words=row.words,
            remarks=row.remarks,
            answers=row.answers,
            to_step=row.to_step,
            signed=row.signature_id is not None,
            due_on=row.due_on,
        )
        for row in rows
    ]


def position_of(procedure: Procedure, rows: Iterable[MoveRow]) -> Position:
    """Give the position that moves lead to."""
    return replay(procedure, plain_moves(rows))


def before_and_after(scope: Scope, case_id: UUID) -> list[history.Change]:
    """Give what changed in a case: place, old, new, by whom, and the remark that asked for it.

    Raises
    ------
    NotFoundError
        The case does not exist, or not for this scope.
    """
    return changes_of(moves(scope, case_id))


def changes_of(rows: Iterable[MoveRow]) -> list[history.Change]:
    """Give what changed over moves that have been read."""
    states: list[history.State] = []
    remarks: tuple[Remark, ...] = ()
    for row in rows:
        if row.snapshot is not None:
            states.append(history.State(row.snapshot, row.user_id, row.at, row.round, remarks))
        if row.act is Act.RETURN:
            remarks = row.remarks
        elif row.act in (Act.SUBMIT, Act.RESUBMIT):
            remarks = ()
    return history.changes(states)


def _row(move: MoveTable, who: str) -> MoveRow:
    return MoveRow(
        number=move.number,
        act=Act(move.act),
        step=move.step,
        to_step=move.to_step,
        round=move.round,
        user_id=move.user_id,
        who=who,
        role=Role(move.role),
        at=move.at,
        words=move.words,
        remarks=tuple(Remark.of_json(kept) for kept in move.remarks),
        answers=tuple(Answer.of_json(kept) for kept in move.answers),
        due_on=move.due_on,
        digest=move.digest,
        snapshot=move.snapshot,
        signature_id=move.signature_id,
    )
