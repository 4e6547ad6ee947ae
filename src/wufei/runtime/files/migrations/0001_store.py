"""Files of the store, and who sees them: their region, their party, who uploaded them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SECURED = """
ALTER TABLE files_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE files_file FORCE ROW LEVEL SECURITY;
CREATE POLICY file_of_owner ON files_file TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY file_read ON files_file FOR SELECT TO wufei_app USING ({theirs});
CREATE POLICY file_keep ON files_file FOR INSERT TO wufei_app WITH CHECK (({theirs})
  AND ((SELECT wufei_sees_all()) OR kept_by_id = {person}));
CREATE POLICY file_withdraw ON files_file FOR UPDATE TO wufei_app USING ({theirs}) WITH CHECK ({theirs});
CREATE POLICY file_of_system ON files_file TO wufei_system USING (true) WITH CHECK (true);
-- People put a file out of use; what a scan found, only the scan says.
REVOKE UPDATE, DELETE, TRUNCATE ON files_file FROM wufei_app;
GRANT UPDATE (withdrawn_at, withdrawn_by_id, withdrawn_reason) ON files_file TO wufei_app;
GRANT UPDATE (state, found, scanned_at) ON files_file TO wufei_system;

ALTER TABLE files_comparison ENABLE ROW LEVEL SECURITY;
CREATE POLICY comparison_of_system ON files_comparison TO wufei_system USING (true) WITH CHECK (true);
REVOKE ALL ON files_comparison FROM wufei_app;
GRANT INSERT ON files_comparison TO wufei_system;
""".format(
    person="(SELECT nullif(current_setting('wufei.person', true), ''))::bigint",
    theirs="""(SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
  OR party_id = ANY ((SELECT wufei_parties())::bigint[])
  OR kept_by_id = (SELECT nullif(current_setting('wufei.person', true), ''))::bigint""",
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0002_roles'),
        ('access', '0001_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('compared_at', models.DateTimeField()),
                ('contents', models.BigIntegerField()),
                ('missing', models.BigIntegerField()),
                ('orphans', models.BigIntegerField()),
                ('examples', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None)),
            ],
        ),
        migrations.CreateModel(
            name='File',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=100)),
                ('size_bytes', models.BigIntegerField()),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('state', models.CharField(max_length=8)),
                ('found', models.CharField(blank=True, max_length=200)),
                ('width_px', models.IntegerField(null=True)),
                ('height_px', models.IntegerField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
                ('taken_longitude', models.FloatField(null=True)),
                ('taken_latitude', models.FloatField(null=True)),
                ('kept_at', models.DateTimeField()),
                ('scanned_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=200)),
                ('kept_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'held')), fields=['kept_at'], name='file_held')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['kept', 'held', 'refused'])), name='file_state'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='file_sha256'), models.CheckConstraint(condition=models.Q(('size_bytes__gt', 0)), name='file_size'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('found', ''), _negated=True), _connector='OR'), name='file_refused_says_why')],
            },
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
