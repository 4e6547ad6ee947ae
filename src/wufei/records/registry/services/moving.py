"""Let every row of a party lie where the party lies."""

from __future__ import annotations

from wufei.records.registry.models import Paper, PaperLine, Person, PersonalDetail, Place, Tag, Vehicle


def move_rows(party_id: int, region_id: int) -> None:
    """Write the new region into the rows of a party that moved; what was recorded before keeps its region."""
    for model in (Paper, PaperLine, Place, Vehicle, Person, PersonalDetail, Tag):
        model._default_manager.filter(party_id=party_id).update(region_id=region_id)  # noqa: SLF001 - Django's name
