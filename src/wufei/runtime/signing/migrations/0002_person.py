"""Devices and signatures are the session's person's: `wufei.person`, which every session sets."""

from django.db import migrations

MINE = "user_id = (SELECT wufei_person())"
SEES = """((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
    OR party_id = ANY ((SELECT wufei_parties())::bigint[]))"""

BY_PERSON = f"""
ALTER POLICY signing_device_app ON signing_device USING ({MINE}) WITH CHECK ({MINE});
ALTER POLICY signing_signature_write ON signing_signature WITH CHECK ({MINE} AND {SEES});
"""


class Migration(migrations.Migration):

    dependencies = [("signing", "0001_initial"), ("identity", "0004_sign_in")]

    operations = [migrations.RunSQL(BY_PERSON, migrations.RunSQL.noop)]
