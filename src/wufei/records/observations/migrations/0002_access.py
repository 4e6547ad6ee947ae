"""Append-only for the application, only the rows of the regions in its scope, corrections of one value only."""

from django.db import migrations

SECURED = """
-- A correction speaks of the same value; otherwise one region could make another's observation disappear.
ALTER TABLE observations_observation
  ADD CONSTRAINT observation_key UNIQUE (uuid, region_id, book, metric, period_start, precision, kind),
  ADD CONSTRAINT observation_replaces_the_same_value
    FOREIGN KEY (replaces_id, region_id, book, metric, period_start, precision, kind)
    REFERENCES observations_observation (uuid, region_id, book, metric, period_start, precision, kind);

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
ALTER TABLE observations_observation
  DROP CONSTRAINT observation_replaces_the_same_value, DROP CONSTRAINT observation_key;
"""


class Migration(migrations.Migration):
    dependencies = [("observations", "0001_initial"), ("access", "0001_functions")]
    operations = [migrations.RunSQL(SECURED, OPEN)]
