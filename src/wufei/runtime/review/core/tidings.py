"""What has to be told to whom: a case is returned, passed, waits for the next step, is due or overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wufei.kernel.text import Text
from wufei.runtime.review.core.moves import Act, State


@dataclass(frozen=True, slots=True)
class To:
    """Whom: one account, or everyone in a region, or in a department of it, who may do an action."""

    user_id: int | None
    action: str
    region_id: int
    party_id: int | None = None
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Tiding:
    """One thing to tell; whoever has been told a key is not told it again."""

    to: To
    topic: str
    text: Text
    link: str
    key: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """The case that is spoken of."""

    id: UUID
    title: Text
    state: State
    step_action: str
    region_id: int
    party_id: int | None
    department_id: int | None
    submitter_id: int
    due_on: date | None

    @property
    def link(self) -> str:
        """The address of the case."""
        return f"/review/{self.id}"


def tidings_of(case: About, act: Act, *, number: int) -> tuple[Tiding, ...]:
    """Give what a move has to tell, the case as it stands after the move."""
    key = f"review:{case.id}:{number}"
    submitter = To(case.submitter_id, "entry.fill", case.region_id, case.party_id)
    by = f"，请于 {case.due_on} 前办理" if case.due_on else ""
    by_en = f"; please act by {case.due_on}" if case.due_on else ""
    if case.state is State.WAITING and act in (Act.SUBMIT, Act.RESUBMIT, Act.PASS, Act.RETURN):
        reviewers = To(None, case.step_action, case.region_id, case.party_id, case.department_id)
        text = Text(f"待审：{case.title.zh}{by}", f"Waits for you: {_en(case.title)}{by_en}")
        return (Tiding(reviewers, "review.waiting", text, case.link, key),)
    if case.state is State.RETURNED and act is Act.RETURN:
        text = Text(f"已退回：{case.title.zh}{by}", f"Returned: {_en(case.title)}{by_en}")
        return (Tiding(submitter, "review.returned", text, case.link, key, urgent=True),)
    if case.state is State.PASSED:
        text = Text(f"已通过：{case.title.zh}", f"Passed: {_en(case.title)}")
        return (Tiding(submitter, "review.passed", text, case.link, key),)
    return ()


def due_tiding(case: About, today_on: date) -> Tiding | None:
    """Give what has to be told of a case that is overdue, or due today or tomorrow."""
    left = (case.due_on - today_on).days if case.due_on else 2
    if left > 1:
        return None
    to = To(
        case.submitter_id if case.state is State.RETURNED else None,
        case.step_action,
        case.region_id,
        case.party_id,
        case.department_id,
    )
    if left < 0:
        text = Text(f"已逾期 {-left} 天：{case.title.zh}", f"{-left} days overdue: {_en(case.title)}")
        return Tiding(
            to, "review.overdue", text, case.link, f"review:{case.id}:overdue:{case.due_on}", urgent=True
        )
    day, day_en = ("明天", "tomorrow") if left else ("今天", "today")
    text = Text(f"{day}到期：{case.title.zh}", f"Due {day_en}: {_en(case.title)}")
    return Tiding(to, "review.due", text, case.link, f"review:{case.id}:due:{case.due_on}")


def _en(title: Text) -> str:
    return title.en or title.zh
