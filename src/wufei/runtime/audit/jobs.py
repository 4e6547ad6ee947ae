"""What the log does by itself: old rows go, owners hear of their mandates and of what their agents did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.urls import reverse

from wufei.kernel.text import Text
from wufei.runtime.access.core import MATRIX, PARTY_ROLES, Scope
from wufei.runtime.audit.core.owners import doings_section
from wufei.runtime.audit.queries import counted_doings
from wufei.runtime.audit.services import MANDATES, PRUNED_AT_ONCE, prune, tell_owners
from wufei.runtime.clock import LOCAL_ZONE, now, today_on
from wufei.runtime.identity.queries import parties_by_id, parties_of_people
from wufei.runtime.jobs.core import Job
from wufei.runtime.notices.core.notices import Section, Topic
from wufei.runtime.notices.queries import digest_days

TELL_EVERY_S = 300.0
"""An office may grant a mandate for a firm: the firm should hear of it while it can still take it back."""

TOPICS = (Topic(MANDATES, Text("代办授权", "Mandates that begin or end")),)


def prune_once() -> bool:
    """Remove one batch; say whether more is waiting."""
    return prune(now=now()) == PRUNED_AT_ONCE


def tell_of_mandates() -> bool:
    """Tell owners of the steps of their mandates; nothing more waits afterwards."""
    tell_owners(Scope.operator(), on=today_on())
    return False


def doings_of_agents(user_ids: Sequence[int], on: date) -> Mapping[int, Section]:
    """Give who may grant mandates for a firm what its agents did, on the days since the last digest.

    A digest counts whole days: from that of the one before up to the day before its own. So nothing is left
    out and nothing counted twice, whenever in the day either was sent. The first one counts the day before.
    """
    roles = [role for role in PARTY_ROLES if "mandate.grant" in MATRIX[role]]
    owners = parties_of_people(user_ids, on=on, roles=roles)
    days = digest_days(owners)
    since = {user_id: _start(min(days.get(user_id, on), on - timedelta(days=1))) for user_id in owners}
    asked = {(owner_id, since[user_id]) for user_id, ids in owners.items() for owner_id in ids}
    counted = counted_doings(asked, until=_start(on))
    names = {party.id: party.name for party in parties_by_id({one for one, _ in counted}).values()}
    sections = {}
    for user_id, ids in owners.items():
        own = {one: names[one] for one in sorted(ids) if (one, since[user_id]) in counted}
        found = [each for one in own for each in counted[one, since[user_id]]]
        if found:
            sections[user_id] = doings_section(found, own, reverse("agent-doings"))
    return sections


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE)


JOBS = (
    Job("audit-prune", 24 * 3600, prune_once),
    Job("audit-mandates", TELL_EVERY_S, tell_of_mandates),
)
DIGESTS = (doings_of_agents,)
