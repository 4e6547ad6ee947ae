"""Drafts keep the digest of their document, so that the same one is recognised."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('plans', '0005_editions')]

    operations = [
        migrations.AddField(
            model_name='plandraft',
            name='sha256',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddIndex(
            model_name='plandraft',
            index=models.Index(fields=['region', 'sha256'], name='plan_draft_same_file'),
        ),
    ]
