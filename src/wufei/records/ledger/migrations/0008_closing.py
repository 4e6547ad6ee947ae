"""Closed periods: a record each, kept by a trigger that refuses what falls inside without saying so.

Whoever writes transfers holds a shared lock to the end of the transaction, whoever closes an exclusive one. So a
closing waits for what is being written, and nothing is written that has not seen it.
"""

from django.db import migrations

LOCK = 0x77756665695F6364
"""The advisory lock of closings, the letters ``wufei_cd``."""

TABLES = f"""
-- The days of a period as Wufei writes it: 2025, 2025Q1, 2025-03, 2025-03-05.
CREATE FUNCTION ledger_period_days(period text) RETURNS daterange LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN period ~ '^[0-9]{{4}}$' THEN daterange(make_date(period::int, 1, 1), make_date(period::int + 1, 1, 1))
        WHEN period ~ '^[0-9]{{4}}Q[1-4]$' THEN daterange(
            make_date(left(period, 4)::int, right(period, 1)::int * 3 - 2, 1),
            (make_date(left(period, 4)::int, right(period, 1)::int * 3 - 2, 1) + interval '3 months')::date)
        WHEN period ~ '^[0-9]{{4}}-[0-9]{{2}}$' THEN daterange(
            make_date(left(period, 4)::int, right(period, 2)::int, 1),
            (make_date(left(period, 4)::int, right(period, 2)::int, 1) + interval '1 month')::date)
        WHEN period ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' THEN daterange(period::date, period::date + 1)
    END
$$;

CREATE TABLE ledger_closing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book text NOT NULL,
    period text NOT NULL,
    start_on date NOT NULL,
    end_on date NOT NULL,
    region_id bigint NULL REFERENCES identity_region,
    party_id bigint NULL REFERENCES identity_party,
    region_ids bigint[] NOT NULL,
    grouping text NOT NULL,
    streams text[] NOT NULL,
    sectors text[] NOT NULL,
    sequence bigint NOT NULL CONSTRAINT ledger_closing_sequence CHECK (sequence >= 0),
    recorded_at timestamptz NOT NULL,
    recorder_id bigint NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT ledger_closing_of_one CHECK ((region_id IS NULL) <> (party_id IS NULL)),
    CONSTRAINT ledger_closing_regions CHECK ((region_id IS NULL) = (region_ids = '{{}}')),
    CONSTRAINT ledger_closing_waste CHECK (cardinality(streams) = cardinality(sectors)),
    CONSTRAINT ledger_closing_days CHECK (
        ledger_period_days(period) = daterange(start_on, end_on) AND length(period) < 8),
    CONSTRAINT ledger_closing_once UNIQUE NULLS NOT DISTINCT (book, period, region_id, party_id, grouping)
);
CREATE INDEX ledger_closing_start ON ledger_closing (book, start_on);

CREATE FUNCTION ledger_check_closing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    sealed bigint;
    horizon xid8;
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK});
    SELECT h.size, h.horizon INTO sealed, horizon FROM ledger_head AS h ORDER BY h.size DESC LIMIT 1;
    IF NEW.sequence <> coalesce(sealed, 0)
            OR EXISTS (SELECT 1 FROM ledger_transfer AS t WHERE t.xid >= coalesce(horizon, '0'::xid8)) THEN
        RAISE EXCEPTION 'ledger.not-sealed: a period is closed over what is sealed, and something waits'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_closing_sealed BEFORE INSERT ON ledger_closing
    FOR EACH ROW EXECUTE FUNCTION ledger_check_closing();

-- Says which transfer falls into a closed period without amending it.
CREATE FUNCTION ledger_refuse_closed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken uuid;
BEGIN
    PERFORM pg_advisory_xact_lock_shared({LOCK});
    IF NOT EXISTS (SELECT 1 FROM ledger_closing) THEN
        RETURN NULL;
    END IF;
    SELECT f.id INTO broken FROM fresh AS f JOIN ledger_closing AS c
        ON c.book = f.book AND f.occurred_on >= c.start_on AND f.occurred_on < c.end_on
        WHERE (c.party_id IN (f.source_holder_id, f.target_holder_id) OR f.origin_region_id = ANY (c.region_ids)
                OR f.source_region_id = ANY (c.region_ids) OR f.target_region_id = ANY (c.region_ids))
            AND (c.streams = '{{}}' OR (f.stream, f.origin_sector) IN (SELECT * FROM unnest(c.streams, c.sectors)))
            AND (daterange(c.start_on, c.end_on) @> ledger_period_days(nullif(f.amends_period, ''))
                AND ledger_period_days(nullif(f.amends_period, '')) @> f.occurred_on) IS NOT TRUE
        LIMIT 1;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.period-closed: transfer % falls into a closed period', broken
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_transfer_open_period AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_closed();
"""

# As before, after the shared lock: closings that are read next stay as they are until the writer has ended.
LOCK_ACCOUNTS = f"""
CREATE OR REPLACE FUNCTION ledger_lock_accounts(keys uuid[])
RETURNS TABLE (key uuid, id bigint, grams bigint, strict boolean, finished boolean) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    ids bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock_shared({LOCK});
    SELECT array_agg(a.id) INTO ids FROM ledger_account AS a WHERE a.key = ANY (keys);
    PERFORM 1 FROM ledger_balance AS b WHERE b.account_id = ANY (ids) ORDER BY b.account_id FOR UPDATE;
    -- A new statement, so that it sees what was committed while we waited for the locks.
    RETURN QUERY SELECT a.key, a.id,
            CASE WHEN (SELECT wufei_sees_all()) OR a.kind = 'transit'
                OR (a.region_id = ANY ((SELECT wufei_regions())::bigint[])
                    OR a.holder_id = ANY ((SELECT wufei_parties())::bigint[])) THEN b.grams END,
            b.strict, f.account_id IS NOT NULL
        FROM ledger_account AS a LEFT JOIN ledger_balance AS b ON b.account_id = a.id
        LEFT JOIN ledger_finish AS f ON f.account_id = a.id WHERE a.id = ANY (ids);
END $$;
"""

# A closing says which period is closed for whom, and nothing of any waste: every writer has to know it.
ACCESS = """
ALTER TABLE ledger_closing ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_closing FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_closing_owner ON ledger_closing TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY ledger_closing_system ON ledger_closing FOR SELECT TO wufei_system USING (true);
CREATE POLICY ledger_closing_read ON ledger_closing FOR SELECT TO wufei_app USING (true);
CREATE POLICY ledger_closing_write ON ledger_closing FOR INSERT TO wufei_app WITH CHECK (
    (SELECT wufei_sees_all()) OR region_ids <@ (SELECT wufei_regions())::bigint[] AND region_id IS NOT NULL
    OR party_id = ANY ((SELECT wufei_parties())::bigint[]));
REVOKE ALL ON ledger_closing FROM PUBLIC, wufei_app, wufei_system;
GRANT SELECT, INSERT ON ledger_closing TO wufei_app;
GRANT SELECT ON ledger_closing TO wufei_system;
REVOKE ALL ON FUNCTION ledger_check_closing(), ledger_refuse_closed() FROM PUBLIC;
"""

REMOVAL = """
DROP TRIGGER ledger_transfer_open_period ON ledger_transfer;
DROP TABLE ledger_closing;
DROP FUNCTION ledger_check_closing(), ledger_refuse_closed(), ledger_period_days(text);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_pools")]
    operations = [
        migrations.RunSQL(TABLES + ACCESS, REMOVAL),
        migrations.RunSQL(LOCK_ACCOUNTS, migrations.RunSQL.noop),
    ]
