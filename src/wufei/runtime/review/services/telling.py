"""The one place from which people are told what happened to a case."""

from __future__ import annotations

from collections.abc import Iterable

from wufei.runtime.access.core import MATRIX
from wufei.runtime.clock import today_on
from wufei.runtime.identity.core.kinds import PARTY_ROLES, Role
from wufei.runtime.identity.queries import people_of
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify
from wufei.runtime.review.core.tidings import Tiding, To
from wufei.runtime.review.queries.subjects import REVIEWING


def tell(tidings: Iterable[Tiding]) -> tuple[Tiding, ...]:
    """Tell people, in the transaction of the move, and give the tidings back."""
    told = tuple(tidings)
    for tiding in told:
        notify(
            to=recipients_of(tiding.to),
            topic=tiding.topic,
            text=tiding.text,
            link=tiding.link,
            key=tiding.key,
            urgent=tiding.urgent,
        )
    return told


def recipients_of(to: To) -> Recipients:
    """Give whom a tiding goes to: one person, or those of a region whose role may do the step.

    Who acts for a firm steps for that firm only, so a region's people are asked for by their roles. What a
    department reviews itself its own reviewers hear of; where it has none, the office.
    """
    if to.user_id is not None:
        return Recipients(user_ids=(to.user_id,))
    if to.department_id is not None and to.action == REVIEWING:
        own = people_of(on=today_on(), roles=(Role.REVIEWER,), department_id=to.department_id)
        if own:
            return Recipients(user_ids=tuple(sorted(own)), region_id=to.region_id)
        return Recipients(roles=(str(Role.OFFICE),), region_id=to.region_id)
    roles = [role for role, actions in MATRIX.items() if to.action in actions and role not in PARTY_ROLES]
    named = tuple(sorted(str(role) for role in roles if role is not Role.OPERATOR))
    return Recipients(roles=named, region_id=to.region_id)
