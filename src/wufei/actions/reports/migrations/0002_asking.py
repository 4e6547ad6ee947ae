"""Departments that are asked to confirm figures, and to countersign: by region, signatures only once."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SEES = "((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]))"


def _secured(table):
    lies = f"EXISTS (SELECT 1 FROM reports_report AS r WHERE r.id = report_id AND r.region_id = {table}.region_id)"
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY {table}_system ON {table} FOR SELECT TO wufei_system USING (true);
CREATE POLICY {table}_app ON {table} TO wufei_app USING ({SEES}) WITH CHECK ({SEES} AND {lies});
REVOKE ALL ON {table} FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON {table} TO wufei_app, wufei_system;
GRANT INSERT ON {table} TO wufei_app;
CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION signing_refuse_change();
"""


SECURED = (
    "".join(_secured(table) for table in ("reports_ask", "reports_countersign"))
    + """
GRANT UPDATE (indicators, due_on) ON reports_ask TO wufei_app;
GRANT UPDATE (agrees, opinion, digest, user_id, at) ON reports_countersign TO wufei_app;

-- Who has signed has signed, for everybody, the owner of the tables among them.
CREATE FUNCTION reports_refuse_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.agrees IS NOT NULL THEN
        RAISE EXCEPTION 'reports.signed: what a department signed stays as it is'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reports_countersign_stays BEFORE UPDATE OR DELETE ON reports_countersign
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_signed();
"""
)


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0001_functions'),
        ('identity', '0005_one_place_for_addresses'),
        ('reports', '0001_initial'),
        ('signing', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Ask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicators', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), size=None)),
                ('due_on', models.DateField()),
                ('asked_at', models.DateTimeField()),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.department')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.report')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('report', 'department'), name='report_asks_department_once')],
            },
        ),
        migrations.CreateModel(
            name='Countersign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField()),
                ('place', models.PositiveSmallIntegerField()),
                ('agrees', models.BooleanField(null=True)),
                ('opinion', models.CharField(default='', max_length=500)),
                ('digest', models.CharField(default='', max_length=64)),
                ('at', models.DateTimeField(null=True)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.department')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.report')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('report', 'round', 'department'), name='report_countersigned_once'), models.CheckConstraint(condition=models.Q(models.Q(('agrees', None), ('at', None), ('user', None)), models.Q(('agrees__isnull', False), ('at__isnull', False)), _connector='OR'), name='report_countersigned_by_somebody')],
            },
        ),
        migrations.RunSQL(SECURED, migrations.RunSQL.noop),
    ]
