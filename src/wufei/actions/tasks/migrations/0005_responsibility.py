"""The list of duties; whoever works for a region's government reads its list and those of the regions above it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The regions of a session, those of its firms, and all above them: whose lists and published cases speak to it.
HOME = """
CREATE FUNCTION wufei_home_regions() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE home (id) AS (
        SELECT unnest(wufei_regions())
        UNION SELECT region_id FROM identity_party WHERE id = ANY (wufei_parties())
        UNION SELECT r.parent_id FROM identity_region AS r JOIN home ON r.id = home.id
            WHERE r.parent_id IS NOT NULL
    )
    SELECT coalesce(array_agg(id), '{}') FROM home
$$;
"""
ACCESS = """
ALTER TABLE tasks_responsibility ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tasks_responsibility_owner ON tasks_responsibility TO CURRENT_USER
    USING (true) WITH CHECK (true);
CREATE POLICY tasks_responsibility_system ON tasks_responsibility FOR SELECT TO wufei_system USING (true);
CREATE POLICY tasks_responsibility_read ON tasks_responsibility FOR SELECT TO wufei_app USING (
    (SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
    OR ((SELECT cardinality(wufei_regions())) > 0 AND region_id = ANY ((SELECT wufei_home_regions())::bigint[])));
CREATE POLICY tasks_responsibility_insert ON tasks_responsibility FOR INSERT TO wufei_app WITH CHECK (
    (SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]));
CREATE POLICY tasks_responsibility_update ON tasks_responsibility FOR UPDATE TO wufei_app
    USING ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]))
    WITH CHECK ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]));
REVOKE ALL ON tasks_responsibility FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON tasks_responsibility TO wufei_app, wufei_system;
GRANT INSERT ON tasks_responsibility TO wufei_app;
GRANT UPDATE (to_on, withdrawn, ended_at, ended_by_id, ended_note) ON tasks_responsibility TO wufei_app;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0005_one_place_for_addresses'),
        ('access', '0001_functions'),
        ('tasks', '0004_departments_of_cases'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Responsibility',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_id', models.UUIDField()),
                ('stream', models.CharField(max_length=20)),
                ('stages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None)),
                ('duty', models.CharField(max_length=8)),
                ('content', models.TextField(blank=True)),
                ('document', models.CharField(max_length=200)),
                ('article', models.CharField(blank=True, max_length=60)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('withdrawn', models.BooleanField(default=False)),
                ('entered_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_note', models.CharField(blank=True, max_length=300)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.department')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn', False)), fields=('region', 'stream', 'stages', 'department', 'duty', 'document', 'article', 'from_on'), name='tasks_responsibility_once'), models.CheckConstraint(condition=models.Q(('duty__in', ['lead', 'support'])), name='tasks_responsibility_duty'), models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='tasks_responsibility_days'), models.CheckConstraint(condition=models.Q(('stages__len__gt', 0)), name='tasks_responsibility_stages')],
            },
        ),
        migrations.RunSQL(HOME, "DROP FUNCTION wufei_home_regions();"),
        migrations.RunSQL(ACCESS, migrations.RunSQL.noop),
    ]
