"""Who may do what where: roles, scopes and the one function that decides."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.kernel.errors import AccessError, InvariantError
from wufei.kernel.text import Text
from wufei.runtime.identity.core.kinds import Role

__all__ = ["ACTIONS", "MATRIX", "Role", "Scope", "allowed", "require"]

PUBLISHED = frozenset({"plan.read", "published.read"})
"""What a government has published: everyone may read it, wherever it is, signed in or not."""

READ_AND_ENTER = PUBLISHED | {
    "ledger.read",
    "ledger.post",
    "observations.read",
    "registry.read",
    "catalogue.read",
}
READ = PUBLISHED | {"figures.read", "ledger.read", "observations.read", "registry.read", "catalogue.read"}

CLOSE_AND_AMEND = frozenset({"ledger.close", "ledger.amend"})

ACTIONS = READ | READ_AND_ENTER | CLOSE_AND_AMEND | {"plan.publish", "observations.write", "audit.read"}

MATRIX: dict[Role, frozenset[str]] = {
    Role.LEADER: READ | {"audit.read"},
    Role.OFFICE: READ | CLOSE_AND_AMEND | {"ledger.post", "plan.publish", "observations.write", "audit.read"},
    Role.CLERK: READ | {"ledger.post", "observations.write"},
    Role.PRODUCER: READ_AND_ENTER | {"ledger.close"},
    Role.AUDITOR: READ | {"audit.read"},
    Role.PUBLIC: PUBLISHED,
    Role.OPERATOR: frozenset(ACTIONS),
}
"""What each role may do at all; where it may do so is the scope's regions and parties."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one person, in one membership, can reach.

    Attributes
    ----------
    user_id, membership_id : int or None
        None for the local command line and for visitors who have not signed in.
    role : Role
        The role of the membership.
    region_ids : frozenset of int
        The membership's region and those below; empty for producers and the public.
    party_ids : frozenset of int
        A producer's own party.
    everything : bool
        True only for the operator.
    language : str
        ``zh-hans`` or ``en``.
    """

    user_id: int | None
    membership_id: int | None
    role: Role
    region_ids: frozenset[int] = frozenset()
    party_ids: frozenset[int] = frozenset()
    everything: bool = False
    language: str = "zh-hans"

    @classmethod
    def operator(cls, language: str = "zh-hans") -> Scope:
        """Give the scope of whoever commands the machine itself: the local command line."""
        return cls(None, None, Role.OPERATOR, everything=True, language=language)

    @classmethod
    def public(cls, language: str = "zh-hans") -> Scope:
        """Give the scope of a visitor who has not signed in."""
        return cls(None, None, Role.PUBLIC, language=language)


def allowed(scope: Scope, action: str) -> bool:
    """Say whether the role may do this anywhere: for menus; `require` decides about a place.

    Raises
    ------
    InvariantError
        ``access.unknown-action``: a misspelt action is a bug.
    """
    if action not in ACTIONS:
        message = Text(f"未知操作 {action}", f"Unknown action {action}")
        raise InvariantError("access.unknown-action", message)
    return action in MATRIX[scope.role]


def require(scope: Scope, action: str, *, region_id: int | None = None, party_id: int | None = None) -> None:
    """Let an action pass, or raise.

    Parameters
    ----------
    scope : Scope
        Who asks.
    action : str
        One of `ACTIONS`.
    region_id, party_id : int, optional
        The place of the thing; without one only the role is asked, and rows are left to the database.

    Raises
    ------
    AccessError
        The role may not do this, or not here.
    """
    if not allowed(scope, action):
        raise AccessError(action)
    if action not in PUBLISHED and not _reaches(scope, region_id, party_id):
        raise AccessError(
            action,
            Text(
                f"“{action}”的对象不在当前身份的管辖范围内。请切换到所属区域或单位的身份。",
                f"What you would “{action}” lies outside your present region or firm. Switch roles.",
            ),
        )


def _reaches(scope: Scope, region_id: int | None, party_id: int | None) -> bool:
    if scope.everything or (region_id is None and party_id is None):
        return True
    if scope.role is Role.PRODUCER:
        return party_id in scope.party_ids
    return region_id is None or region_id in scope.region_ids
