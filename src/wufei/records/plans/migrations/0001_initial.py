"""Published plans, their lines, and base and target values as written and as understood."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('title_zh', models.CharField(max_length=200)),
                ('title_en', models.CharField(blank=True, max_length=200)),
                ('number', models.CharField(blank=True, max_length=64)),
                ('issuer', models.CharField(blank=True, max_length=120)),
                ('issued_on', models.CharField(max_length=10)),
                ('base_year', models.PositiveSmallIntegerField()),
                ('last_target_year', models.PositiveSmallIntegerField()),
                ('target_years', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None)),
                ('declared_totals', models.JSONField(default=list)),
                ('text_targets', models.JSONField(default=list)),
                ('source_title', models.CharField(max_length=300)),
                ('source_clause', models.CharField(max_length=300)),
                ('source_note', models.JSONField(default=dict)),
                ('status', models.CharField(max_length=20)),
                ('doubts', models.JSONField(default=list)),
                ('fingerprint', models.CharField(max_length=64)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
            ],
        ),
        migrations.CreateModel(
            name='PlanLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('line_set', models.CharField(max_length=4)),
                ('no', models.PositiveSmallIntegerField()),
                ('level1', models.CharField(max_length=120)),
                ('level2', models.CharField(max_length=120)),
                ('name', models.TextField()),
                ('indicator', models.CharField(max_length=80)),
                ('type', models.CharField(max_length=2)),
                ('attribute', models.CharField(blank=True, max_length=3)),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
                ('notes', models.JSONField(default=list)),
                ('doubts', models.JSONField(default=list)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
        ),
        migrations.CreateModel(
            name='PlanTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_base', models.BooleanField()),
                ('year', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('op', models.CharField(max_length=5)),
                ('value', models.DecimalField(decimal_places=12, max_digits=38, null=True)),
                ('high', models.DecimalField(decimal_places=12, max_digits=38, null=True)),
                ('unit', models.CharField(blank=True, max_length=60)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.planline')),
            ],
        ),
        migrations.AddIndex(
            model_name='plan',
            index=models.Index(fields=['region', 'base_year'], name='plan_region_year'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('last_target_year__gte', models.F('base_year'))), name='plan_years_in_order'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.UniqueConstraint(fields=('plan', 'line_set', 'no'), name='plan_line_number_once'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.UniqueConstraint(fields=('plan', 'position'), name='plan_line_position_once'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.CheckConstraint(condition=models.Q(('line_set__in', ['main', 'own'])), name='plan_line_set'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['必选', '可选', '自选'])), name='plan_line_type'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.CheckConstraint(condition=models.Q(('attribute__in', ['约束性', '预期性', ''])), name='plan_line_attribute'),
        ),
        migrations.AddConstraint(
            model_name='plantarget',
            constraint=models.UniqueConstraint(fields=('line', 'is_base', 'year'), name='plan_target_once'),
        ),
        migrations.AddConstraint(
            model_name='plantarget',
            constraint=models.CheckConstraint(condition=models.Q(('op__in', ['eq', 'ge', 'gt', 'le', 'lt', 'range', 'text', 'blank'])), name='plan_target_op'),
        ),
        migrations.AddConstraint(
            model_name='plantarget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('op__in', ['text', 'blank']), ('value', None)), models.Q(models.Q(('op__in', ['text', 'blank']), _negated=True), models.Q(('value', None), _negated=True)), _connector='OR'), name='plan_target_number_where_op_needs_one'),
        ),
        migrations.AddConstraint(
            model_name='plantarget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('op', 'range'), ('high__gte', models.F('value'))), models.Q(models.Q(('op', 'range'), _negated=True), ('high', None)), _connector='OR'), name='plan_target_range_has_two_ends'),
        ),
    ]
