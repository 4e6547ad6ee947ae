"""Row-level security: everybody reads what is published, only the region's people publish."""

from django.db import migrations

SECURED = """
ALTER TABLE plans_plan ENABLE ROW LEVEL SECURITY;
CREATE POLICY plans_plan_read ON plans_plan FOR SELECT USING (true);
CREATE POLICY plans_plan_write ON plans_plan TO wufei_app
  USING ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]))
  WITH CHECK ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]));
"""

OPEN = """
DROP POLICY plans_plan_read ON plans_plan;
DROP POLICY plans_plan_write ON plans_plan;
ALTER TABLE plans_plan DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("access", "0001_functions")]
    operations = [migrations.RunSQL(SECURED, OPEN)]
