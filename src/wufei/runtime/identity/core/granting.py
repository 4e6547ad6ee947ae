"""Which roles a person may give to others."""

from __future__ import annotations

from wufei.runtime.identity.core.kinds import GRANTED_ROLES, Role

_BY_PARTY = {
    Role.PRODUCER: (Role.PRODUCER, Role.GATE),
    Role.CARRIER: (Role.CARRIER, Role.DRIVER),
    Role.RECEIVER: (Role.RECEIVER, Role.GATE),
    Role.INFECTION: (Role.INFECTION, Role.WARD, Role.PORTER),
}
"""The head of a firm gives the roles of its own people, an agent's never: that takes a mandate."""

SECOND_FACTOR_ROLES = frozenset({Role.OFFICE, Role.LEADER, Role.REVIEWER, Role.AUDITOR})
"""Who decides for others, or sees it all, is asked for a second factor."""


def grantable_roles(role: Role) -> tuple[Role, ...]:
    """Give the roles that somebody of this role may give; in which place is decided by the scope."""
    if role in (Role.OFFICE, Role.OPERATOR):
        return tuple(given for given in GRANTED_ROLES if given is not Role.PUBLIC)
    return _BY_PARTY.get(role, ())
