"""A department is signed for by its own reviewer or head: the database refuses everybody else.

An assessment of a first half, until now kept as of its second quarter, is kept as of its half.
"""

from django.db import migrations

HERE = "((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]))"
LIES = (
    "EXISTS (SELECT 1 FROM reports_report AS r WHERE r.id = report_id"
    " AND r.region_id = reports_countersign.region_id)"
)
SIGNS = """((SELECT wufei_sees_all()) OR (department_id = (SELECT wufei_department())
    AND (SELECT wufei_role()) IN ('leader', 'office', 'reviewer')))"""

OWN = f"""
DROP POLICY reports_countersign_app ON reports_countersign;
CREATE POLICY reports_countersign_read ON reports_countersign FOR SELECT TO wufei_app USING ({HERE});
CREATE POLICY reports_countersign_ask ON reports_countersign FOR INSERT TO wufei_app
    WITH CHECK ({HERE} AND {LIES} AND agrees IS NULL);
CREATE POLICY reports_countersign_sign ON reports_countersign FOR UPDATE TO wufei_app
    USING ({HERE} AND {SIGNS}) WITH CHECK ({HERE} AND {LIES} AND {SIGNS});
"""

HALVES = """
UPDATE reports_report SET period = left(period, 4) || 'H1'
WHERE kind = 'progress' AND period LIKE '____Q2' AND state <> 'final';
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_asking"), ("access", "0002_department")]
    operations = [migrations.RunSQL(OWN + HALVES, migrations.RunSQL.noop)]
