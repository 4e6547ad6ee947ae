"""Assessments that were read: seen and added by whoever reaches their region; what was taken over is written on them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

THEIRS = "(SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])"
SECURED = f"""
ALTER TABLE plans_eiareading ENABLE ROW LEVEL SECURITY;
CREATE POLICY eiareading_of_region ON plans_eiareading TO wufei_app USING ({THEIRS}) WITH CHECK ({THEIRS});
REVOKE ALL ON plans_eiareading FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT, INSERT ON plans_eiareading TO wufei_app;
GRANT UPDATE (party_id, taken) ON plans_eiareading TO wufei_app;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0005_one_place_for_addresses'),
        ('plans', '0006_same_file'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EiaReading',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('file_name', models.CharField(max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('content', models.JSONField()),
                ('findings', models.JSONField()),
                ('taken', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['region', '-made_at'], name='eia_reading_region'),
                    models.Index(fields=['region', 'sha256'], name='eia_reading_same_file'),
                ],
            },
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
