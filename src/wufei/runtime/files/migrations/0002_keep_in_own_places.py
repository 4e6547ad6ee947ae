"""A file is kept in places of the session only: who uploads it may read it anywhere, but not lay it anywhere."""

from django.db import migrations

HERE = """
DROP POLICY file_keep ON files_file;
CREATE POLICY file_keep ON files_file FOR INSERT TO wufei_app WITH CHECK ((SELECT wufei_sees_all()) OR (
    kept_by_id = (SELECT wufei_person()) AND (
        region_id = ANY ((SELECT wufei_regions())::bigint[])
        OR party_id = ANY ((SELECT wufei_parties())::bigint[])
        OR (region_id IS NULL AND party_id IS NULL))));
"""


class Migration(migrations.Migration):

    dependencies = [("files", "0001_store"), ("identity", "0004_sign_in")]

    operations = [migrations.RunSQL(HERE, migrations.RunSQL.noop)]
