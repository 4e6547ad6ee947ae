"""Reads of mandates: by their owner, its office and the agent; row-level security shows nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connections
from django.db.models import Q, QuerySet

from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope, require
from wufei.runtime.access.core.mandates import Mandate as Terms
from wufei.runtime.clock import LOCAL_ZONE, day_of
from wufei.runtime.identity.models import Mandate
from wufei.runtime.identity.queries import MembershipRow

LISTED_MAX = 200


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate with the names of both sides."""

    terms: Terms
    agent_id: int
    agent: Text
    granted_on: date


def mandates_given_to(agent_id: int) -> tuple[Terms, ...]:
    """Give all mandates that an agent ever had; read before there is a scope, by a function."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT * FROM identity_mandates_given_to(%s)", [agent_id])
        return tuple(
            Terms(
                number,
                owner_id,
                Text(zh, en),
                frozenset(actions),
                from_on,
                last_on,
                day_of(ended) if ended else None,
            )
            for number, owner_id, zh, en, actions, from_on, last_on, ended in cursor.fetchall()
        )


def mandates_of_owner(scope: Scope, owner_id: int | None = None) -> list[MandateRow]:
    """Give the mandates that the firms in reach have granted, or only one firm's, the latest first."""
    require(scope, "mandate.grant", party_id=owner_id if scope.party_ids else None)
    found = Mandate.objects.all() if owner_id is None else Mandate.objects.filter(owner_id=owner_id)
    return _mandate_rows(found.order_by("-id")[:LISTED_MAX])


def mandates_ending_after(scope: Scope, day: date) -> list[MandateRow]:
    """Give the mandates in reach that hold, or ended or were taken back on a day or later."""
    require(scope, "mandate.grant")
    still = Q(revoked_at=None) | Q(revoked_at__gte=datetime.combine(day, time(), LOCAL_ZONE))
    return _mandate_rows(Mandate.objects.filter(still, last_on__gte=day).order_by("-id"))


def mandates_of_agent(scope: Scope, membership: MembershipRow | None) -> tuple[Terms, ...]:
    """Give an agent the mandates it has and had, the one that holds longest first."""
    if scope.role is not Role.AGENT or membership is None or membership.party is None:
        return ()
    return tuple(sorted(scope.mandates, key=lambda each: (each.last_on, each.id), reverse=True))


def _mandate_rows(found: QuerySet[Mandate]) -> list[MandateRow]:
    return [
        MandateRow(
            Terms(
                row.id,
                row.owner_id,
                Text(row.owner.name_zh, row.owner.name_en),
                frozenset(row.actions),
                row.from_on,
                row.last_on,
                day_of(row.revoked_at) if row.revoked_at else None,
            ),
            row.agent_id,
            Text(row.agent.name_zh, row.agent.name_en),
            day_of(row.granted_at),
        )
        for row in found.select_related("owner", "agent")
    ]
