"""Documents, their moves and the answers of departments: by region, final ones locked."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


SEES = "((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]))"


def _secured(table):
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY {table}_system ON {table} FOR SELECT TO wufei_system USING (true);
CREATE POLICY {table}_app ON {table} TO wufei_app USING ({SEES}) WITH CHECK ({SEES});
REVOKE ALL ON {table} FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON {table} TO wufei_app, wufei_system;
GRANT INSERT ON {table} TO wufei_app;
"""


SECURED = (
    "".join(_secured(table) for table in ("reports_report", "reports_move", "reports_answer"))
    + """
GRANT UPDATE (title, state, version, content, digest, changed_at, locked_at, number, scan_id)
    ON reports_report TO wufei_app;
ALTER TABLE reports_report ADD CONSTRAINT report_digest
    CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'));

-- A final document stays as it is for everybody, the owner among them; only number and scan come afterwards.
CREATE FUNCTION reports_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'reports.kept: rows of % are not deleted', TG_TABLE_NAME
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF OLD.state = 'final' AND (OLD.content, OLD.digest, OLD.state, OLD.title, OLD.region_id, OLD.kind, OLD.period,
            OLD.author_id, OLD.drafted_at, OLD.locked_at, OLD.version)
        IS DISTINCT FROM (NEW.content, NEW.digest, NEW.state, NEW.title, NEW.region_id, NEW.kind, NEW.period,
            NEW.author_id, NEW.drafted_at, NEW.locked_at, NEW.version) THEN
        RAISE EXCEPTION 'reports.final: a final document stays as it is'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reports_report_final BEFORE UPDATE OR DELETE ON reports_report
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_change();

-- What was done and said is only added to.
CREATE TRIGGER reports_move_stays BEFORE UPDATE OR DELETE ON reports_move
    FOR EACH ROW EXECUTE FUNCTION signing_refuse_change();
CREATE TRIGGER reports_answer_stays BEFORE UPDATE OR DELETE ON reports_answer
    FOR EACH ROW EXECUTE FUNCTION signing_refuse_change();
CREATE TRIGGER reports_report_kept BEFORE TRUNCATE ON reports_report
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();
CREATE TRIGGER reports_move_kept BEFORE TRUNCATE ON reports_move
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();
CREATE TRIGGER reports_answer_kept BEFORE TRUNCATE ON reports_answer
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();
"""
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("access", "0001_functions"),
        ("files", "0002_keep_in_own_places"),
        ("identity", "0004_sign_in"),
        ("signing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('period', models.CharField(max_length=10)),
                ('title', models.CharField(max_length=200)),
                ('state', models.CharField(max_length=16)),
                ('version', models.PositiveIntegerField(default=1)),
                ('content', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('drafted_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('locked_at', models.DateTimeField(null=True)),
                ('number', models.CharField(default='', max_length=60)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('scan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.file')),
            ],
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=16)),
                ('source', models.CharField(max_length=16)),
                ('target', models.CharField(max_length=16)),
                ('reason', models.CharField(default='', max_length=500)),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.report')),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_id', models.UUIDField(unique=True)),
                ('figure', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=200)),
                ('corrected', models.BooleanField()),
                ('old', models.CharField(max_length=200)),
                ('new', models.CharField(max_length=200)),
                ('reason', models.CharField(default='', max_length=500)),
                ('at', models.DateTimeField()),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.report')),
            ],
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['region', '-drafted_at'], name='report_of_region'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'check', 'countersign', 'final'])), name='report_state'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('locked_at__isnull', False), ('state', 'final')), models.Q(models.Q(('state', 'final'), _negated=True), ('locked_at__isnull', True)), _connector='OR'), name='report_locked_when_final'),
        ),
        migrations.AddIndex(
            model_name='answer',
            index=models.Index(fields=['report', 'at'], name='answer_of_report'),
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
