"""Who stands how to a question, and what may be done from there."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.actions.cases.core.question import Act
from wufei.runtime.access.core import Scope, allowed, reaches


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose a question is, and who answers it."""

    region_id: int
    party_id: int | None
    department_id: int | None
    asker_id: int
    to_user_id: int | None
    to_department_id: int | None

    def is_office(self, scope: Scope) -> bool:
        """Say whether somebody runs the programme there."""
        return allowed(scope, "task.run") and reaches(scope, self.region_id, None)

    def asks(self, scope: Scope) -> bool:
        """Say whether the question is one's own, one's firm's or one's department's."""
        return (
            self.asker_id == scope.user_id
            or self.party_id in scope.party_ids
            or (self.department_id is not None and self.department_id == scope.department_id)
        )

    def answers(self, scope: Scope) -> bool:
        """Say whether it was assigned to somebody or to the department where they work."""
        mine = self.to_user_id is not None and self.to_user_id == scope.user_id
        return mine or (self.to_department_id is not None and self.to_department_id == scope.department_id)

    def concerns(self, scope: Scope) -> bool:
        """Say whether it is anything to somebody before it is published."""
        return self.is_office(scope) or self.asks(scope) or self.answers(scope)

    def may(self, scope: Scope) -> frozenset[Act]:
        """Give what somebody may do about it at all; when, says `core.question.after`."""
        office, found = self.is_office(scope), set[Act]()
        if office:
            found |= {Act.ASSIGN, Act.PUBLISH}
        if office or (self.answers(scope) and allowed(scope, "entry.fill")):
            found.add(Act.ANSWER)
        if office or (self.asks(scope) and allowed(scope, "case.write")):
            found |= {Act.ASK_ON, Act.CLOSE}
        return frozenset(found)
