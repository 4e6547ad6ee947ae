"""What the doors that move mass by share need: an unexplained rest of a run, and pools found and locked.

A pool is all accounts that differ in nothing but their origin.
"""

from django.db import migrations

DIFFERENCE = {
    False: """WHEN 'settle-difference' THEN (source_kind = 'transit' AND target_kind = 'difference')
            OR (source_kind = 'difference' AND target_kind = 'transit')""",
    True: """WHEN 'settle-difference' THEN (source_kind IN ('transit', 'process') AND target_kind = 'difference')
            OR (source_kind = 'difference' AND target_kind IN ('transit', 'process'))""",
}


def steps(*, runs):
    """The table of steps; it is only ever widened, so rows that stood before stand still."""
    return f"""
    ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_step;
    ALTER TABLE ledger_transfer ADD CONSTRAINT ledger_transfer_step CHECK (CASE step
        WHEN 'generate' THEN source_kind = 'origin' AND target_kind = 'stock'
        WHEN 'move' THEN source_kind = 'stock' AND target_kind = 'stock'
        WHEN 'dispatch' THEN source_kind = 'stock' AND target_kind = 'transit'
        WHEN 'receive' THEN source_kind = 'transit' AND target_kind = 'stock'
        WHEN 'return' THEN source_kind = 'transit' AND target_kind = 'stock'
        {DIFFERENCE[runs]}
        WHEN 'treat-in' THEN source_kind = 'stock' AND target_kind = 'process' AND method <> ''
        WHEN 'treat-out' THEN source_kind = 'process'
            AND target_kind IN ('stock', 'used', 'energy', 'discharged', 'landfilled')
        WHEN 'new-waste' THEN source_kind = 'process' AND target_kind = 'stock'
        WHEN 'use' THEN source_kind = 'stock' AND target_kind = 'used'
        WHEN 'reclassify' THEN (source_kind = 'stock' AND target_kind = 'process')
            OR (source_kind = 'process' AND target_kind = 'stock')
        WHEN 'loss' THEN source_kind IN ('stock', 'transit') AND target_kind IN ('discharged', 'lost')
        WHEN 'export' THEN source_kind IN ('stock', 'transit') AND target_kind = 'outside'
        WHEN 'import' THEN source_kind = 'outside' AND target_kind IN ('stock', 'transit')
        WHEN 'find-dump' THEN source_kind IN ('lost', 'difference', 'unattributed') AND target_kind = 'dumped'
        WHEN 'clear-dump' THEN source_kind = 'dumped' AND target_kind = 'transit'
        WHEN 'attribute-dump' THEN source_kind = 'origin' AND target_kind = 'unattributed'
        WHEN 'stocktake' THEN (source_kind = 'stock' AND target_kind = 'stocktake')
            OR (source_kind = 'stocktake' AND target_kind = 'stock')
        WHEN 'open' THEN source_kind = 'opening' AND target_kind = 'stock'
        ELSE false END);
    """


FUNCTIONS = """
CREATE INDEX ledger_account_pool ON ledger_account (book, region_id, kind, stream, ref, coalesce(holder_id, 0));

-- Gives the origins of pools named in full. Legs, runs and what is unattributed are reserved for this transaction,
-- so that nobody feeds an origin into a run while another finishes it: no row stands yet that could be locked.
-- The reservation comes first and in one order; `ledger_lock_accounts` then locks the balances.
-- A leg is known to whoever can name it, anything else only to whoever it belongs to.
CREATE FUNCTION ledger_reserve_pools(books text[], kinds text[], regions bigint[], streams text[], holders bigint[],
    sites bigint[], refs text[])
RETURNS TABLE (pool bigint, origin_region_id bigint, origin_sector text, finished boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(2004248165, reserved.number) FROM (
        SELECT DISTINCT hashtext(concat_ws(E'\\x1f', p.book, p.kind, p.region, p.stream, coalesce(p.holder, 0),
            coalesce(p.site, 0), p.ref)) AS number
        FROM unnest(books, kinds, regions, streams, holders, sites, refs)
            AS p (book, kind, region, stream, holder, site, ref)
        WHERE p.kind IN ('transit', 'process', 'unattributed') ORDER BY number) AS reserved;
    -- A new statement, so that it sees what was committed while we waited.
    RETURN QUERY SELECT p.number, a.origin_region_id, a.origin_sector, f.account_id IS NOT NULL
        FROM unnest(books, kinds, regions, streams, holders, sites, refs)
            WITH ORDINALITY AS p (book, kind, region, stream, holder, site, ref, number)
        JOIN ledger_account AS a ON a.book = p.book AND a.region_id = p.region AND a.kind = p.kind
            AND a.stream = p.stream AND a.ref = p.ref AND coalesce(a.holder_id, 0) = coalesce(p.holder, 0)
            AND a.site_id IS NOT DISTINCT FROM p.site
        LEFT JOIN ledger_finish AS f ON f.account_id = a.id
        WHERE (SELECT wufei_sees_all()) OR a.kind = 'transit'
            OR a.region_id = ANY ((SELECT wufei_regions())::bigint[])
            OR a.holder_id = ANY ((SELECT wufei_parties())::bigint[]);
END $$;
REVOKE ALL ON FUNCTION ledger_reserve_pools(text[], text[], bigint[], text[], bigint[], bigint[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_reserve_pools(text[], text[], bigint[], text[], bigint[], bigint[], text[]) TO wufei_app;
"""
REMOVAL = """
DROP FUNCTION ledger_reserve_pools(text[], text[], bigint[], text[], bigint[], bigint[], text[]);
DROP INDEX ledger_account_pool;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_loads")]
    operations = [
        migrations.RunSQL(steps(runs=True), steps(runs=False)),
        migrations.RunSQL(FUNCTIONS, REMOVAL),
    ]
