"""Addresses of mailboxes move to the contacts: none is lost, and nobody gets mail who wanted none."""

from __future__ import annotations

import uuid
from importlib import import_module

import pytest
from django.db import connections, transaction

from wufei.runtime.identity.services import create_user

MOVED = import_module("wufei.runtime.notices.migrations.0002_addresses_of_contacts").MOVED
BEFORE = """
ALTER TABLE notices_mailbox ADD COLUMN email varchar(254) NOT NULL DEFAULT '',
    ADD COLUMN refused varchar(200) NOT NULL DEFAULT ''
"""
CONTACT = "INSERT INTO identity_contact (user_id, phone, email, refused) VALUES (%s, %s, %s, '')"
BOX = (
    "INSERT INTO notices_mailbox (user_id, digest, urgent_count, email, refused) VALUES (%s, true, 0, %s, %s)"
)


@pytest.mark.parametrize(
    ("contact", "box", "after", "digest"),
    [
        (None, ("a@b.cn", ""), ("", "a@b.cn", ""), True),
        (("138", ""), ("a@b.cn", "550 gone"), ("138", "a@b.cn", "550 gone"), True),
        # The one that mail went to is the one that its person chose for mail.
        (("138", "c@d.cn"), ("a@b.cn", ""), ("138", "a@b.cn", ""), True),
        # Whoever left it empty wanted no mail.
        (("138", "c@d.cn"), ("", ""), ("138", "c@d.cn", ""), False),
        (None, ("", ""), None, True),
        (("138", "c@d.cn"), None, ("138", "c@d.cn", ""), None),
    ],
)
def test_an_address_is_moved_once(db, contact, box, after, digest):
    user_id = create_user(username=f"u-{uuid.uuid4().hex[:12]}", password="p")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(BEFORE)
        if contact:
            cursor.execute(CONTACT, [user_id, *contact])
        if box:
            cursor.execute(BOX, [user_id, *box])
        cursor.execute(MOVED)
        cursor.execute("SELECT phone, email, refused FROM identity_contact WHERE user_id = %s", [user_id])
        assert cursor.fetchone() == after
        cursor.execute("SELECT digest FROM notices_mailbox WHERE user_id = %s", [user_id])
        assert (cursor.fetchone() or (None,))[0] is digest
        transaction.set_rollback(True, using="owner")
