"""The daily look at what ends soon: reminders are kept once, and told in one place."""

from __future__ import annotations

from datetime import date

from wufei.records.registry.core.expiry import Reminder, due
from wufei.records.registry.core.papers import PaperState, Term
from wufei.records.registry.models import DueReminder, Paper
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session


def keep_reminders(scope: Scope, *, on: date) -> list[Reminder]:
    """Keep what is due by a day and was not kept before, and give just that; a second run gives nothing.

    This is the one place from which people are told: whoever sends notices sends what it gives.
    """
    with session(scope):
        papers = {str(paper.id): paper for paper in Paper.objects.exclude(state=PaperState.REVOKED)}
        terms = [
            Term(key, row.kind, row.number, row.party_id, row.valid_from, row.valid_to, PaperState(row.state))
            for key, row in papers.items()
        ]
        found = due(terms, on)
        known = set(
            DueReminder.objects.filter(key__in=[each.key for each in found]).values_list("key", flat=True)
        )
        fresh = [each for each in found if each.key not in known]
        DueReminder.objects.bulk_create(
            [
                DueReminder(
                    party_id=each.party_id,
                    region_id=papers[each.paper_key].region_id,
                    paper_id=papers[each.paper_key].id,
                    key=each.key,
                    days=each.days,
                    text_zh=each.text.zh,
                    text_en=each.text.en,
                    due_on=on,
                )
                for each in fresh
            ],
            ignore_conflicts=True,
        )
    return fresh
