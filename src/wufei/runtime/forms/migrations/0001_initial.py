"""Entries and revisions: a region's or party's own rows, drafts of their author alone, revisions only added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SECURED = """
ALTER TABLE forms_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY forms_entry_app ON forms_entry TO wufei_app USING (
    ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
        OR party_id = ANY ((SELECT wufei_parties())::bigint[]))
    AND (state <> 'draft' OR author_id = NULLIF((SELECT current_setting('wufei.author', true)), '')::bigint));
CREATE POLICY forms_entry_system ON forms_entry FOR SELECT TO wufei_system USING (state <> 'draft');
REVOKE ALL ON forms_entry FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT, INSERT, UPDATE ON forms_entry TO wufei_app;
GRANT SELECT ON forms_entry TO wufei_system;

ALTER TABLE forms_revision ENABLE ROW LEVEL SECURITY;
CREATE POLICY forms_revision_app ON forms_revision TO wufei_app USING (
    EXISTS (SELECT 1 FROM forms_entry entry WHERE entry.id = entry_id));
CREATE POLICY forms_revision_system ON forms_revision FOR SELECT TO wufei_system USING (true);
REVOKE ALL ON forms_revision FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT, INSERT ON forms_revision TO wufei_app;
GRANT SELECT ON forms_revision TO wufei_system;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0002_roles'),
        ('access', '0001_functions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('form_key', models.CharField(max_length=63)),
                ('form_version', models.PositiveIntegerField()),
                ('state', models.CharField(max_length=8)),
                ('values', models.JSONField()),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('saved_at', models.DateTimeField()),
                ('entered_at', models.DateTimeField(null=True)),
                ('device_at', models.DateTimeField(null=True)),
                ('device_offset_min', models.SmallIntegerField(null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
            ],
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('values', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField()),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forms.entry')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
            ],
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['form_key', '-id'], name='forms_entry_form'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('digest', ''), ('entered_at', None), ('state', 'draft')), models.Q(('entered_at__isnull', False), ('state', 'entered'), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='forms_entry_state'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('entry', 'number'), name='forms_revision_number'),
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
