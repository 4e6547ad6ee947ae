from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_role',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_of_a_producer_names_a_party',
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['leader', 'office', 'clerk', 'reviewer', 'township', 'village', 'inspector', 'surveyor', 'auditor', 'observer', 'producer', 'agent', 'carrier', 'driver', 'gate', 'receiver', 'infection', 'ward', 'porter', 'public'])), name='membership_role'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['agent', 'carrier', 'driver', 'gate', 'infection', 'porter', 'producer', 'receiver', 'ward']), _negated=True), ('party__isnull', False), _connector='OR'), name='membership_of_a_party_names_it'),
        ),
    ]
