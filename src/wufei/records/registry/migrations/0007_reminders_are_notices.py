"""What was told is known by the keys of the notices: no second list of it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_applications")]
    operations = [migrations.DeleteModel("DueReminder")]
