"""Questions: seen by their firm and the region that they lie in; published, by everybody at home there."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

HERE = "(SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])"
OWN = f"{HERE} OR party_id = ANY ((SELECT wufei_parties())::bigint[])"
HOME = "region_id = ANY ((SELECT wufei_home_regions())::bigint[])"
# A firm asks on and closes; only the region's government publishes.
SENDS = f"{HERE} OR (party_id = ANY ((SELECT wufei_parties())::bigint[]) AND published_at IS NULL)"
OF_A_QUESTION = "EXISTS (SELECT 1 FROM cases_question AS q WHERE q.id = question_id)"
ACCESS = f"""
ALTER TABLE cases_question ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY cases_question_owner ON cases_question TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY cases_question_system ON cases_question FOR SELECT TO wufei_system USING (true);
CREATE POLICY cases_question_read ON cases_question FOR SELECT TO wufei_app
    USING ({OWN} OR (published_at IS NOT NULL AND {HOME}));
CREATE POLICY cases_question_insert ON cases_question FOR INSERT TO wufei_app WITH CHECK ({SENDS});
CREATE POLICY cases_question_update ON cases_question FOR UPDATE TO wufei_app
    USING ({SENDS}) WITH CHECK ({SENDS});
REVOKE ALL ON cases_question FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON cases_question TO wufei_app, wufei_system;
GRANT INSERT ON cases_question TO wufei_app;
GRANT UPDATE (state, to_user_id, to_department_id, due_on, words, published_at) ON cases_question TO wufei_app;

ALTER TABLE cases_turn ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY cases_turn_owner ON cases_turn TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY cases_turn_system ON cases_turn FOR SELECT TO wufei_system USING (true);
CREATE POLICY cases_turn_app ON cases_turn TO wufei_app USING ({OF_A_QUESTION}) WITH CHECK ({OF_A_QUESTION});
REVOKE ALL ON cases_turn FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON cases_turn TO wufei_app, wufei_system;
GRANT INSERT ON cases_turn TO wufei_app;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_initial'),
        ('identity', '0005_one_place_for_addresses'),
        ('tasks', '0005_responsibility'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=10)),
                ('title', models.CharField(max_length=80)),
                ('text', models.TextField()),
                ('stream', models.CharField(max_length=20)),
                ('indicator', models.CharField(blank=True, max_length=120)),
                ('asked_at', models.DateTimeField()),
                ('due_on', models.DateField(null=True)),
                ('words', models.TextField()),
                ('published_at', models.DateTimeField(null=True)),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.department')),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('task', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.task')),
                ('to_department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.department')),
                ('to_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=10)),
                ('text', models.TextField(blank=True)),
                ('expert', models.CharField(blank=True, max_length=60)),
                ('institution', models.CharField(blank=True, max_length=120)),
                ('said_on', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.question')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['state', '-asked_at'], name='cases_question_waiting'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'assigned', 'answered', 'closed'])), name='cases_question_state'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('to_user', None), ('to_department', None), _connector='OR'), name='cases_question_to_one'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('published_at', None), ('state', 'closed'), _connector='OR'), name='cases_question_published'),
        ),
        migrations.AddConstraint(
            model_name='turn',
            constraint=models.CheckConstraint(condition=models.Q(('expert', ''), models.Q(models.Q(('institution', ''), _negated=True), ('said_on__isnull', False)), _connector='OR'), name='cases_turn_expert_is_known'),
        ),
        migrations.RunSQL(ACCESS, migrations.RunSQL.noop),
    ]
