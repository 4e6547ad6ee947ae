"""Grant mandates to agents and take them back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import MANDATED, Scope, require
from wufei.runtime.clock import day_of
from wufei.runtime.identity.models import Mandate
from wufei.runtime.identity.queries import PartyRow, parties_by_id

DAYS_MAX = 3 * 366


def grant_mandate(
    scope: Scope,
    *,
    owner_id: int,
    agent_id: int,
    actions: Iterable[str] = (),
    from_on: date,
    last_on: date,
    at: datetime,
) -> int:
    """Let an agent act for an owner from one day to another, both included, and give the mandate's id.

    Parameters
    ----------
    actions : iterable of str
        Some of `MANDATED`; none: all that the role of an agent may.

    Raises
    ------
    AccessError
        Neither the owner nor its zero-waste office asks.
    InputError
        ``mandate.agent``, ``mandate.actions``, ``mandate.from_on``, ``mandate.last_on``.
    NotFoundError
        The owner or the agent does not exist.
    """
    parties = parties_by_id([owner_id, agent_id])
    owner = _party(parties, owner_id)
    require(scope, "mandate.grant", region_id=owner.region_id, party_id=owner_id)
    _party(parties, agent_id)
    wanted = sorted(set(actions))
    _check(owner_id, agent_id, wanted)
    _check_days(from_on, last_on, day_of(at))
    made = Mandate.objects.create(
        owner_id=owner_id,
        agent_id=agent_id,
        region_id=owner.region_id,
        actions=wanted,
        from_on=from_on,
        last_on=last_on,
        granted_by_id=scope.user_id,
        granted_at=at,
    )
    return made.id


def revoke_mandate(scope: Scope, mandate_id: int, *, at: datetime) -> None:
    """Take a mandate back; it ends at once, and its row stays.

    Raises
    ------
    NotFoundError
        There is none, or it is another firm's.
    ConflictError
        ``mandate.ended``: it was taken back before.
    """
    require(scope, "mandate.grant")
    found = Mandate.objects.select_for_update().filter(id=mandate_id).first()
    if found is None:
        raise NotFoundError("mandate", mandate_id)
    require(scope, "mandate.grant", region_id=found.region_id, party_id=found.owner_id)
    if found.revoked_at is not None:
        day = day_of(found.revoked_at)
        message = Text(f"该授权已于 {day} 收回。", f"This mandate was taken back on {day} already.")
        raise ConflictError("mandate.ended", message)
    found.revoked_at = at
    found.revoked_by_id = scope.user_id
    found.save(update_fields=["revoked_at", "revoked_by_id"])


def _party(parties: dict[int, PartyRow], party_id: int) -> PartyRow:
    if party_id not in parties:
        raise NotFoundError("party", party_id)
    return parties[party_id]


def _check(owner_id: int, agent_id: int, actions: list[str]) -> None:
    if owner_id == agent_id:
        words = Text(
            "代办单位不能是本单位自己。请填写第三方单位。", "A firm is not its own agent. Name another."
        )
        raise InputError("mandate.agent", "agent", agent_id, words)
    unknown = [action for action in actions if action not in MANDATED]
    if unknown:
        listed = ", ".join(MANDATED)
        words = Text(
            f"“{unknown[0]}”不能授权代办；可选：{listed}。",
            f"“{unknown[0]}” cannot be mandated; these can: {listed}.",
        )
        raise InputError("mandate.actions", "actions", unknown[0], words)


def _check_days(from_on: date, last_on: date, today: date) -> None:
    if last_on < max(from_on, today):
        words = Text(
            f"到期日 {last_on} 早于 {max(from_on, today)}，授权不会生效。请改为之后的日期。",
            f"{last_on} lies before {max(from_on, today)}: it would never hold. Choose a later day.",
        )
        raise InputError("mandate.last_on", "last_on", str(last_on), words)
    if (last_on - from_on).days > DAYS_MAX:
        words = Text(
            f"授权期 {(last_on - from_on).days} 天超过三年。请缩短，到期再续。",
            f"{(last_on - from_on).days} days are more than three years. Shorten it and renew it in time.",
        )
        raise InputError("mandate.last_on", "last_on", str(last_on), words)
