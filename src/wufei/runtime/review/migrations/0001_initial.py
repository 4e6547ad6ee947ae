"""Cases and their moves: row-level security, moves that never change, and a case that its last move made."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

SEES = """((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
    OR party_id = ANY ((SELECT wufei_parties())::bigint[]))"""
OF_CASE = "EXISTS (SELECT 1 FROM review_case AS c WHERE c.id = case_id)"

SECURED = f"""
ALTER TABLE review_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_case FORCE ROW LEVEL SECURITY;
CREATE POLICY review_case_owner ON review_case TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY review_case_system ON review_case FOR SELECT TO wufei_system USING (true);
CREATE POLICY review_case_app ON review_case TO wufei_app USING ({SEES}) WITH CHECK ({SEES});
REVOKE ALL ON review_case FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON review_case TO wufei_app, wufei_system;
GRANT INSERT ON review_case TO wufei_app;
-- What a case is about, and where it belongs, never changes; its title may.
GRANT UPDATE (title_zh, title_en, state, step, step_action, round, submitter_id, barred, due_on, version, moved_at)
    ON review_case TO wufei_app;

ALTER TABLE review_move ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_move FORCE ROW LEVEL SECURITY;
CREATE POLICY review_move_owner ON review_move TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY review_move_system ON review_move FOR SELECT TO wufei_system USING (true);
CREATE POLICY review_move_read ON review_move FOR SELECT TO wufei_app USING ({OF_CASE});
CREATE POLICY review_move_write ON review_move FOR INSERT TO wufei_app WITH CHECK ({OF_CASE});
REVOKE ALL ON review_move FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON review_move TO wufei_app, wufei_system;
GRANT INSERT ON review_move TO wufei_app;
CREATE TRIGGER review_move_stays BEFORE UPDATE OR DELETE ON review_move
    FOR EACH ROW EXECUTE FUNCTION signing_refuse_change();
CREATE TRIGGER review_move_kept BEFORE TRUNCATE ON review_move
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();

CREATE FUNCTION review_keep_locked() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'review.locked: a locked case never changes' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;
CREATE TRIGGER review_case_locked BEFORE UPDATE OR DELETE ON review_case
    FOR EACH ROW WHEN (OLD.state = 'locked') EXECUTE FUNCTION review_keep_locked();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0001_functions'),
        ('identity', '0002_roles'),
        ('signing', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('subject_kind', models.CharField(max_length=64)),
                ('subject_id', models.UUIDField(unique=True)),
                ('procedure', models.CharField(max_length=64)),
                ('title_zh', models.CharField(max_length=200)),
                ('title_en', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(max_length=16)),
                ('step', models.SmallIntegerField()),
                ('step_action', models.CharField(max_length=64)),
                ('round', models.SmallIntegerField()),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('submitter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('barred', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('due_on', models.DateField(null=True)),
                ('version', models.IntegerField()),
                ('moved_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['region', 'step_action', 'due_on', 'id'], name='review_case_waiting'), models.Index(fields=['submitter', '-moved_at'], name='review_case_submitter'), models.Index(fields=['party', 'state'], name='review_case_party'), models.Index(condition=models.Q(('state__in', ['waiting', 'returned'])), fields=['due_on'], name='review_case_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'returned', 'passed', 'locked', 'withdrawn'])), name='review_case_state')],
            },
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.case')),
                ('number', models.IntegerField()),
                ('act', models.CharField(max_length=16)),
                ('step', models.SmallIntegerField()),
                ('to_step', models.SmallIntegerField()),
                ('round', models.SmallIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('role', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('words', models.TextField(blank=True)),
                ('remarks', models.JSONField(default=list)),
                ('answers', models.JSONField(default=list)),
                ('due_on', models.DateField(null=True)),
                ('digest', models.CharField(max_length=64)),
                ('snapshot', models.JSONField(null=True)),
                ('signature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='signing.signature')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='review_move_number'), models.CheckConstraint(condition=models.Q(('act__in', ['submit', 'resubmit', 'pass', 'return', 'comment', 'withdraw', 'lock'])), name='review_move_act')],
                'indexes': [],
            },
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
