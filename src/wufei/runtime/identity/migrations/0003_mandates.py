"""Mandates of agents: the owner and its office see and change theirs; agents are told theirs by a function."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SECURED = """
ALTER TABLE identity_mandate ENABLE ROW LEVEL SECURITY;
CREATE POLICY identity_mandate_app ON identity_mandate TO wufei_app
  USING ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
    OR owner_id = ANY ((SELECT wufei_parties())::bigint[]))
  WITH CHECK ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
    OR owner_id = ANY ((SELECT wufei_parties())::bigint[]));
CREATE POLICY identity_mandate_system ON identity_mandate FOR SELECT TO wufei_system USING (true);
REVOKE DELETE ON identity_mandate FROM wufei_app;

-- A scope is made from them, so they are read before there is one: by the owner of the table, for one agent.
CREATE FUNCTION identity_mandates_given_to(wanted bigint)
RETURNS TABLE (id bigint, owner_id bigint, name_zh text, name_en text, actions text[], from_on date, last_on date,
    revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.id, m.owner_id, p.name_zh, p.name_en, m.actions, m.from_on, m.last_on, m.revoked_at
    FROM identity_mandate AS m JOIN identity_party AS p ON p.id = m.owner_id
    WHERE m.agent_id = wanted ORDER BY m.id
$$;
REVOKE ALL ON FUNCTION identity_mandates_given_to(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity_mandates_given_to(bigint) TO wufei_app, wufei_system;
"""

KEY = dict(on_delete=django.db.models.deletion.PROTECT, related_name='+')


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_roles'),
        ('access', '0001_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None)),
                ('from_on', models.DateField()),
                ('last_on', models.DateField()),
                ('granted_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(to='identity.party', **KEY)),
                ('agent', models.ForeignKey(to='identity.party', **KEY)),
                ('region', models.ForeignKey(to='identity.region', **KEY)),
                ('granted_by', models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **KEY)),
                ('revoked_by', models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **KEY)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('last_on__gte', models.F('from_on'))), name='mandate_days'),
                    models.CheckConstraint(condition=models.Q(('agent', models.F('owner')), _negated=True), name='mandate_of_two'),
                ],
            },
        ),
        migrations.RunSQL(SECURED, "DROP FUNCTION identity_mandates_given_to(bigint)"),
    ]
