"""Tasks and projects of plans: read by everybody once published, written for a region of the session."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

OF_A_PLAN = (
    "EXISTS (SELECT 1 FROM plans_plan AS p WHERE p.id = plan_id AND ((SELECT wufei_sees_all())"
    " OR p.region_id = ANY ((SELECT wufei_regions())::bigint[])))"
)
SECURED = "\n".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {table}_read ON {table} FOR SELECT USING (true);
CREATE POLICY {table}_write ON {table} TO wufei_app USING ({OF_A_PLAN}) WITH CHECK ({OF_A_PLAN});
"""
    for table in ("plans_plantask", "plans_planproject")
)


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_access")]

    operations = [
        migrations.CreateModel(
            name='PlanProject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('position', models.PositiveSmallIntegerField()),
                ('no', models.CharField(blank=True, max_length=40)),
                ('field', models.CharField(blank=True, max_length=120)),
                ('name', models.CharField(max_length=300)),
                ('content', models.TextField(blank=True)),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
                ('due', models.CharField(blank=True, max_length=120)),
                ('clause', models.CharField(blank=True, max_length=200)),
                ('withdrawn', models.BooleanField(default=False)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('plan', 'code'), name='plan_project_code_once')],
            },
        ),
        migrations.CreateModel(
            name='PlanTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('position', models.PositiveSmallIntegerField()),
                ('no', models.CharField(blank=True, max_length=40)),
                ('section', models.CharField(blank=True, max_length=200)),
                ('title', models.CharField(blank=True, max_length=300)),
                ('text', models.TextField()),
                ('lead', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
                ('support', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
                ('due', models.CharField(blank=True, max_length=120)),
                ('clause', models.CharField(blank=True, max_length=200)),
                ('withdrawn', models.BooleanField(default=False)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('plan', 'code'), name='plan_task_code_once')],
            },
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
