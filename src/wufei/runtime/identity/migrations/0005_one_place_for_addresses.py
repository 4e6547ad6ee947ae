"""Where an e-mail address is kept, it is read by who sends mail: the address and nothing else of a contact.

`wufei_system` sends the mail. It sees contacts with an address, of them person, address and what the mail server said of
it, and may write the last only. The phone number stays out of its reach.
"""

from django.db import migrations, models

MAILER = """
GRANT SELECT (user_id, email, refused), UPDATE (refused) ON identity_contact TO wufei_system;
CREATE POLICY identity_contact_mail ON identity_contact FOR SELECT TO wufei_system USING (email <> '');
CREATE POLICY identity_contact_refused ON identity_contact FOR UPDATE TO wufei_system
  USING (email <> '') WITH CHECK (email <> '');
"""
NO_MAILER = """
DROP POLICY identity_contact_mail ON identity_contact;
DROP POLICY identity_contact_refused ON identity_contact;
REVOKE ALL (user_id, email, refused) ON identity_contact FROM wufei_system;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_sign_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='refused',
            field=models.CharField(blank=True, default='', max_length=200),
            preserve_default=False,
        ),
        migrations.RunSQL(MAILER, NO_MAILER),
    ]
