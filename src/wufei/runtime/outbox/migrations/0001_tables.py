"""Cursors and parked events: wufei_system alone reads and writes them, queries ask who may know."""

from django.db import migrations

TABLES = """
CREATE TABLE outbox_cursor (
    consumer text PRIMARY KEY,
    sequence bigint NOT NULL DEFAULT -1 CONSTRAINT outbox_cursor_sequence CHECK (sequence >= -1),
    moved_at timestamptz NOT NULL,
    stopped_at_sequence bigint NULL,
    code text NOT NULL DEFAULT '',
    message_zh text NOT NULL DEFAULT '',
    message_en text NOT NULL DEFAULT '',
    tries integer NOT NULL DEFAULT 0,
    first_at timestamptz NULL,
    last_at timestamptz NULL,
    CONSTRAINT outbox_cursor_stopped_says_why CHECK (
        (stopped_at_sequence IS NULL) = (code = '') AND (stopped_at_sequence IS NULL) = (first_at IS NULL)
        AND (first_at IS NULL) = (last_at IS NULL))
);

CREATE TABLE outbox_parked (
    consumer text NOT NULL REFERENCES outbox_cursor,
    sequence bigint NOT NULL,
    code text NOT NULL CONSTRAINT outbox_parked_code CHECK (code <> ''),
    message_zh text NOT NULL,
    message_en text NOT NULL,
    tries integer NOT NULL CONSTRAINT outbox_parked_tries CHECK (tries > 0),
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, sequence)
);
"""


def secured(name):
    return f"""
        ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {name} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {name}_owner ON {name} TO CURRENT_USER USING (true) WITH CHECK (true);
        CREATE POLICY {name}_system ON {name} TO wufei_system USING (true) WITH CHECK (true);
        REVOKE ALL ON {name} FROM PUBLIC, wufei_app, wufei_system;
        GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO wufei_system;
    """


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(TABLES, "DROP TABLE outbox_parked, outbox_cursor"),
        migrations.RunSQL(secured("outbox_cursor") + secured("outbox_parked"), migrations.RunSQL.noop),
    ]
