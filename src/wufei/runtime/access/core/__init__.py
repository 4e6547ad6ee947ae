"""Who may do what where: roles, scopes and the one function that decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from wufei.kernel.errors import AccessError, InvariantError
from wufei.kernel.text import Text
from wufei.runtime.access.core.mandates import Mandate, agent_refusal
from wufei.runtime.identity.core.kinds import PARTY_ROLES, Role

__all__ = ["ACTIONS", "MATRIX", "PARTY_ROLES", "Role", "Scope", "allowed", "reaches", "require"]

PUBLISHED = frozenset({"plan.read", "published.read"})
"""What a government has published: everyone may read it, wherever it is, signed in or not."""

RECORDS = PUBLISHED | {"ledger.read", "observations.read", "registry.read", "catalogue.read", "entry.read"}
READ = RECORDS | {"figures.read", "file.read", "task.read", "assess.read", "report.read"}
FILL = frozenset({"entry.read", "entry.fill", "entry.sign", "file.read", "file.keep"})
POST = frozenset({"ledger.read", "ledger.post", "catalogue.read"})
ENTER = RECORDS | POST | FILL

CLOSE_AND_AMEND = frozenset({"ledger.close", "ledger.amend"})
REVIEW = frozenset({"entry.review", "entry.sign", "personal.read"})
OWN_PEOPLE = frozenset({"people.manage", "mandate.grant"})
AT_WORK = PUBLISHED | POST | FILL
"""Who only works on the spot: a driver, a guard, a ward, a porter."""

DO_TASKS = frozenset({"task.read", "task.report"})
RUN_TASKS = frozenset({"task.run", "task.supervise", "assess.run", "assess.oversee"})
_KEEP_RECORDS = frozenset({"ledger.post", "observations.write", "registry.write"})
_RUN_THE_DISTRICT = RUN_TASKS | {
    *("plan.publish", "audit.read", "catalogue.write", "entry.agree", "report.write", "report.agree")
}
_DO_OFFICE_WORK = frozenset({"task.lead", "assess.appeal", "report.confirm"})
WRITE_CASES = frozenset({"case.write"})
"""Who writes of good practice and asks experts: a department's clerk, a street, whoever manages a firm."""
COUNTERSIGN = frozenset({"report.countersign"})
"""Who answers for a department: its reviewer or its head, not the clerk who prepares (会签)."""

_OFFICE = READ.union(
    *(FILL, REVIEW, CLOSE_AND_AMEND, OWN_PEOPLE, _KEEP_RECORDS, _RUN_THE_DISTRICT, DO_TASKS, _DO_OFFICE_WORK),
    COUNTERSIGN,
    WRITE_CASES,
)

MATRIX: dict[Role, frozenset[str]] = {
    Role.LEADER: READ
    | COUNTERSIGN
    | {"audit.read", "entry.agree", "entry.sign", "task.comment", "assess.oversee", "report.agree"},
    Role.OFFICE: _OFFICE,
    Role.CLERK: READ.union(FILL, _KEEP_RECORDS, DO_TASKS, _DO_OFFICE_WORK, WRITE_CASES),
    Role.REVIEWER: READ | REVIEW | COUNTERSIGN | {"task.lead"},
    Role.TOWNSHIP: ENTER | DO_TASKS | WRITE_CASES | {"observations.write"},
    Role.VILLAGE: ENTER,
    Role.INSPECTOR: READ | FILL | {"personal.read"},
    Role.SURVEYOR: PUBLISHED | FILL | {"catalogue.read", "observations.read", "observations.write"},
    Role.AUDITOR: READ | {"audit.read", "assess.oversee"},
    Role.OBSERVER: READ | {"assess.oversee"},
    Role.PRODUCER: ENTER | OWN_PEOPLE | WRITE_CASES | {"ledger.close"},
    Role.AGENT: ENTER,
    Role.CARRIER: ENTER | WRITE_CASES | {"people.manage"},
    Role.DRIVER: AT_WORK,
    Role.GATE: AT_WORK,
    Role.RECEIVER: ENTER | OWN_PEOPLE | WRITE_CASES,
    Role.INFECTION: ENTER | OWN_PEOPLE | WRITE_CASES,
    Role.WARD: AT_WORK,
    Role.PORTER: AT_WORK,
    Role.PUBLIC: PUBLISHED,
}
"""What each role may do at all; where it may do so is the scope's regions and parties."""

ACTIONS = frozenset().union(*MATRIX.values())
MATRIX[Role.OPERATOR] = ACTIONS

MANDATED = tuple(sorted(action for action in MATRIX[Role.AGENT] if not action.endswith(".read")))
"""What a mandate may be limited to: reading goes with any."""


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
        The membership's region and those below; empty for who acts for a party and for the public.
    party_ids : frozenset of int
        The party for which the person acts; for an agent, those whose mandates hold today.
    department_id : int or None
        The department in which the person works, where the membership names one.
    everything : bool
        True only for the operator.
    language : str
        ``zh-hans`` or ``en``.
    mandates : tuple of Mandate
        All that an agent was ever given, so that a refusal can name the one that has ended.
    today_on : date or None
        The day for which the scope was made; only agents need it.
    reached : set of int
        The parties for which `require` has let something pass: whom an agent's request was about. It takes no
        part in any decision and the audit log reads it.
    """

    user_id: int | None
    membership_id: int | None
    role: Role
    region_ids: frozenset[int] = frozenset()
    party_ids: frozenset[int] = frozenset()
    everything: bool = False
    language: str = "zh-hans"
    mandates: tuple[Mandate, ...] = ()
    today_on: date | None = None
    department_id: int | None = None
    reached: set[int] = field(default_factory=set, compare=False, repr=False)

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
    if scope.role is Role.AGENT and action not in PUBLISHED:
        _require_mandate(scope, action, party_id)
    if action not in PUBLISHED and not reaches(scope, region_id, party_id):
        raise AccessError(
            action,
            Text(
                f"“{action}”的对象不在当前身份的管辖范围内。请切换到所属区域或单位的身份。",
                f"What you would “{action}” lies outside your present region or firm. Switch roles.",
            ),
        )
    if party_id is not None:
        scope.reached.add(party_id)


def reaches(scope: Scope, region_id: int | None, party_id: int | None) -> bool:
    """Say whether a place lies in the regions or parties of a scope; without a place it does."""
    if scope.everything or (region_id is None and party_id is None):
        return True
    if scope.role in PARTY_ROLES:
        return party_id in scope.party_ids
    return region_id is None or region_id in scope.region_ids


def _require_mandate(scope: Scope, action: str, party_id: int | None) -> None:
    if scope.today_on is not None:
        refusal = agent_refusal(scope.mandates, scope.today_on, action, party_id)
        if refusal is not None:
            refused = AccessError(action, refusal)
            # Pages show these words as they are; those of other refusals they put more generally.
            refused.code = "access.mandate"
            raise refused
