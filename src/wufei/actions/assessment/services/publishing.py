"""Keep every department's sheet as it is published, apart from the others'."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wufei.actions.assessment.core.freezing import plain
from wufei.actions.assessment.models import Assessment, Sheet
from wufei.actions.assessment.queries.assessments import all_sheets
from wufei.actions.assessment.queries.schemes import scheme_of
from wufei.runtime.signing.core.canonical import canonical


def keep_sheets(assessment: Assessment) -> None:
    """Keep the sheets as they follow from facts and decisions now, and the ranking if the scheme shows it."""
    sheets = all_sheets(assessment)
    for sheet in sheets:
        content = _text(plain(sheet))
        Sheet.objects.update_or_create(
            assessment=assessment,
            department_id=sheet.department_id,
            defaults={"content": content},
            create_defaults={"content": content, "region_id": assessment.region_id},
        )
    if scheme_of(assessment.scheme).ranking_shown:
        assessment.ranking = _text([plain(replace(sheet, lines=())) for sheet in sheets])
        assessment.save(update_fields=["ranking"])


def _text(value: Any) -> str:
    return canonical(value).decode("utf-8")
