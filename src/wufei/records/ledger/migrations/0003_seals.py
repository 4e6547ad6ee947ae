"""Sealing: the order of transfers, the Merkle tree over them and its signed heads; append-only for everyone.

Only wufei_system writes here, and it can change nothing. The triggers repeat what the sealer promises: the
order has no gap, and a head signs all leaves there are.
"""

from django.db import migrations

TABLES = """
-- The sealer looks for what was written since its last horizon.
CREATE INDEX ledger_transfer_xid ON ledger_transfer (xid);

CREATE TABLE ledger_leaf (
    sequence bigint PRIMARY KEY CONSTRAINT ledger_leaf_sequence CHECK (sequence >= 0),
    transfer_id uuid NOT NULL UNIQUE,
    version smallint NOT NULL,
    hash bytea NOT NULL CONSTRAINT ledger_leaf_hash CHECK (length(hash) = 32)
);

-- Full subtrees of levels 4, 8, 12 and so on; level 0 are the leaves.
CREATE TABLE ledger_node (
    level smallint NOT NULL,
    index bigint NOT NULL,
    hash bytea NOT NULL CONSTRAINT ledger_node_hash CHECK (length(hash) = 32),
    PRIMARY KEY (level, index)
);

CREATE TABLE ledger_head (
    size bigint PRIMARY KEY CONSTRAINT ledger_head_size CHECK (size > 0),
    root bytea NOT NULL CONSTRAINT ledger_head_root CHECK (length(root) = 32),
    at timestamptz NOT NULL,
    horizon xid8 NOT NULL,
    public_key bytea NOT NULL CONSTRAINT ledger_head_public_key CHECK (length(public_key) = 32),
    signature bytea NOT NULL CONSTRAINT ledger_head_signature CHECK (length(signature) = 64)
);
"""

TRIGGERS = """
-- Nothing is ever removed, so a batch without gaps that begins where the last one ended leaves none behind.
CREATE FUNCTION ledger_check_leaves() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    low bigint;
    high bigint;
    many bigint;
BEGIN
    SELECT min(sequence), max(sequence), count(*) INTO low, high, many FROM fresh;
    IF many > 0 AND (high - low + 1 <> many
            OR (low > 0 AND NOT EXISTS (SELECT 1 FROM ledger_leaf WHERE sequence = low - 1))) THEN
        RAISE EXCEPTION 'ledger.sequence-gap: leaves % to % do not follow the last one', low, high
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_leaf_gapless AFTER INSERT ON ledger_leaf
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_leaves();

CREATE FUNCTION ledger_check_head() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.size IS DISTINCT FROM (SELECT max(sequence) + 1 FROM ledger_leaf)
            OR NEW.horizon < (SELECT horizon FROM ledger_head WHERE size < NEW.size ORDER BY size DESC LIMIT 1) THEN
        RAISE EXCEPTION 'ledger.head-differs: a head of % does not sign all leaves', NEW.size
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_head_whole BEFORE INSERT ON ledger_head
    FOR EACH ROW EXECUTE FUNCTION ledger_check_head();
"""

# Heads say nothing of any transfer, so everybody may know them; a sequence is for those who see the transfer.
READ = {
    "head": "true",
    "leaf": "(SELECT wufei_sees_all()) OR EXISTS (SELECT 1 FROM ledger_transfer AS t WHERE t.id = ledger_leaf.transfer_id)",
}


def secured(table):
    name = f"ledger_{table}"
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {name}_owner ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"CREATE POLICY {name}_system ON {name} FOR SELECT TO wufei_system USING (true)",
        f"CREATE POLICY {name}_seal ON {name} FOR INSERT TO wufei_system WITH CHECK (true)",
        f"REVOKE ALL ON {name} FROM PUBLIC, wufei_app, wufei_system",
        f"GRANT SELECT, INSERT ON {name} TO wufei_system",
    ]
    if table in READ:
        statements += [
            f"CREATE POLICY {name}_read ON {name} FOR SELECT TO wufei_app USING ({READ[table]})",
            f"GRANT SELECT ON {name} TO wufei_app",
        ]
    return ";\n".join(statements) + ";\n"


REMOVAL = """
DROP TABLE ledger_head, ledger_node, ledger_leaf;
DROP FUNCTION ledger_check_leaves(), ledger_check_head();
DROP INDEX ledger_transfer_xid;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_access")]
    operations = [
        migrations.RunSQL(TABLES + TRIGGERS, REMOVAL),
        migrations.RunSQL("".join(secured(table) for table in ("leaf", "node", "head")), migrations.RunSQL.noop),
    ]
