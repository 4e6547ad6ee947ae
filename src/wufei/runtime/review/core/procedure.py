"""The steps through which a kind of thing goes: 经办 - 审核 - 分管."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes
    ----------
    action : str
        What a person must be allowed to do: ``entry.fill``, ``entry.review``, ``entry.agree``.
    days : int
        How long the step has, in days.
    may_return_to : tuple of str
        Names of earlier steps; empty for the first.
    """

    name: str
    title: Text
    action: str
    days: int = 5
    may_return_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    """The steps in order; the first is that of whoever submits.

    Attributes
    ----------
    must_sign_at : frozenset of str
        Steps at which submitting or passing needs a signature.
    one_person_one_step : bool
        Nobody acts at two steps. That nobody passes what they entered holds even without it.

    Raises
    ------
    ValueError
        Fewer than two steps, a name twice, or a return to a step that is not an earlier one.
    """

    key: str
    steps: tuple[Step, ...]
    must_sign_at: frozenset[str] = frozenset()
    one_person_one_step: bool = True

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if len(names) < 2 or len(set(names)) < len(names) or not self.must_sign_at <= set(names):
            raise ValueError(f"{self.key}: two steps or more, each name once, signing only at these: {names}")
        for at, step in enumerate(self.steps):
            if not set(step.may_return_to) <= set(names[:at]) or bool(step.may_return_to) != bool(at):
                raise ValueError(f"{self.key}: step {step.name} returns to earlier steps, at least to one")

    def index(self, name: str) -> int:
        """Give the number of a step."""
        return [step.name for step in self.steps].index(name)

    def signs(self, step: int) -> bool:
        """Say whether a step needs a signature."""
        return self.steps[step].name in self.must_sign_at


ENTER = Step("enter", Text("经办", "Entry"), "entry.fill")
CHECK = Step("check", Text("审核", "Review"), "entry.review", may_return_to=("enter",))
AGREE = Step("agree", Text("分管", "Agreement"), "entry.agree", may_return_to=("enter", "check"))

TWO_STEPS = Procedure("two-steps", (ENTER, CHECK))
"""经办 - 审核: entered and reviewed."""

THREE_STEPS = Procedure("three-steps", (ENTER, CHECK, AGREE), frozenset({"agree"}))
"""经办 - 审核 - 分管: entered, reviewed, and agreed to with a signature."""
