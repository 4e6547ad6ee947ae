"""Projects have their field, and their reports evidence."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('tasks', '0002_access')]

    operations = [
        migrations.AddField(
            model_name='project',
            name='field',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddField(
            model_name='projectstate',
            name='files',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), null=True, size=None),
        ),
    ]
