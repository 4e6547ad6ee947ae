"""Every history the machine allows keeps its promises, and what breaks one is refused."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.runtime.review.core.machine import TRANSITIONS, Position, after, may_act, replay
from wufei.runtime.review.core.moves import Act, Answer, Answered, Move, Reason, Remark, State
from wufei.runtime.review.core.procedure import AGREE, CHECK, ENTER, THREE_STEPS, TWO_STEPS, Procedure, Step

ANNE, BO, CHEN, DING = 1, 2, 3, 4
DUE = date(2026, 3, 10)
REMARK = Remark("/candles", Reason.WRONG_VALUE, proposes=True, proposal=3)
REMARKS = st.sampled_from(
    [
        (),
        (REMARK,),
        (Remark("", Reason.OTHER, "请重写"), REMARK),
        (Remark("/candles", Reason.OTHER),),
        (Remark("", Reason.MISSING),),
    ]
)
LOOSE = replace(THREE_STEPS, key="loose", one_person_one_step=False)


def submitted(procedure=TWO_STEPS, user_id=ANNE):
    return after(procedure, Position(), Move(Act.SUBMIT, user_id, due_on=DUE))


class Histories(RuleBasedStateMachine):
    """Try any act by anyone with any words; a model of its own, kept beside, says what must hold."""

    procedure = THREE_STEPS

    def __init__(self):
        super().__init__()
        self.moves = []
        self.position = Position()

    @rule(
        act=st.sampled_from(list(Act)),
        user=st.sampled_from([ANNE, BO, CHEN, DING]),
        remarks=REMARKS,
        words=st.sampled_from(["", "好"]),
        to_step=st.sampled_from([0, 1, 2]),
        signed=st.booleans(),
        answered=st.integers(0, 2),
    )
    def try_anything(  # noqa: PLR0917 - drawn
        self, act, user, remarks, words, to_step, signed, answered
    ):
        answers = tuple(Answer(number, Answered.LEFT) for number in range(answered))
        self.attempt(Move(act, user, words, remarks, answers, to_step, signed, DUE))

    # Chance alone rarely comes far: this rule does what the case needs next.
    @rule(user=st.sampled_from([ANNE, BO, CHEN, DING]), back=st.booleans(), to_step=st.sampled_from([0, 1]))
    @precondition(lambda self: self.position.state is not State.LOCKED)
    def go_on(self, user, back, to_step):
        answers = tuple(Answer(at, Answered.LEFT) for at in range(len(self.position.open_remarks)))
        act = {
            State.DRAFT: Act.SUBMIT,
            State.WITHDRAWN: Act.SUBMIT,
            State.RETURNED: Act.RESUBMIT,
            State.WAITING: Act.RETURN if back else Act.PASS,
            State.PASSED: Act.LOCK,
        }[self.position.state]
        remarks = (REMARK,) if act is Act.RETURN else ()
        self.attempt(Move(act, user, "", remarks, answers, to_step, signed=True, due_on=DUE))

    def attempt(self, move):
        before = self.position
        try:
            self.position = after(self.procedure, before, move)
        except (AccessError, ConflictError, InputError):
            return
        self.moves.append((before, move))
        self.check_last(before, move)

    def check_last(self, before, move):
        assert before.state is not State.LOCKED
        assert (before.state, move.act) in TRANSITIONS
        assert may_act(self.procedure, before, move.act, move.user_id)
        if move.act is Act.RETURN:
            assert any(remark.pointer or remark.words for remark in move.remarks)
            assert self.position.open_remarks == move.remarks
        if move.act is Act.RESUBMIT:
            assert len(move.answers) == len(before.open_remarks)
            assert self.position.round == before.round + 1
        if move.act is Act.PASS:
            entered = {m.user_id for _, m in self.moves if m.act in (Act.SUBMIT, Act.RESUBMIT)}
            assert move.user_id not in entered
            assert move.signed or not self.procedure.signs(before.step)

    @invariant()
    def every_state_has_the_history_that_leads_there(self):
        assert replay(self.procedure, [move for _, move in self.moves]) == self.position
        acts = [move.act for _, move in self.moves if move.act is not Act.COMMENT]
        last = acts[-1] if acts else None
        reached = {
            State.DRAFT: {None},
            State.WAITING: {Act.SUBMIT, Act.RESUBMIT, Act.PASS, Act.RETURN},
            State.RETURNED: {Act.RETURN},
            State.PASSED: {Act.PASS},
            State.LOCKED: {Act.LOCK},
            State.WITHDRAWN: {Act.WITHDRAW},
        }
        assert last in reached[self.position.state]
        assert (self.position.step > 0) == (
            self.position.state in (State.WAITING, State.PASSED, State.LOCKED)
        )

    @invariant()
    def passed_means_every_step_after_the_last_submission_was_passed(self):
        if self.position.state not in (State.PASSED, State.LOCKED):
            return
        steps = []
        for before, move in self.moves:
            if move.act in (Act.SUBMIT, Act.RESUBMIT):
                steps = []
            if move.act is Act.PASS:
                steps.append(before.step)
        assert set(steps) == {1, 2}
        assert steps[-1] == 2

    @invariant()
    def nobody_acts_at_two_steps(self):
        people = [user for _, user in self.position.doers]
        if self.procedure.one_person_one_step:
            assert len(people) == len(set(people))


class LooseHistories(Histories):
    """One person may act at two steps, but still passes nothing of their own."""

    procedure = LOOSE


TestHistories = Histories.TestCase
TestLooseHistories = LooseHistories.TestCase
for case in (TestHistories, TestLooseHistories):
    case.settings = settings(max_examples=40, stateful_step_count=20)


def test_nothing_follows_a_locked_case():
    assert [pair for pair in TRANSITIONS if pair[0] is State.LOCKED] == []
    for act in Act:
        with pytest.raises(ConflictError):
            after(TWO_STEPS, Position(State.LOCKED, 1, 1), Move(act, DING, "x", (REMARK,)))


def test_a_case_goes_through_return_resubmission_pass_and_lock():
    position = submitted()
    assert (position.state, position.step, position.round) == (State.WAITING, 1, 1)
    position = after(TWO_STEPS, position, Move(Act.RETURN, BO, remarks=(REMARK,), due_on=DUE))
    assert (position.state, position.step, position.open_remarks) == (State.RETURNED, 0, (REMARK,))
    answer = (Answer(0, Answered.ADOPTED),)
    position = after(TWO_STEPS, position, Move(Act.RESUBMIT, ANNE, answers=answer))
    assert (position.state, position.round, position.open_remarks) == (State.WAITING, 2, ())
    position = after(TWO_STEPS, position, Move(Act.PASS, BO))
    assert position.state is State.PASSED
    assert after(TWO_STEPS, position, Move(Act.LOCK, BO)).state is State.LOCKED


def test_the_last_step_may_return_to_the_step_before_and_its_person_acts_again():
    position = after(THREE_STEPS, submitted(THREE_STEPS), Move(Act.PASS, BO))
    position = after(THREE_STEPS, position, Move(Act.RETURN, CHEN, remarks=(REMARK,), to_step=1))
    assert (position.state, position.step) == (State.WAITING, 1)
    assert after(THREE_STEPS, position, Move(Act.PASS, BO)).step == 2


@pytest.mark.parametrize("procedure", [TWO_STEPS, LOOSE], ids=lambda one: one.key)
def test_nobody_passes_what_they_entered(procedure):
    with pytest.raises(AccessError):
        after(procedure, submitted(procedure), Move(Act.PASS, ANNE))


def test_one_person_at_two_steps_is_a_rule_of_the_procedure():
    at_check = after(THREE_STEPS, submitted(THREE_STEPS), Move(Act.PASS, BO))
    with pytest.raises(AccessError):
        after(THREE_STEPS, at_check, Move(Act.PASS, BO, signed=True))
    loose = after(LOOSE, submitted(LOOSE), Move(Act.PASS, BO))
    assert after(LOOSE, loose, Move(Act.PASS, BO, signed=True)).state is State.PASSED


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (Move(Act.RETURN, BO), "review.no-reason"),
        (Move(Act.RETURN, BO, remarks=(Remark("", Reason.OTHER, " "),)), "review.words"),
        (Move(Act.RETURN, BO, remarks=(Remark("/a", Reason.OTHER),)), "review.words"),
        (Move(Act.RETURN, BO, remarks=(Remark("/a", Reason.MISSING, "x" * 2001),)), "review.words"),
        (Move(Act.RETURN, BO, remarks=(REMARK,), to_step=1), "review.return-to"),
        (Move(Act.COMMENT, BO, " "), "review.words"),
    ],
)
def test_what_says_too_little_is_refused(move, code):
    with pytest.raises(InputError) as refused:
        after(TWO_STEPS, submitted(), move)
    assert refused.value.code == code


def test_a_step_that_is_signed_is_not_passed_without():
    position = after(THREE_STEPS, submitted(THREE_STEPS), Move(Act.PASS, BO))
    with pytest.raises(InputError, match=r"review\.unsigned"):
        after(THREE_STEPS, position, Move(Act.PASS, CHEN))


def test_every_remark_is_answered_at_the_resubmission():
    position = after(TWO_STEPS, submitted(), Move(Act.RETURN, BO, remarks=(REMARK, REMARK)))
    with pytest.raises(InputError, match=r"review\.unanswered"):
        after(TWO_STEPS, position, Move(Act.RESUBMIT, ANNE, answers=(Answer(0, Answered.LEFT),)))


def test_a_withdrawn_case_may_be_submitted_again():
    position = after(TWO_STEPS, submitted(), Move(Act.WITHDRAW, ANNE))
    assert position.state is State.WITHDRAWN
    assert after(TWO_STEPS, position, Move(Act.SUBMIT, ANNE)).round == 2


@pytest.mark.parametrize(
    "steps",
    [
        (ENTER,),
        (ENTER, ENTER),
        (ENTER, AGREE),
        (ENTER, Step("x", ENTER.title, "entry.review")),
        (CHECK, ENTER),
    ],
)
def test_a_procedure_that_leads_nowhere_is_refused(steps):
    with pytest.raises(ValueError, match="bad"):
        Procedure("bad", steps)
