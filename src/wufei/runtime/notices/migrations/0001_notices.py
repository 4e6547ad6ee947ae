"""Notices, who has them, choices, webhooks and their calls; and who may read and write which."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whoever tells others something writes rows that they may not read themselves; everybody reads their own.
SECURED = """
ALTER TABLE notices_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices_notice FORCE ROW LEVEL SECURITY;
CREATE POLICY notice_of_owner ON notices_notice TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY notice_read ON notices_notice FOR SELECT TO wufei_app USING (EXISTS (
  SELECT 1 FROM notices_delivery WHERE notice_id = notices_notice.id AND user_id = {person}));
CREATE POLICY notice_tell ON notices_notice FOR INSERT TO wufei_app WITH CHECK (true);
CREATE POLICY notice_of_system ON notices_notice TO wufei_system USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE, TRUNCATE ON notices_notice FROM wufei_app;
GRANT UPDATE (spread_at) ON notices_notice TO wufei_system;

ALTER TABLE notices_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices_delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY delivery_of_owner ON notices_delivery TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY delivery_read ON notices_delivery FOR SELECT TO wufei_app USING (user_id = {person});
CREATE POLICY delivery_tell ON notices_delivery FOR INSERT TO wufei_app WITH CHECK (true);
CREATE POLICY delivery_see ON notices_delivery FOR UPDATE TO wufei_app USING (user_id = {person})
  WITH CHECK (user_id = {person});
CREATE POLICY delivery_of_system ON notices_delivery TO wufei_system USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE, TRUNCATE ON notices_delivery FROM wufei_app;
GRANT UPDATE (seen_at) ON notices_delivery TO wufei_app;
GRANT UPDATE (mailed_at) ON notices_delivery TO wufei_system;

ALTER TABLE notices_choice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices_choice FORCE ROW LEVEL SECURITY;
CREATE POLICY choice_of_owner ON notices_choice TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY choice_of_person ON notices_choice TO wufei_app USING (user_id = {person})
  WITH CHECK (user_id = {person});
CREATE POLICY choice_of_system ON notices_choice FOR SELECT TO wufei_system USING (true);
REVOKE DELETE, TRUNCATE ON notices_choice FROM wufei_app;

ALTER TABLE notices_mailbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices_mailbox FORCE ROW LEVEL SECURITY;
CREATE POLICY mailbox_of_owner ON notices_mailbox TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY mailbox_of_person ON notices_mailbox TO wufei_app USING (user_id = {person})
  WITH CHECK (user_id = {person});
CREATE POLICY mailbox_of_system ON notices_mailbox TO wufei_system USING (true) WITH CHECK (true);
REVOKE DELETE, TRUNCATE ON notices_mailbox FROM wufei_app;
GRANT UPDATE (digest_on, urgent_on, urgent_count, refused) ON notices_mailbox TO wufei_system;

ALTER TABLE notices_webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices_webhook FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_of_owner ON notices_webhook TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY webhook_of_scope ON notices_webhook TO wufei_app USING ({place}) WITH CHECK ({place});
CREATE POLICY webhook_of_system ON notices_webhook FOR SELECT TO wufei_system USING (true);
-- The secret is written once and read by the caller only.
REVOKE SELECT, UPDATE, DELETE, TRUNCATE ON notices_webhook FROM wufei_app;
GRANT SELECT (id, region_id, party_id, url, topics, active, made_at) ON notices_webhook TO wufei_app;
GRANT UPDATE (active) ON notices_webhook TO wufei_app;

ALTER TABLE notices_call ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices_call FORCE ROW LEVEL SECURITY;
CREATE POLICY call_of_owner ON notices_call TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY call_of_system ON notices_call TO wufei_system USING (true) WITH CHECK (true);
REVOKE ALL ON notices_call FROM wufei_app;
GRANT INSERT, UPDATE ON notices_call TO wufei_system;

-- How some people want to hear of a topic, for whoever tells them: nothing else of their choices.
CREATE FUNCTION wufei_notice_choices(asked text, people bigint[]) RETURNS TABLE (user_id bigint, channel text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT choice.user_id, choice.channel::text FROM notices_choice AS choice
  WHERE choice.topic = asked AND choice.user_id = ANY(people) $$;
REVOKE ALL ON FUNCTION wufei_notice_choices(text, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wufei_notice_choices(text, bigint[]) TO wufei_app;
""".format(
    person="(SELECT nullif(current_setting('wufei.person', true), ''))::bigint",
    place="""(SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
  OR party_id = ANY ((SELECT wufei_parties())::bigint[])""",
)

OPEN = "DROP FUNCTION wufei_notice_choices(text, bigint[])"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0002_roles'),
        ('access', '0001_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('digest', models.BooleanField(default=True)),
                ('digest_on', models.DateField(null=True)),
                ('urgent_on', models.DateField(null=True)),
                ('urgent_count', models.IntegerField(default=0)),
                ('refused', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=200, unique=True)),
                ('topic', models.CharField(max_length=64)),
                ('text_zh', models.CharField(max_length=500)),
                ('text_en', models.CharField(blank=True, max_length=500)),
                ('link', models.CharField(max_length=500)),
                ('urgent', models.BooleanField(default=False)),
                ('sent_at', models.DateTimeField()),
                ('spread_at', models.DateTimeField(null=True)),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=64)),
                ('by_mail', models.BooleanField(default=False)),
                ('urgent', models.BooleanField(default=False)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notices.notice')),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=500)),
                ('secret', models.CharField(max_length=64)),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('active', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField()),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
            ],
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tries', models.IntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('parked_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notices.notice')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notices.webhook')),
            ],
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=64)),
                ('channel', models.CharField(max_length=8)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'topic'), name='choice_once'), models.CheckConstraint(condition=models.Q(('channel__in', ['digest', 'bell', 'off'])), name='choice_channel')],
            },
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('spread_at', None)), fields=['sent_at'], name='notice_unspread'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('seen_at', None)), fields=['user'], name='delivery_unseen'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('by_mail', True), ('mailed_at', None), ('seen_at', None)), fields=['user', 'urgent'], name='delivery_unmailed'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('user', 'notice'), name='delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('region__isnull', False), ('party__isnull', False), _connector='XOR'), name='webhook_of_a_region_or_a_party'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('done_at', None), ('parked_at', None)), fields=['next_at'], name='call_waiting'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(fields=('webhook', 'notice'), name='call_once'),
        ),
        migrations.RunSQL(SECURED, OPEN),
    ]
