"""Imported official lists: published data that everybody reads, officials write, and nobody deletes."""

import django.db.models.deletion
from django.db import migrations, models


# What is published everybody reads. Whoever writes it acts for a region (`require` asks for catalogue.write besides);
# firms, their staff and visitors have none. Rows are added; of an item only its end is ever set.
SECURED = """
ALTER TABLE catalogue_officiallist ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalogue_officiallist_read ON catalogue_officiallist FOR SELECT USING (true);
CREATE POLICY catalogue_officiallist_add ON catalogue_officiallist FOR INSERT TO wufei_app
  WITH CHECK ((SELECT wufei_sees_all()) OR cardinality((SELECT wufei_regions())) > 0);
REVOKE UPDATE, DELETE, TRUNCATE ON catalogue_officiallist FROM wufei_app;

ALTER TABLE catalogue_officialitem ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalogue_officialitem_read ON catalogue_officialitem FOR SELECT USING (true);
CREATE POLICY catalogue_officialitem_add ON catalogue_officialitem FOR INSERT TO wufei_app
  WITH CHECK ((SELECT wufei_sees_all()) OR cardinality((SELECT wufei_regions())) > 0);
CREATE POLICY catalogue_officialitem_end ON catalogue_officialitem FOR UPDATE TO wufei_app
  USING ((SELECT wufei_sees_all()) OR cardinality((SELECT wufei_regions())) > 0)
  WITH CHECK ((SELECT wufei_sees_all()) OR cardinality((SELECT wufei_regions())) > 0);
REVOKE UPDATE, DELETE, TRUNCATE ON catalogue_officialitem FROM wufei_app;
GRANT UPDATE (valid_to, replaced_at) ON catalogue_officialitem TO wufei_app;
"""

OPEN = """
DROP POLICY catalogue_officiallist_read ON catalogue_officiallist;
DROP POLICY catalogue_officiallist_add ON catalogue_officiallist;
ALTER TABLE catalogue_officiallist DISABLE ROW LEVEL SECURITY;
DROP POLICY catalogue_officialitem_read ON catalogue_officialitem;
DROP POLICY catalogue_officialitem_add ON catalogue_officialitem;
DROP POLICY catalogue_officialitem_end ON catalogue_officialitem;
ALTER TABLE catalogue_officialitem DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [("access", "0001_functions")]

    operations = [
        migrations.CreateModel(
            name='OfficialList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('title', models.CharField(max_length=200)),
                ('effective_on', models.DateField()),
                ('whole', models.BooleanField()),
                ('file_name', models.CharField(max_length=200)),
                ('file_sha256', models.CharField(max_length=64)),
                ('imported_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['hazardous', 'general'])), name='official_list_kind')],
            },
        ),
        migrations.CreateModel(
            name='OfficialItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('code', models.CharField(max_length=11)),
                ('category', models.CharField(max_length=4)),
                ('industry', models.CharField(blank=True, max_length=200)),
                ('name', models.TextField()),
                ('hazards', models.CharField(blank=True, max_length=32)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('replaced_at', models.DateTimeField(null=True)),
                ('official_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.officiallist')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['hazardous', 'general'])), name='official_item_kind'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='official_item_span'), models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('code', 'valid_from'), name='official_item_once'), models.UniqueConstraint(condition=models.Q(('replaced_at', None), ('valid_to', None)), fields=('code',), name='official_item_one_in_force')],
            },
        ),
        migrations.RunSQL(SECURED, OPEN),
    ]
