"""A draft is the session's person's: `wufei.person`, which every session sets."""

from django.db import migrations

BY_PERSON = """
ALTER POLICY forms_entry_app ON forms_entry USING (
    ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
        OR party_id = ANY ((SELECT wufei_parties())::bigint[]))
    AND (state <> 'draft' OR author_id = (SELECT wufei_person())));
"""


class Migration(migrations.Migration):

    dependencies = [("forms", "0001_initial"), ("identity", "0004_sign_in")]

    operations = [migrations.RunSQL(BY_PERSON, migrations.RunSQL.noop)]
