"""A case of a department is seen by its own people, and by those who look over the whole region."""

import django.db.models.deletion
from django.db import migrations, models

SEES = """((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
    OR party_id = ANY ((SELECT wufei_parties())::bigint[]))"""
OWN = """(department_id IS NULL OR (SELECT wufei_role()) NOT IN ('clerk', 'reviewer')
    OR department_id = (SELECT wufei_department()) OR submitter_id = (SELECT wufei_person()))"""

NARROWED = f"""
DROP POLICY review_case_app ON review_case;
CREATE POLICY review_case_app ON review_case TO wufei_app USING ({SEES} AND {OWN}) WITH CHECK ({SEES} AND {OWN});
"""


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0001_initial"),
        ("access", "0002_department"),
        ("identity", "0004_sign_in"),
    ]
    operations = [
        migrations.AddField(
            model_name="case",
            name="department",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.department",
            ),
        ),
        migrations.RunSQL(NARROWED, migrations.RunSQL.noop),
    ]
