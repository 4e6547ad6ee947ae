"""Enterprises that ask to be registered: the applicant sees the own application, the office those of its region.

A visitor sees none: whoever sends one acts as the person that was made for it. Moves are only added.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ALL = "(SELECT wufei_sees_all())"
OWN = "user_id = (SELECT wufei_person())"
HERE = "region_id = ANY ((SELECT wufei_regions())::bigint[])"
OF_APPLICATION = "EXISTS (SELECT 1 FROM registry_application AS a WHERE a.id = application_id)"

SECURED = f"""
ALTER TABLE registry_application ENABLE ROW LEVEL SECURITY;
ALTER TABLE registry_application FORCE ROW LEVEL SECURITY;
CREATE POLICY registry_application_owner ON registry_application TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY registry_application_read ON registry_application FOR SELECT TO wufei_app
    USING ({ALL} OR {OWN} OR {HERE});
CREATE POLICY registry_application_insert ON registry_application FOR INSERT TO wufei_app
    WITH CHECK ({ALL} OR ({OWN} AND state = 'waiting'));
-- The applicant mends and withdraws; nobody decides about the own application.
CREATE POLICY registry_application_mend ON registry_application FOR UPDATE TO wufei_app
    USING ({ALL} OR ({OWN} AND state IN ('waiting', 'returned')))
    WITH CHECK ({ALL} OR ({OWN} AND state IN ('waiting', 'withdrawn')));
CREATE POLICY registry_application_decide ON registry_application FOR UPDATE TO wufei_app
    USING ({HERE} AND NOT ({OWN}) AND state = 'waiting')
    WITH CHECK ({HERE} AND NOT ({OWN}) AND state IN ('returned', 'passed', 'refused'));
REVOKE ALL ON registry_application FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT, INSERT ON registry_application TO wufei_app;
GRANT UPDATE (region_id, party_id, name, uscc, address, contact_name, phone, email, state, remarks, words, version,
    moved_at) ON registry_application TO wufei_app;

ALTER TABLE registry_applicationmove ENABLE ROW LEVEL SECURITY;
ALTER TABLE registry_applicationmove FORCE ROW LEVEL SECURITY;
CREATE POLICY registry_applicationmove_owner ON registry_applicationmove TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY registry_applicationmove_read ON registry_applicationmove FOR SELECT TO wufei_app USING ({OF_APPLICATION});
CREATE POLICY registry_applicationmove_insert ON registry_applicationmove FOR INSERT TO wufei_app
    WITH CHECK ({OF_APPLICATION} AND ({ALL} OR {OWN}));
REVOKE ALL ON registry_applicationmove FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT, INSERT ON registry_applicationmove TO wufei_app;

-- How many wait in a region: a bound that a visitor meets without seeing a row.
CREATE FUNCTION registry_applications_waiting(asked bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM registry_application WHERE region_id = asked AND state = 'waiting'
$$;
REVOKE ALL ON FUNCTION registry_applications_waiting(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_applications_waiting(bigint) TO wufei_app;
"""

OPENED = """
DROP FUNCTION registry_applications_waiting(bigint);
DROP POLICY registry_applicationmove_owner ON registry_applicationmove;
DROP POLICY registry_applicationmove_read ON registry_applicationmove;
DROP POLICY registry_applicationmove_insert ON registry_applicationmove;
DROP POLICY registry_application_owner ON registry_application;
DROP POLICY registry_application_read ON registry_application;
DROP POLICY registry_application_insert ON registry_application;
DROP POLICY registry_application_mend ON registry_application;
DROP POLICY registry_application_decide ON registry_application;
ALTER TABLE registry_applicationmove NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
ALTER TABLE registry_application NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0001_functions'),
        ('identity', '0004_sign_in'),
        ('registry', '0005_changes_where_they_happen'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='partyprofile',
            name='address',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('uscc', models.CharField(max_length=18)),
                ('address', models.CharField(max_length=200)),
                ('contact_name', models.CharField(blank=True, max_length=64)),
                ('phone', models.CharField(blank=True, max_length=16)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('state', models.CharField(max_length=16)),
                ('remarks', models.JSONField(default=list)),
                ('words', models.CharField(blank=True, max_length=400)),
                ('version', models.IntegerField()),
                ('sent_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField()),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ApplicationMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('act', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('remarks', models.JSONField(default=list)),
                ('words', models.CharField(blank=True, max_length=400)),
                ('said', models.JSONField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.application')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['region', 'sent_at'], name='application_waiting'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'returned', 'passed', 'refused', 'withdrawn'])), name='application_state'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'passed'), ('party__isnull', True), _connector='XOR'), name='application_passed_names_its_party'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'returned']), models.Q(('contact_name', ''), ('email', ''), ('phone', '')), _connector='OR'), name='application_ended_forgets_the_person'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'returned'])), fields=('user',), name='application_one_open'),
        ),
        migrations.AddConstraint(
            model_name='applicationmove',
            constraint=models.UniqueConstraint(fields=('application', 'number'), name='application_move_number'),
        ),
        migrations.AddConstraint(
            model_name='applicationmove',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['submit', 'resubmit', 'withdraw', 'return', 'pass', 'refuse'])), name='application_move_act'),
        ),
        migrations.RunSQL(SECURED, OPENED),
    ]
