"""Assessments that were published before sheets were kept by department: their sheets are kept now."""

import json
from dataclasses import replace

from django.db import migrations

from wufei.actions.assessment.core.facts import Decision, Entry, Given
from wufei.actions.assessment.core.freezing import facts_of, plain, sheets_of
from wufei.actions.assessment.core.reading import read_scheme
from wufei.actions.assessment.core.scoring import score
from wufei.runtime.signing.core.canonical import canonical

TRIGGERS = (("assessment_sheet", "assessment_sheet_timely"), ("assessment_assessment", "assessment_stays"))


def keep(apps, editor):
    """Keep sheets and ranking of what is published or closed; closed ones too, which otherwise never change."""
    alias = editor.connection.alias
    assessments, sheets, entries, appeals = (
        apps.get_model("assessment", name)._base_manager.using(alias)
        for name in ("Assessment", "Sheet", "Entry", "Appeal")
    )
    found = list(assessments.filter(state__in=["published", "closed"]).defer(None))
    found = [each for each in found if not sheets.filter(assessment_id=each.id).exists()]
    if not found:
        return
    _switch(editor, "DISABLE")
    for row in found:
        scheme, _ = read_scheme(row.scheme)
        given = _given(entries.filter(assessment_id=row.id), appeals.filter(assessment_id=row.id, accepted=True))
        locked = sheets_of(json.loads(row.result)["sheets"]) if row.result else ()
        scored = locked or score(scheme, facts_of(json.loads(row.facts)), given)
        for sheet in scored:
            sheets.create(
                assessment_id=row.id,
                region_id=row.region_id,
                department_id=sheet.department_id,
                content=_text(plain(sheet)),
            )
        if scheme.ranking_shown:
            shown = _text([plain(replace(sheet, lines=())) for sheet in scored])
            assessments.filter(id=row.id).update(ranking=shown)
    editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _switch(editor, "ENABLE")


def _given(entries, accepted):
    return Given(
        tuple(
            Entry(row.department_id, row.line, row.amount, row.note, tuple(row.file_ids))
            for row in entries.order_by("id")
        ),
        tuple(
            Decision(row.department_id, row.line, row.reason, row.points, row.value)
            for row in accepted.order_by("decided_at", "id")
        ),
    )


def _text(value):
    return canonical(value).decode("utf-8")


def _switch(editor, word):
    for table, trigger in TRIGGERS:
        editor.execute(f"ALTER TABLE {table} {word} TRIGGER {trigger}")


class Migration(migrations.Migration):
    dependencies = [("assessment", "0003_sheets")]
    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
