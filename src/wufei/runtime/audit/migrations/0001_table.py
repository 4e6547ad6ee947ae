"""The audit log: the site adds rows and reads those in its reach; only wufei_system removes old ones."""

from django.db import migrations

TABLE = """
CREATE TABLE audit_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    user_id bigint NULL,
    membership_id bigint NULL,
    role text NOT NULL DEFAULT '',
    action text NOT NULL CONSTRAINT audit_event_action CHECK (action <> ''),
    object_kind text NOT NULL,
    object_id text NOT NULL DEFAULT '',
    region_id bigint NULL,
    party_id bigint NULL,
    address text NOT NULL DEFAULT '',
    outcome text NOT NULL CONSTRAINT audit_event_outcome CHECK (outcome IN ('ok', 'refused', 'failed')),
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_event_at ON audit_event (at);
CREATE INDEX audit_event_party ON audit_event (party_id, id) WHERE party_id IS NOT NULL;

ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_event_read ON audit_event FOR SELECT TO wufei_app
  USING ((SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[])
    OR party_id = ANY ((SELECT wufei_parties())::bigint[]));
-- Whoever is refused, or has not signed in, has no reach: the row is written all the same.
CREATE POLICY audit_event_add ON audit_event FOR INSERT TO wufei_app WITH CHECK (true);
CREATE POLICY audit_event_system ON audit_event TO wufei_system USING (true) WITH CHECK (true);
REVOKE ALL ON audit_event FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT, INSERT ON audit_event TO wufei_app;
GRANT SELECT, INSERT, DELETE ON audit_event TO wufei_system;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("access", "0001_functions")]
    operations = [migrations.RunSQL(TABLE, "DROP TABLE audit_event")]
