"""Cases: seen by their firm and the region that they lie in; published, by everybody at home there."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

HERE = "(SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])"
OWN = f"{HERE} OR party_id = ANY ((SELECT wufei_parties())::bigint[])"
HOME = "region_id = ANY ((SELECT wufei_home_regions())::bigint[])"
# A firm sends its case; only the region's government lets it pass and publishes it.
SENDS = f"{HERE} OR (party_id = ANY ((SELECT wufei_parties())::bigint[]) AND state = 'waiting')"
ACCESS = f"""
ALTER TABLE cases_case ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY cases_case_owner ON cases_case TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY cases_case_system ON cases_case FOR SELECT TO wufei_system USING (true);
CREATE POLICY cases_case_read ON cases_case FOR SELECT TO wufei_app
    USING ({OWN} OR (state = 'published' AND {HOME}));
CREATE POLICY cases_case_insert ON cases_case FOR INSERT TO wufei_app WITH CHECK ({SENDS});
CREATE POLICY cases_case_update ON cases_case FOR UPDATE TO wufei_app USING ({SENDS}) WITH CHECK ({SENDS});
REVOKE ALL ON cases_case FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON cases_case TO wufei_app, wufei_system;
GRANT INSERT, UPDATE ON cases_case TO wufei_app;

ALTER TABLE cases_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY cases_event_owner ON cases_event TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY cases_event_system ON cases_event FOR SELECT TO wufei_system USING (true);
CREATE POLICY cases_event_app ON cases_event TO wufei_app
    USING (EXISTS (SELECT 1 FROM cases_case AS c WHERE c.id = case_id))
    WITH CHECK (EXISTS (SELECT 1 FROM cases_case AS c WHERE c.id = case_id));
REVOKE ALL ON cases_event FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON cases_event TO wufei_app, wufei_system;
GRANT INSERT ON cases_event TO wufei_app;

-- What was published stays as it was, for the owner of the table too; it may be taken down.
CREATE FUNCTION cases_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.state NOT IN ('published', 'retired') OR (OLD.state = 'retired'
        AND NEW.state <> 'retired') OR to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'case.published: what stands in the library does not change'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_case_stays BEFORE UPDATE OR DELETE ON cases_case
    FOR EACH ROW WHEN (OLD.state IN ('published', 'retired')) EXECUTE FUNCTION cases_refuse_change();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0005_one_place_for_addresses'),
        ('tasks', '0005_responsibility'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_id', models.UUIDField(unique=True)),
                ('state', models.CharField(max_length=10)),
                ('title', models.CharField(max_length=80)),
                ('streams', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('indicators', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
                ('values', models.JSONField()),
                ('words', models.TextField()),
                ('card', models.JSONField(null=True)),
                ('file_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('written_at', models.DateTimeField()),
                ('passed_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.department')),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.project')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('task', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.task')),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text_zh', models.CharField(max_length=400)),
                ('text_en', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['state', '-published_at'], name='cases_case_published'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'passed', 'published', 'retired'])), name='cases_case_state'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'waiting'), models.Q(('card__isnull', False), ('passed_at__isnull', False)), _connector='OR'), name='cases_case_passed_has_card'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='cases_case_published_at'),
        ),
        migrations.RunSQL(ACCESS, migrations.RunSQL.noop),
    ]
