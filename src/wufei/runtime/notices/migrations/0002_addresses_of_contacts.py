"""The address of a person is that of their contact; a mailbox says only how and when mail went there."""

from django.db import migrations, models

# The address that mail went to is the one its person chose for mail. Who left it empty wanted no digest.
MOVED = """
UPDATE notices_mailbox AS box SET digest = false WHERE email = '' AND EXISTS (
  SELECT FROM identity_contact AS contact WHERE contact.user_id = box.user_id AND contact.email <> '');
INSERT INTO identity_contact (user_id, phone, email, refused)
SELECT user_id, '', email, refused FROM notices_mailbox WHERE email <> ''
ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, refused = excluded.refused;
SET CONSTRAINTS ALL IMMEDIATE;
"""
BACK = """
UPDATE notices_mailbox AS box SET email = contact.email, refused = contact.refused
FROM identity_contact AS contact WHERE contact.user_id = box.user_id;
"""

# Who has an address and never chose anything has no mailbox before the first mail.
MAILER = "GRANT INSERT ON notices_mailbox TO wufei_system"
NO_MAILER = "REVOKE INSERT ON notices_mailbox FROM wufei_system"


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0001_notices'),
        ('identity', '0005_one_place_for_addresses'),
    ]

    operations = [
        migrations.RunSQL(MOVED, BACK),
        migrations.RemoveField(model_name='mailbox', name='email'),
        migrations.RemoveField(model_name='mailbox', name='refused'),
        migrations.RunSQL(MAILER, NO_MAILER),
    ]
