"""The table of observations."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Observation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('book', models.CharField(max_length=64)),
                ('metric', models.CharField(max_length=80)),
                ('period_start', models.DateField()),
                ('precision', models.CharField(max_length=8)),
                ('value', models.DecimalField(decimal_places=12, max_digits=38, null=True)),
                ('text', models.TextField(blank=True)),
                ('unit', models.CharField(blank=True, max_length=60)),
                ('kind', models.CharField(max_length=12)),
                ('source_title', models.TextField()),
                ('source_clause', models.TextField(blank=True)),
                ('department', models.TextField(blank=True)),
                ('confirmed_by', models.TextField(blank=True)),
                ('confirmed_on', models.DateField(null=True)),
                ('provisional', models.BooleanField()),
                ('evidence', models.CharField(max_length=24)),
                ('relative_ppm', models.BigIntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('reason', models.TextField(blank=True)),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.party')),
                ('recorder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.region')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='observations.observation', to_field='uuid')),
            ],
            options={
                'indexes': [models.Index(fields=['region', 'period_start', 'metric'], name='observation_reading')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaces', None)), fields=('book', 'metric', 'region', 'party', 'period_start', 'precision', 'kind'), name='observation_first_version_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('replaces', None), models.Q(('reason', ''), _negated=True), _connector='OR'), name='observation_replacement_has_reason'), models.CheckConstraint(condition=models.Q(('source_title', ''), _negated=True), name='observation_source'), models.CheckConstraint(condition=models.Q(('value__isnull', False), models.Q(('text', ''), _negated=True), _connector='OR'), name='observation_not_empty'), models.CheckConstraint(condition=models.Q(('precision__in', ['day', 'month', 'quarter', 'year'])), name='observation_precision'), models.CheckConstraint(condition=models.Q(('kind__in', ['reported', 'computed', 'published'])), name='observation_kind'), models.CheckConstraint(condition=models.Q(('evidence__in', ('scale', 'weighbridge', 'declared', 'estimated', 'statistical', 'derived-by-difference'))), name='observation_evidence'), models.CheckConstraint(condition=models.Q(('relative_ppm__gte', 0)), name='observation_relative_ppm')],
            },
        ),
    ]
