"""The machine of a case: what may follow what, and who may do it. A position is what its moves make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.review.core.moves import WHOLE, Act, Move, Reason, Remark, State
from wufei.runtime.review.core.procedure import Procedure

TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.DRAFT, Act.SUBMIT): State.WAITING,
    (State.WITHDRAWN, Act.SUBMIT): State.WAITING,
    (State.WAITING, Act.PASS): State.PASSED,
    (State.WAITING, Act.RETURN): State.RETURNED,
    (State.WAITING, Act.COMMENT): State.WAITING,
    (State.WAITING, Act.WITHDRAW): State.WITHDRAWN,
    (State.RETURNED, Act.RESUBMIT): State.WAITING,
    (State.RETURNED, Act.COMMENT): State.RETURNED,
    (State.RETURNED, Act.WITHDRAW): State.WITHDRAWN,
    (State.PASSED, Act.LOCK): State.LOCKED,
}
"""All that may happen. A pass before the last step, and a return to an inner step, leave the case waiting."""

OF_THE_SUBMITTER = frozenset({Act.SUBMIT, Act.RESUBMIT, Act.WITHDRAW})
WORDS_MAX = 2000


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands.

    Attributes
    ----------
    step : int
        The step whose person has to act; 0 while it is a draft, returned or withdrawn.
    round : int
        How often it has been submitted, 0 for a draft.
    doers : frozenset of (int, int)
        Step and account of everyone who has acted at a step; who only commented has not.
    open_remarks : tuple of Remark
        Those of the last return, until it is resubmitted.
    """

    state: State = State.DRAFT
    step: int = 0
    round: int = 0
    doers: frozenset[tuple[int, int]] = frozenset()
    open_remarks: tuple[Remark, ...] = ()
    due_on: date | None = None

    def barred(self, step: int) -> frozenset[int]:
        """Give the accounts that have acted at another step than this."""
        return frozenset(user for at, user in self.doers if at != step)


def replay(procedure: Procedure, moves: Iterable[Move]) -> Position:
    """Give the position that moves lead to; raises as `after` does."""
    return reduce(lambda position, move: after(procedure, position, move), moves, Position())


def step_of(procedure: Procedure, position: Position, act: Act) -> int:
    """Give the step at which an act is done; locking is the last step's."""
    if act in OF_THE_SUBMITTER:
        return 0
    return len(procedure.steps) - 1 if act is Act.LOCK else position.step


def after(procedure: Procedure, position: Position, move: Move) -> Position:
    """Give the position after a move.

    Raises
    ------
    ConflictError
        ``review.not-now``: this cannot be done in this state.
    AccessError
        Who entered it may not pass it; who acted at one step may not act at another.
    InputError
        ``review.no-reason``, ``review.words``, ``review.unanswered``, ``review.return-to``,
        ``review.unsigned``: what is said is not enough.
    """
    reached = TRANSITIONS.get((position.state, move.act))
    if reached is None:
        raise _not_now(position.state, move.act)
    step = step_of(procedure, position, move.act)
    _check_person(procedure, position, move, step)
    _check_content(procedure, position, move, step)
    if move.act is Act.COMMENT:
        return position
    went = replace(position, state=reached, doers=position.doers | {(step, move.user_id)}, due_on=move.due_on)
    if move.act is Act.PASS and step + 1 < len(procedure.steps):
        return replace(went, state=State.WAITING, step=step + 1)
    if move.act is Act.RETURN:
        state = State.WAITING if move.to_step else State.RETURNED
        return replace(went, state=state, step=move.to_step, open_remarks=move.remarks)
    if move.act in (Act.SUBMIT, Act.RESUBMIT):
        return replace(went, step=1, round=position.round + 1, open_remarks=())
    if move.act is Act.WITHDRAW:
        return replace(went, step=0, open_remarks=(), due_on=None)
    return replace(went, open_remarks=(), due_on=None)


def may_act(procedure: Procedure, position: Position, act: Act, user_id: int) -> bool:
    """Say whether an act is possible now for this account, whatever its role allows; for buttons."""
    if (position.state, act) not in TRANSITIONS:
        return False
    return not _is_barred(procedure, position, act, user_id)


def _is_barred(procedure: Procedure, position: Position, act: Act, user_id: int) -> bool:
    if act is Act.COMMENT:
        return False
    step = step_of(procedure, position, act)
    entered = (0, user_id) in position.doers
    own = entered and act in (Act.PASS, Act.RETURN, Act.LOCK)
    return own or (procedure.one_person_one_step and user_id in position.barred(step))


def _check_person(procedure: Procedure, position: Position, move: Move, step: int) -> None:
    if _is_barred(procedure, position, move.act, move.user_id):
        title = procedure.steps[step].title
        raise AccessError(
            procedure.steps[step].action,
            Text(
                f"您已在本件的其他环节办理过，不能再办“{title.zh}”。请由另一位同事办理。",
                f"You have acted at another step of this case, so “{title.en}” is a colleague's to do.",
            ),
        )


def _check_content(procedure: Procedure, position: Position, move: Move, step: int) -> None:
    for remark in move.remarks:
        _check_remark(remark)
    if len(move.words) > WORDS_MAX:
        raise _refused("review.words", "words", _LONG)
    if move.act is Act.RETURN:
        if not move.remarks:
            raise _refused("review.no-reason", "remarks", _NO_REASON)
        names = procedure.steps[step].may_return_to
        if not 0 <= move.to_step < step or procedure.steps[move.to_step].name not in names:
            raise _refused("review.return-to", "to_step", _RETURN_TO)
    if move.act is Act.COMMENT and not (move.remarks or move.words.strip()):
        raise _refused("review.words", "words", _NO_WORDS)
    if move.act is Act.RESUBMIT:
        answered = sorted(answer.number for answer in move.answers)
        if answered != list(range(len(position.open_remarks))):
            raise _refused("review.unanswered", "answers", _UNANSWERED)
    if move.act in (Act.SUBMIT, Act.RESUBMIT, Act.PASS) and procedure.signs(step) and not move.signed:
        raise _refused("review.unsigned", "sign_code", _UNSIGNED)


def _check_remark(remark: Remark) -> None:
    needs_words = remark.reason is Reason.OTHER or remark.pointer == WHOLE
    if needs_words and not remark.words.strip():
        raise _refused("review.words", remark.pointer or "words", _NO_WORDS)
    if len(remark.words) > WORDS_MAX:
        raise _refused("review.words", remark.pointer or "words", _LONG)


def _not_now(state: State, act: Act) -> ConflictError:
    return ConflictError(
        "review.not-now",
        Text(
            f"本件现为“{state.label.zh}”，不能“{act.label.zh}”。请刷新页面查看最新状态。",
            f"The case is “{state.label.en}”: it cannot be “{act.label.en}” now. Reload the page.",
        ),
    )


def _refused(code: str, field: str, message: Text) -> InputError:
    return InputError(code, field, "", message)


_NO_REASON = Text(
    "退回须说明原因：请至少点选一项内容并选择原因，或填写总的原因。",
    "Say why you return it: tap a cell and choose a reason, or give a general one.",
)
_NO_WORDS = Text("请用文字说明。", "Say it in words.")
_LONG = Text(f"说明请不超过 {WORDS_MAX} 字。", f"Say it in {WORDS_MAX} characters or fewer.")
_RETURN_TO = Text(
    "不能退回到这一环节。请选择列出的环节。", "It cannot be returned to this step; choose a listed one."
)
_UNANSWERED = Text(
    "每条退回意见都要答复：采用建议、填写新值或维持原值。",
    "Answer each remark: adopt the proposal, give a value, or leave it as it was.",
)
_UNSIGNED = Text(
    "本环节须签名。请填写验证码，或用已登记的设备签名。",
    "This step is signed. Give a code, or sign with a device of yours.",
)
