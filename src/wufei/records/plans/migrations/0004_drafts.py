"""Drafts of plans, seen and changed by whoever reaches their region; lines whose type is not stated."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

THEIRS = "(SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])"
SECURED = f"""
ALTER TABLE plans_plandraft ENABLE ROW LEVEL SECURITY;
CREATE POLICY plandraft_of_region ON plans_plandraft TO wufei_app USING ({THEIRS}) WITH CHECK ({THEIRS});
REVOKE DELETE, TRUNCATE ON plans_plandraft FROM wufei_app;
REVOKE ALL ON plans_plandraft FROM wufei_system;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0005_one_place_for_addresses'),
        ('plans', '0003_tasks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanDraft',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('file', models.UUIDField(null=True)),
                ('file_name', models.CharField(max_length=200)),
                ('state', models.CharField(max_length=10)),
                ('content', models.JSONField()),
                ('blocks', models.JSONField()),
                ('findings', models.JSONField()),
                ('units', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='planline',
            name='plan_line_type',
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['必选', '可选', '自选', ''])), name='plan_line_type'),
        ),
        migrations.AddField(
            model_name='plandraft',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plandraft',
            name='plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan'),
        ),
        migrations.AddField(
            model_name='plandraft',
            name='region',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region'),
        ),
        migrations.AddIndex(
            model_name='plandraft',
            index=models.Index(fields=['region', '-made_at'], name='plan_draft_region'),
        ),
        migrations.AddConstraint(
            model_name='plandraft',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'published', 'discarded'])), name='plan_draft_state'),
        ),
        migrations.AddConstraint(
            model_name='plandraft',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'published'), ('plan', None), _connector='XOR'), name='plan_draft_names_its_plan'),
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
