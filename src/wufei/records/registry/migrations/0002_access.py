"""Row-level security: anybody signed in may name a site, only its region's people may change it."""

from django.db import migrations

# A site met in a record is read by whoever may read that record, so reading is open; writing is not.
SECURED = """
ALTER TABLE registry_site ENABLE ROW LEVEL SECURITY;
CREATE POLICY registry_site_read ON registry_site FOR SELECT USING (true);
CREATE POLICY registry_site_write ON registry_site TO wufei_app
  USING ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]))
  WITH CHECK ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]));

ALTER TABLE registry_partyprofile ENABLE ROW LEVEL SECURITY;
CREATE POLICY registry_partyprofile_read ON registry_partyprofile FOR SELECT USING (true);
CREATE POLICY registry_partyprofile_write ON registry_partyprofile TO wufei_app
  USING ((SELECT wufei_sees_all()) OR EXISTS (
    SELECT 1 FROM identity_party party WHERE party.id = party_id AND party.region_id = ANY ((SELECT wufei_regions())::bigint[])))
  WITH CHECK ((SELECT wufei_sees_all()) OR EXISTS (
    SELECT 1 FROM identity_party party WHERE party.id = party_id AND party.region_id = ANY ((SELECT wufei_regions())::bigint[])));
"""

OPEN = """
DROP POLICY registry_site_read ON registry_site;
DROP POLICY registry_site_write ON registry_site;
ALTER TABLE registry_site DISABLE ROW LEVEL SECURITY;
DROP POLICY registry_partyprofile_read ON registry_partyprofile;
DROP POLICY registry_partyprofile_write ON registry_partyprofile;
ALTER TABLE registry_partyprofile DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("access", "0001_functions")]
    operations = [migrations.RunSQL(SECURED, OPEN)]
