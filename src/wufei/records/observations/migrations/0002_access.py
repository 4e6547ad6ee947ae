"""Append-only for the application, and only the rows of the regions in its scope; the system role reads all."""

from django.db import migrations

SECURED = """
REVOKE UPDATE, DELETE, TRUNCATE ON observations_observation FROM wufei_app;
ALTER TABLE observations_observation ENABLE ROW LEVEL SECURITY;
CREATE POLICY observation_of_scope ON observations_observation TO wufei_app
  USING ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]))
  WITH CHECK ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]));
CREATE POLICY observation_of_system ON observations_observation FOR SELECT TO wufei_system USING (true);
"""

OPEN = """
DROP POLICY observation_of_scope ON observations_observation;
DROP POLICY observation_of_system ON observations_observation;
ALTER TABLE observations_observation DISABLE ROW LEVEL SECURITY;
GRANT UPDATE, DELETE ON observations_observation TO wufei_app;
"""


class Migration(migrations.Migration):
    dependencies = [("observations", "0001_initial"), ("access", "0001_functions")]
    operations = [migrations.RunSQL(SECURED, OPEN)]
