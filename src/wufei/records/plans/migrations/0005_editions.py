"""Editions of plans that a later one took the place of: read by everybody, kept for ever."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

OF_A_PLAN = (
    "EXISTS (SELECT 1 FROM plans_plan AS p WHERE p.id = plan_id AND ((SELECT wufei_sees_all())"
    " OR p.region_id = ANY ((SELECT wufei_regions())::bigint[])))"
)
SECURED = f"""
ALTER TABLE plans_planedition ENABLE ROW LEVEL SECURITY;
CREATE POLICY plans_planedition_read ON plans_planedition FOR SELECT USING (true);
CREATE POLICY plans_planedition_write ON plans_planedition FOR INSERT TO wufei_app WITH CHECK ({OF_A_PLAN});
REVOKE UPDATE, DELETE, TRUNCATE ON plans_planedition FROM wufei_app;
"""


class Migration(migrations.Migration):
    dependencies = [('plans', '0004_drafts')]

    operations = [
        migrations.CreateModel(
            name='PlanEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('content', models.JSONField()),
                ('replaced_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('plan', 'number'), name='plan_edition_number_once')],
            },
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
