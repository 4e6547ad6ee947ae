"""The change of a site lies where the site lies: a firm may have one in a region that is not its own."""

from django.db import migrations

HERE = "(SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])"
LIES = "EXISTS (SELECT 1 FROM identity_party AS p WHERE p.id = party_id AND p.region_id = registry_change.region_id)"

SITE = (
    "thing = 'site' AND EXISTS (SELECT 1 FROM registry_site AS s WHERE s.key = registry_change.key "
    "AND s.region_id = registry_change.region_id AND s.party_id = registry_change.party_id)"
)

WIDER = f"""
DROP POLICY registry_change_insert ON registry_change;
CREATE POLICY registry_change_insert ON registry_change FOR INSERT TO wufei_app
  WITH CHECK (({HERE}) AND ({LIES} OR {SITE}));
"""
BACK = f"""
DROP POLICY registry_change_insert ON registry_change;
CREATE POLICY registry_change_insert ON registry_change FOR INSERT TO wufei_app WITH CHECK (({HERE}) AND {LIES});
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_papers_access")]
    operations = [migrations.RunSQL(WIDER, BACK)]
