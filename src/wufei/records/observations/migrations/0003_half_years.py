"""What a source says of a half year is an observation too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("observations", "0002_access")]
    operations = [
        migrations.RemoveConstraint("observation", "observation_precision"),
        migrations.AddConstraint(
            "observation",
            models.CheckConstraint(
                condition=models.Q(("precision__in", ["day", "month", "quarter", "half", "year"])),
                name="observation_precision",
            ),
        ),
    ]
