"""What an officer enters before publication: bonus and deductions with evidence, targets in words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from wufei.actions.assessment import models
from wufei.actions.assessment.core.facts import Entry, Facts, TargetKind
from wufei.actions.assessment.core.points import CENT
from wufei.actions.assessment.core.scheme import Scheme
from wufei.actions.assessment.core.sheet import BONUS, DEDUCTIONS
from wufei.actions.assessment.core.states import State, demand
from wufei.actions.assessment.queries.assessments import frozen
from wufei.actions.assessment.services.owning import evidence, held, keep_event, scheme_in
from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session


def enter(scope: Scope, *, assessment_id: int, entry: Entry, now: datetime) -> None:
    """Enter points of a bonus or deduction, or the share (0..1) of a target in words; 0 points take it back.

    Parameters
    ----------
    entry : Entry
        Its line is ``bonus:<item>``, ``deductions:<item>`` or ``indicator:<id>``.

    Raises
    ------
    NotFoundError
        The department is not assessed, there is no such line to be entered, or a file is not to be seen.
    InputError
        ``assess.amount``: more than the item gives; ``remark``; ``assess.evidence``: a bonus without a
        file.
    ConflictError
        ``assess.state``: it is not computed yet, or published already.
    """
    written = remark("note", entry.note)
    with session(scope):
        found = held(scope, "assess.run", assessment_id)
        demand(State(found.state), State.COMPUTED)
        facts = frozen(found)
        if entry.department_id not in facts.departments():
            raise NotFoundError("score sheet", entry.department_id)
        most, title = _most(scheme_in(found), facts, entry)
        amount = entry.amount
        if not amount.is_finite() or not 0 <= amount <= most or amount % CENT:
            raise InputError("assess.amount", "amount", amount, _amount(most))
        needed = entry.line.startswith(f"{BONUS}:") and amount > 0
        models.Entry.objects.create(
            assessment=found,
            region_id=found.region_id,
            department_id=entry.department_id,
            line=entry.line,
            amount=amount,
            note=written,
            file_ids=evidence(scope, entry.file_ids, needed=needed),
            entered_at=now,
            entered_by_id=scope.user_id,
        )
        name = facts.office(entry.department_id).name
        text = Text(
            f"录入 {name.zh}“{title.zh}”{amount}：{written[:80]}",
            f"Entered for {name.in_language('en')}, “{title.in_language('en')}”: {amount}, {written[:80]}",
        )
        keep_event(scope, found, "entered", text, now)


def _most(scheme: Scheme, facts: Facts, entry: Entry) -> tuple[Decimal, Text]:
    """Give the most that may be entered for a line, and its title."""
    for part, items in ((BONUS, scheme.bonus.items), (DEDUCTIONS, scheme.deductions.items)):
        for item in items:
            if entry.line == f"{part}:{item.id}":
                return item.points, item.title
    for fact in facts.indicators:
        judged = fact.target is TargetKind.WORDS and entry.department_id in fact.departments
        if judged and entry.line == f"indicator:{fact.id}":
            return Decimal(1), fact.name
    raise NotFoundError("line", entry.line)


def _amount(most: Decimal) -> Text:
    return Text(f"应为 0 至 {most} 的数，最多两位小数。", f"A number from 0 to {most}, two decimals at most.")
