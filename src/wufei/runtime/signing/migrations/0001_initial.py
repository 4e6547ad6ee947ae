"""Device keys and signatures: each person's own devices, signatures that nobody changes."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

MINE = "user_id = nullif(current_setting('wufei.signer', true), '')::bigint"
SEES = """((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
    OR party_id = ANY ((SELECT wufei_parties())::bigint[]))"""

SECURED = f"""
ALTER TABLE signing_device ENABLE ROW LEVEL SECURITY;
ALTER TABLE signing_device FORCE ROW LEVEL SECURITY;
CREATE POLICY signing_device_owner ON signing_device TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY signing_device_system ON signing_device FOR SELECT TO wufei_system USING (true);
CREATE POLICY signing_device_app ON signing_device TO wufei_app USING ({MINE}) WITH CHECK ({MINE});
REVOKE ALL ON signing_device FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON signing_device TO wufei_app, wufei_system;
GRANT INSERT ON signing_device TO wufei_app;
GRANT UPDATE (revoked_at) ON signing_device TO wufei_app;

ALTER TABLE signing_signature ADD CONSTRAINT signature_digest
    CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
ALTER TABLE signing_signature ENABLE ROW LEVEL SECURITY;
ALTER TABLE signing_signature FORCE ROW LEVEL SECURITY;
CREATE POLICY signing_signature_owner ON signing_signature TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY signing_signature_system ON signing_signature FOR SELECT TO wufei_system USING (true);
CREATE POLICY signing_signature_read ON signing_signature FOR SELECT TO wufei_app USING ({SEES});
CREATE POLICY signing_signature_write ON signing_signature FOR INSERT TO wufei_app WITH CHECK ({MINE} AND {SEES});
REVOKE ALL ON signing_signature FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON signing_signature TO wufei_app, wufei_system;
GRANT INSERT ON signing_signature TO wufei_app;

-- For every table whose rows stay as they are; also the owner is refused.
CREATE FUNCTION signing_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'signing.append-only: rows of % stay as they are', TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;
CREATE TRIGGER signing_signature_stays BEFORE UPDATE OR DELETE ON signing_signature
    FOR EACH ROW EXECUTE FUNCTION signing_refuse_change();
CREATE TRIGGER signing_signature_kept BEFORE TRUNCATE ON signing_signature
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [("access", "0001_functions"), ("identity", "0002_roles")]

    operations = [
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=64)),
                ('public_key', models.BinaryField(unique=True)),
                ('registered_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('subject_kind', models.CharField(max_length=64)),
                ('subject_id', models.UUIDField()),
                ('digest', models.CharField(max_length=64)),
                ('content', models.TextField()),
                ('statement', models.CharField(max_length=500)),
                ('role', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('means', models.CharField(max_length=16)),
                ('asked_at', models.DateTimeField(null=True)),
                ('public_key', models.BinaryField(null=True)),
                ('signature', models.BinaryField(null=True, unique=True)),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='signing.device')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_kind', 'subject_id', 'at'], name='signature_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asked_at__isnull', False), ('device__isnull', False), ('means', 'device'), ('public_key__isnull', False), ('signature__isnull', False)), models.Q(('asked_at__isnull', True), ('device__isnull', True), ('means', 'second-factor'), ('public_key__isnull', True), ('signature__isnull', True)), _connector='OR'), name='signature_means')],
            },
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
