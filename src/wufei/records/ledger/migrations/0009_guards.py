"""Two guards that hold also between writers who have not seen each other.

An identifier is that of one posting, or of one transfer, or of a posting and a transfer in it. Two primary keys keep
each table unique by itself; ``ledger_identifier`` is the key over both. A posting of one transfer bears its
identifier and needs no row there, so the usual record costs nothing more.

A site that becomes strict, or tolerant, takes the balances on it along.
"""

from django.db import migrations

LOCK_OF_CLOSINGS = 0x77756665695F6364
"""As in 0008: who writes transfers holds it shared."""

IDENTIFIERS = """
-- Identifiers of postings that bear that of no transfer in them, and of transfers that do not bear their posting's.
CREATE TABLE ledger_identifier (
    id uuid PRIMARY KEY
);
INSERT INTO ledger_identifier
    SELECT t.id FROM ledger_transfer AS t WHERE t.id <> t.posting_id
    UNION
    SELECT p.id FROM ledger_posting AS p
        WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer AS t WHERE t.id = p.id AND t.posting_id = p.id);

-- Sorted, so that two writers wait for each other in one direction.
CREATE FUNCTION ledger_take_transfer_ids() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_identifier SELECT f.id FROM fresh AS f WHERE f.id <> f.posting_id ORDER BY f.id;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_transfer_identifier AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_take_transfer_ids();

CREATE FUNCTION ledger_take_posting_ids() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO ledger_identifier SELECT f.id FROM fresh AS f
        WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer AS t WHERE t.id = f.id AND t.posting_id = f.id)
        ORDER BY f.id;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_identifier AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_take_posting_ids();

ALTER TABLE ledger_identifier ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_identifier FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_identifier_owner ON ledger_identifier TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY ledger_identifier_system ON ledger_identifier FOR SELECT TO wufei_system USING (true);
REVOKE ALL ON ledger_identifier FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT ON ledger_identifier TO wufei_system;
REVOKE ALL ON FUNCTION ledger_take_transfer_ids(), ledger_take_posting_ids() FROM PUBLIC;
"""
IDENTIFIERS_REMOVAL = """
DROP TRIGGER ledger_transfer_identifier ON ledger_transfer;
DROP TRIGGER ledger_posting_identifier ON ledger_posting;
DROP FUNCTION ledger_take_transfer_ids(), ledger_take_posting_ids();
DROP TABLE ledger_identifier;
"""

# With the lock nobody is writing, so no balance is made meanwhile by somebody who saw the site as it was.
SITES = f"""
UPDATE ledger_balance AS b SET strict = s.strict FROM ledger_account AS a JOIN registry_site AS s ON s.id = a.site_id
    WHERE a.id = b.account_id AND b.strict <> s.strict AND (b.grams >= 0 OR NOT s.strict);

CREATE FUNCTION ledger_follow_site() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    wanted boolean := (SELECT s.strict FROM registry_site AS s WHERE s.id = NEW.id);
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK_OF_CLOSINGS});
    IF wanted AND EXISTS (SELECT 1 FROM ledger_balance AS b JOIN ledger_account AS a ON a.id = b.account_id
            WHERE a.site_id = NEW.id AND b.grams < 0) THEN
        RAISE EXCEPTION 'ledger.site-below-zero: a stock on site % is below zero', NEW.key
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE ledger_balance AS b SET strict = wanted FROM ledger_account AS a
        WHERE a.id = b.account_id AND a.site_id = NEW.id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger_follow_site() FROM PUBLIC;
CREATE TRIGGER registry_site_strict AFTER UPDATE ON registry_site
    FOR EACH ROW WHEN (OLD.strict <> NEW.strict) EXECUTE FUNCTION ledger_follow_site();
"""
SITES_REMOVAL = "DROP TRIGGER registry_site_strict ON registry_site; DROP FUNCTION ledger_follow_site();"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_closing")]
    operations = [migrations.RunSQL(IDENTIFIERS, IDENTIFIERS_REMOVAL), migrations.RunSQL(SITES, SITES_REMOVAL)]
