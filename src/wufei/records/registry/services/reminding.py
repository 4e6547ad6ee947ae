"""The daily look at what ends soon: each paper and certificate is told of once per step, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse

from wufei.kernel.text import Text
from wufei.records.registry.core.expiry import Certificate, Reminder, certificates_due, due
from wufei.records.registry.core.kinds import remind_days_max
from wufei.records.registry.core.papers import PaperState, Term
from wufei.records.registry.models import Paper, Person
from wufei.runtime.access.core import MATRIX, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.core.kinds import PARTY_ROLES, Role
from wufei.runtime.identity.queries import PartyRow, parties_by_id
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.queries import untold
from wufei.runtime.notices.services import notify

ENDS_SOON, HAS_ENDED = "registry.due", "registry.ended"
"""The topics."""

AT_ONCE = 200
"""Reminders of one round, so that a large first load is no single long transaction."""

HOLDERS = tuple(sorted(str(role) for role in PARTY_ROLES if "registry.read" in MATRIX[role]))
"""Who of a party is told: whoever may open its file. A driver or porter does not renew a permit."""


def tell_due(scope: Scope, *, on: date) -> list[Reminder]:
    """Tell of what is due by a day and was not told before, and give just that; `AT_ONCE` at most.

    The people of the holder are told at each step, the office of the region once it has ended. What was told
    is known by the keys of the notices themselves, so a day that was missed or a round that was cut off loses
    nothing and tells nothing twice.
    """
    with session(scope):
        regions, found = _found(on)
        known = untold([_key(each) for each in found])
        fresh = [each for each in found if _key(each) in known][:AT_ONCE]
        parties = parties_by_id({each.party_id for each in fresh})
        for each in fresh:
            _tell(each, parties[each.party_id], regions[each.paper_key])
    return fresh


def _found(on: date) -> tuple[Mapping[str, int], list[Reminder]]:
    """Give what is due, and the region of each thing of which something might be."""
    until = on + timedelta(days=remind_days_max())
    papers = Paper.objects.exclude(state=PaperState.REVOKED)
    # All of a party that has something due: a paper is not due if a newer one of its kind follows it.
    rows = papers.filter(party_id__in=papers.filter(valid_to__lte=until).values("party_id")).values_list(
        "id", "kind", "number", "party_id", "valid_from", "valid_to", "state", "region_id"
    )
    terms, regions = [], {}
    for number, kind, name, party_id, valid_from, valid_to, state, region_id in rows:
        terms.append(Term(str(number), kind, name, party_id, valid_from, valid_to, PaperState(state)))
        regions[str(number)] = region_id
    certificates = []
    there = Person.objects.filter(Q(left_on=None) | Q(left_on__gt=on), certificate_to__lte=until)
    for number, party_id, code, duty, valid_to, region_id in there.values_list(
        "id", "party_id", "code", "duty", "certificate_to", "region_id"
    ):
        if valid_to is not None:
            certificates.append(Certificate(f"person-{number}", party_id, code, duty, valid_to))
        regions[f"person-{number}"] = region_id
    return regions, [*due(terms, on), *certificates_due(certificates, on)]


def _tell(each: Reminder, party: PartyRow, region_id: int) -> None:
    topic, link = HAS_ENDED if each.ended else ENDS_SOON, reverse("enterprise", args=[party.key])
    notify(
        to=Recipients(party_id=party.id, roles=HOLDERS),
        topic=topic,
        text=each.text,
        link=link,
        key=_key(each),
    )
    if each.ended:
        named = Text(f"{party.name.zh}：{each.text.zh}", f"{party.name.in_language('en')}: {each.text.en}")
        office = Recipients(roles=(str(Role.OFFICE),), region_id=region_id)
        notify(to=office, topic=topic, text=named, link=link, key=f"{_key(each)}:office")


def _key(each: Reminder) -> str:
    return f"{ENDS_SOON}:{each.key}"
