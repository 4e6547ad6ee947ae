"""How people prove who they are: second factor, keys, sessions, identities at a provider, one-time links.

Each row is shown to its own person (`wufei.person`), to whoever presents the secret whose hash it holds
(`wufei.token`), and to who commands the machine. The database role `wufei_system` reads none of it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

VISIBILITY = """
CREATE FUNCTION wufei_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('wufei.person', true), '')::bigint $$;

CREATE FUNCTION wufei_token() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('wufei.token', true), '') $$;
"""

REMOVAL = "DROP FUNCTION wufei_person(), wufei_token();"

OWN = "(SELECT wufei_sees_all()) OR user_id = (SELECT wufei_person())"
REACH = (
    "region_id = ANY ((SELECT wufei_regions())::bigint[]) OR party_id = ANY ((SELECT wufei_parties())::bigint[])"
)
RULES = {
    "identity_contact": OWN,
    "identity_secondfactor": OWN,
    "identity_recoverycode": OWN,
    "identity_oidclink": OWN + " OR token_hash = (SELECT wufei_token())",
    "identity_apikey": OWN + " OR token_hash = (SELECT wufei_token())",
    "identity_session": OWN + " OR session_key = (SELECT wufei_token())",
    # Who invites sees what waits in the own regions or for the own party.
    "identity_invitation": OWN + " OR token_hash = (SELECT wufei_token()) OR " + REACH,
}

# Who looks after people reads how to reach them; changing it is the person's own.
CONTACT_READ = f"""
CREATE POLICY identity_contact_reach ON identity_contact FOR SELECT TO wufei_app USING (EXISTS (
  SELECT 1 FROM identity_membership held WHERE held.user_id = identity_contact.user_id AND ({REACH})));
"""

# Sessions of before had their keys in plain text: they end here.
OLD_SESSIONS = "DROP TABLE IF EXISTS django_session;"


def secured(table, rule):
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {table} FROM wufei_system;
CREATE POLICY {table}_own ON {table} TO wufei_app USING ({rule}) WITH CHECK ({rule});
"""


def opened(table):
    return f"""
DROP POLICY {table}_own ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0003_mandates'),
        ('access', '0001_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('phone', models.CharField(blank=True, max_length=16)),
                ('email', models.CharField(blank=True, max_length=254)),
            ],
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('secret', models.BinaryField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('last_step', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='user',
            name='must_change_password',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64)),
                ('beginning', models.CharField(max_length=16)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('only_reading', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(null=True)),
                ('last_address', models.GenericIPAddressField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('session_key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('device', models.CharField(blank=True, max_length=64)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('display_name', models.CharField(blank=True, max_length=64)),
                ('phone', models.CharField(blank=True, max_length=16)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('role', models.CharField(max_length=16)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('drops_second_factor', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.department')),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['join', 'reset'])), name='invitation_kind'), models.CheckConstraint(condition=models.Q(('kind', 'join'), ('user__isnull', False), _connector='OR'), name='invitation_of_a_reset_names_its_person')],
            },
        ),
        migrations.CreateModel(
            name='OidcLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=300)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('linked_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'issuer'), name='oidc_link_one_per_issuer')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(max_length=64)),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'code_hash'), name='recovery_code_once')],
            },
        ),
        migrations.RunSQL(VISIBILITY, REMOVAL),
        *(migrations.RunSQL(secured(table, rule), opened(table)) for table, rule in RULES.items()),
        migrations.RunSQL(CONTACT_READ, "DROP POLICY identity_contact_reach ON identity_contact;"),
        migrations.RunSQL(OLD_SESSIONS, migrations.RunSQL.noop),
    ]
