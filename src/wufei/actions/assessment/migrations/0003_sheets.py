"""Sheets by department: its own people and those who oversee see one, in the database too.

Facts and result hold the sheets of all departments, so the program reads them by a function that asks who it is.
"""

import django.db.models.deletion
from django.db import migrations, models

HERE = "((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]))"
OVERSEES = "((SELECT wufei_sees_all()) OR (SELECT wufei_role()) IN ('leader', 'office', 'auditor', 'observer'))"
RUNS = "((SELECT wufei_sees_all()) OR (SELECT wufei_role()) = 'office')"
OWN = f"({OVERSEES} OR department_id = (SELECT wufei_department()))"
LIES = "EXISTS (SELECT 1 FROM assessment_assessment AS a WHERE a.id = assessment_id AND a.region_id = {name}.region_id)"
SHOWN = (
    "id, region_id, year, scheme_key, scheme, book, state, opened_at, opened_by_id, facts_digest, computed_at,"
    " published_at, appeal_until, ranking, result_digest, closed_at"
)

SECURED = f"""
ALTER TABLE assessment_sheet ENABLE ROW LEVEL SECURITY;
ALTER TABLE assessment_sheet FORCE ROW LEVEL SECURITY;
CREATE POLICY assessment_sheet_owner ON assessment_sheet TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY assessment_sheet_system ON assessment_sheet FOR SELECT TO wufei_system USING (true);
CREATE POLICY assessment_sheet_read ON assessment_sheet FOR SELECT TO wufei_app USING ({HERE} AND {OWN});
CREATE POLICY assessment_sheet_insert ON assessment_sheet FOR INSERT TO wufei_app
    WITH CHECK ({HERE} AND {RUNS} AND {LIES.format(name="assessment_sheet")});
CREATE POLICY assessment_sheet_update ON assessment_sheet FOR UPDATE TO wufei_app
    USING ({HERE} AND {RUNS}) WITH CHECK ({HERE} AND {RUNS});
REVOKE ALL ON assessment_sheet FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON assessment_sheet TO wufei_app, wufei_system;
GRANT INSERT, UPDATE (content) ON assessment_sheet TO wufei_app;
CREATE TRIGGER assessment_sheet_timely BEFORE INSERT OR UPDATE ON assessment_sheet
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_late('{{published}}');
CREATE TRIGGER assessment_sheet_stays BEFORE DELETE ON assessment_sheet
    FOR EACH ROW EXECUTE FUNCTION signing_refuse_change();
CREATE TRIGGER assessment_sheet_kept BEFORE TRUNCATE ON assessment_sheet
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();

DROP POLICY assessment_appeal_read ON assessment_appeal;
CREATE POLICY assessment_appeal_read ON assessment_appeal FOR SELECT TO wufei_app USING ({HERE} AND {OWN});
DROP POLICY assessment_appeal_insert ON assessment_appeal;
CREATE POLICY assessment_appeal_insert ON assessment_appeal FOR INSERT TO wufei_app
    WITH CHECK ({HERE} AND {OWN} AND {LIES.format(name="assessment_appeal")});
DROP POLICY assessment_appeal_update ON assessment_appeal;
CREATE POLICY assessment_appeal_update ON assessment_appeal FOR UPDATE TO wufei_app
    USING ({HERE} AND {RUNS}) WITH CHECK ({HERE} AND {RUNS} AND {LIES.format(name="assessment_appeal")});
DROP POLICY assessment_entry_read ON assessment_entry;
CREATE POLICY assessment_entry_read ON assessment_entry FOR SELECT TO wufei_app USING ({HERE} AND {OWN});
-- Who writes an event reads it back.
DROP POLICY assessment_event_read ON assessment_event;
CREATE POLICY assessment_event_read ON assessment_event FOR SELECT TO wufei_app
    USING ({HERE} AND ({OVERSEES} OR user_id = (SELECT wufei_person())));

REVOKE SELECT ON assessment_assessment FROM wufei_app;
GRANT SELECT ({SHOWN}) ON assessment_assessment TO wufei_app;
CREATE FUNCTION assessment_papers(asked bigint) RETURNS TABLE (facts text, result text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.facts, a.result FROM assessment_assessment AS a WHERE a.id = asked
        AND (wufei_sees_all() OR (a.region_id = ANY (wufei_regions()) AND {OVERSEES}))
$$;
REVOKE ALL ON FUNCTION assessment_papers(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION assessment_papers(bigint) TO wufei_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0002_access"),
        ("access", "0002_department"),
        ("identity", "0004_sign_in"),
    ]
    operations = [
        migrations.AlterModelOptions("assessment", {"base_manager_name": "objects"}),
        migrations.AddField("assessment", "ranking", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.TextField()),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessment.assessment"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.department"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.region"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("assessment", "department"), name="assessment_sheet_once")
                ]
            },
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
