"""Row-level security, append-only grants, and the few functions that may look past them.

Every function is SECURITY DEFINER and answers only what a writer must know about rows that it may not see:
whether an identifier is taken, the number of an account whose full name it knows, the mass on a leg.
"""

from django.db import migrations

SIDE = "{side}_region_id = ANY ((SELECT wufei_regions())::bigint[]) OR {side}_holder_id = ANY ((SELECT wufei_parties())::bigint[])"
HOLDS = "(region_id = ANY ((SELECT wufei_regions())::bigint[]) OR holder_id = ANY ((SELECT wufei_parties())::bigint[]))"
ORIGINATES = "origin_region_id = ANY ((SELECT wufei_regions())::bigint[])"
ALL = "(SELECT wufei_sees_all())"
SOURCE, TARGET = f"({SIDE.format(side='source')})", f"({SIDE.format(side='target')})"

# A stock, run or dump may be touched only by whoever it belongs to; a leg also by its receiver.
OWN = "({side}_kind NOT IN ('stock', 'process', 'dumped') OR {inside})"
READABLE = f"{ALL} OR {SOURCE} OR {TARGET} OR {ORIGINATES}"
WRITABLE = (
    f"{ALL} OR (({SOURCE} OR {TARGET}) AND {OWN.format(side='source', inside=SOURCE)} "
    f"AND {OWN.format(side='target', inside=TARGET)})"
)
POSTED = (
    f"{ALL} OR region_ids && (SELECT wufei_regions())::bigint[] OR holder_ids && (SELECT wufei_parties())::bigint[]"
)

TABLES = ("account", "balance", "posting", "transfer", "reversal", "finish")
READ = {
    "account": f"{ALL} OR {HOLDS} OR {ORIGINATES}",
    "balance": f"{ALL} OR {HOLDS} OR {ORIGINATES}",
    "posting": POSTED,
    "transfer": READABLE,
    # These two hold only identifiers; whoever sees the transfer or account sees them.
    "reversal": f"{ALL} OR EXISTS (SELECT 1 FROM ledger_transfer AS t WHERE t.id = ledger_reversal.transfer_id)",
    "finish": f"{ALL} OR EXISTS (SELECT 1 FROM ledger_account AS a WHERE a.id = ledger_finish.account_id)",
}
WRITE = {"posting": POSTED, "transfer": WRITABLE, "finish": "EXISTS (SELECT 1 FROM ledger_posting AS p WHERE p.id = posting_id)"}


def secured(table):
    name = f"ledger_{table}"
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {name}_owner ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"CREATE POLICY {name}_system ON {name} FOR SELECT TO wufei_system USING (true)",
        f"CREATE POLICY {name}_read ON {name} FOR SELECT TO wufei_app USING ({READ[table]})",
        f"REVOKE ALL ON {name} FROM PUBLIC, wufei_app, wufei_system",
        f"GRANT SELECT ON {name} TO wufei_app, wufei_system",
    ]
    if table in WRITE:
        statements += [
            f"CREATE POLICY {name}_write ON {name} FOR INSERT TO wufei_app WITH CHECK ({WRITE[table]})",
            f"GRANT INSERT ON {name} TO wufei_app",
        ]
    return ";\n".join(statements) + ";\n"


FUNCTIONS = f"""
-- Locks the balances of accounts named in full, in account order, and says what is on them.
CREATE FUNCTION ledger_lock_accounts(keys uuid[])
RETURNS TABLE (key uuid, id bigint, grams bigint, strict boolean, finished boolean) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(a.id) INTO ids FROM ledger_account AS a WHERE a.key = ANY (keys);
    PERFORM 1 FROM ledger_balance AS b WHERE b.account_id = ANY (ids) ORDER BY b.account_id FOR UPDATE;
    -- A new statement, so that it sees what was committed while we waited for the locks.
    RETURN QUERY SELECT a.key, a.id,
            CASE WHEN {ALL} OR a.kind = 'transit'
                OR (a.region_id = ANY ((SELECT wufei_regions())::bigint[])
                    OR a.holder_id = ANY ((SELECT wufei_parties())::bigint[])) THEN b.grams END,
            b.strict, f.account_id IS NOT NULL
        FROM ledger_account AS a LEFT JOIN ledger_balance AS b ON b.account_id = a.id
        LEFT JOIN ledger_finish AS f ON f.account_id = a.id WHERE a.id = ANY (ids);
END $$;

-- Makes accounts. Left out of the answer are keys that someone else made meanwhile, sites that are not the holder's
-- or not in the region, and stocks, runs and dumps that are not the caller's: a producer's lie in its own region
-- or on its sites.
CREATE FUNCTION ledger_open_accounts(books text[], kinds text[], regions bigint[], streams text[],
    origin_regions bigint[], origin_sectors text[], holders bigint[], sites bigint[], refs text[])
RETURNS TABLE (key uuid, id bigint) LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH made AS (
        INSERT INTO ledger_account
            (book, kind, region_id, stream, origin_region_id, origin_sector, holder_id, site_id, ref)
        SELECT a.* FROM unnest(books, kinds, regions, streams, origin_regions, origin_sectors, holders, sites, refs)
            AS a (book, kind, region_id, stream, origin_region_id, origin_sector, holder_id, site_id, ref)
        LEFT JOIN registry_site AS site ON site.id = a.site_id LEFT JOIN identity_party AS party ON party.id = a.holder_id
        WHERE (a.site_id IS NULL OR (site.party_id = a.holder_id
                AND a.region_id IN (site.region_id, site.functional_region_id)))
            AND ({ALL} OR a.kind NOT IN ('stock', 'process', 'dumped')
                OR a.region_id = ANY ((SELECT wufei_regions())::bigint[])
                OR (a.holder_id = ANY ((SELECT wufei_parties())::bigint[])
                    AND (a.site_id IS NOT NULL OR a.region_id = party.region_id)))
        ON CONFLICT (key) DO NOTHING RETURNING *
    ), held AS (
        INSERT INTO ledger_balance (account_id, region_id, origin_region_id, holder_id, strict)
        SELECT made.id, made.region_id, made.origin_region_id, made.holder_id, coalesce(site.strict, true)
        FROM made LEFT JOIN registry_site AS site ON site.id = made.site_id
        WHERE made.kind IN ('stock', 'transit', 'process', 'dumped')
    )
    SELECT made.key, made.id FROM made
$$;

-- Fresh partitions have no statistics yet, so the planner is told: every look-up here has its index.

-- Says which identifiers are taken by a posting or a transfer, whoever wrote it.
CREATE FUNCTION ledger_taken_ids(wanted uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
    SELECT p.id FROM ledger_posting AS p WHERE p.id = ANY (wanted)
    UNION ALL
    SELECT t.id FROM ledger_transfer AS t WHERE t.id = ANY (wanted)
$$;

-- Says whether postings say the same; never what they say.
CREATE FUNCTION ledger_same_postings(wanted uuid[], hashes bytea[]) RETURNS TABLE (id uuid, same boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
    SELECT p.id, p.content_hash = given.hash
    FROM unnest(wanted, hashes) AS given (id, hash) JOIN ledger_posting AS p ON p.id = given.id
$$;

-- The last masses of steps at accounts, the latest first. Only the last 400 rows of an account are looked through:
-- a rare step at a busy stock would scan its whole past. Row security applies: this one runs as the caller.
CREATE FUNCTION ledger_recent_masses(accounts bigint[], steps text[], arriving boolean, many integer)
RETURNS TABLE (account_id bigint, step text, grams bigint) LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
#variable_conflict use_column
BEGIN
    IF arriving THEN
        RETURN QUERY SELECT wanted.account_id, wanted.step, past.grams
            FROM unnest(accounts, steps) AS wanted (account_id, step) CROSS JOIN LATERAL (
                SELECT recent.grams FROM (
                    SELECT t.grams, t.step, t.reverses
                    FROM ledger_transfer AS t WHERE t.target_account_id = wanted.account_id
                    ORDER BY t.id DESC LIMIT 400) AS recent
                WHERE recent.step = wanted.step AND recent.reverses IS NULL LIMIT many
            ) AS past;
    ELSE
        RETURN QUERY SELECT wanted.account_id, wanted.step, past.grams
            FROM unnest(accounts, steps) AS wanted (account_id, step) CROSS JOIN LATERAL (
                SELECT recent.grams FROM (
                    SELECT t.grams, t.step, t.reverses
                    FROM ledger_transfer AS t WHERE t.source_account_id = wanted.account_id
                    ORDER BY t.id DESC LIMIT 400) AS recent
                WHERE recent.step = wanted.step AND recent.reverses IS NULL LIMIT many
            ) AS past;
    END IF;
END $$;

-- The two accounts of transfers that the caller can see, even where one of them is someone else's.
CREATE FUNCTION ledger_sides(wanted uuid[])
RETURNS TABLE (id uuid, is_source boolean, book text, kind text, region_id bigint, stream text,
    origin_region_id bigint, origin_sector text, holder_id bigint, site_id bigint, ref text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
    SELECT t.id, a.id = t.source_account_id, a.book, a.kind, a.region_id, a.stream, a.origin_region_id,
            a.origin_sector, a.holder_id, a.site_id, a.ref
        FROM (SELECT * FROM ledger_transfer WHERE ledger_transfer.id = ANY (wanted) AND ({READABLE})) AS t
        JOIN ledger_account AS a ON a.id IN (t.source_account_id, t.target_account_id)
$$;

-- Makes the partition of a month. Attaching takes a lock that lets readers and writers go on.
CREATE FUNCTION ledger_ensure_partition(month date) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    name text := 'ledger_transfer_' || to_char(month, 'YYYY_MM');
    low text;
    high text;
BEGIN
    IF first > (now() + interval '32 days')::date OR first < date '1999-12-01' THEN
        RAISE EXCEPTION 'ledger.partition-range: % is not between 2000 and next month', first
            USING ERRCODE = 'check_violation';
    END IF;
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN name;
    END IF;
    LOCK TABLE ledger_transfer IN SHARE UPDATE EXCLUSIVE MODE;
    IF to_regclass('public.' || name) IS NULL THEN
        low := rpad(lpad(to_hex(extract(epoch FROM first::timestamp)::bigint * 1000), 12, '0'), 32, '0');
        high := rpad(lpad(to_hex(extract(epoch FROM (first + interval '1 month'))::bigint * 1000), 12, '0'), 32, '0');
        EXECUTE format('CREATE TABLE %I (LIKE ledger_transfer INCLUDING ALL)', name);
        -- A partition reached by its own name would not know the policies of its parent.
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, wufei_app, wufei_system', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE ledger_transfer ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            name, low::uuid, high::uuid);
    END IF;
    RETURN name;
END $$;

REVOKE ALL ON FUNCTION ledger_lock_accounts(uuid[]), ledger_taken_ids(uuid[]), ledger_same_postings(uuid[], bytea[]),
    ledger_sides(uuid[]), ledger_recent_masses(bigint[], text[], boolean, integer),
    ledger_ensure_partition(date), ledger_apply_transfers(), ledger_check_finish(),
    ledger_open_accounts(text[], text[], bigint[], text[], bigint[], text[], bigint[], bigint[], text[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_lock_accounts(uuid[]), ledger_taken_ids(uuid[]), ledger_same_postings(uuid[], bytea[]),
    ledger_sides(uuid[]), ledger_recent_masses(bigint[], text[], boolean, integer),
    ledger_ensure_partition(date),
    ledger_open_accounts(text[], text[], bigint[], text[], bigint[], text[], bigint[], bigint[], text[])
    TO wufei_app;

SELECT ledger_ensure_partition((now() AT TIME ZONE 'UTC')::date);
SELECT ledger_ensure_partition(((now() AT TIME ZONE 'UTC') + interval '1 month')::date);
"""

REMOVAL = """
DROP FUNCTION ledger_lock_accounts(uuid[]), ledger_taken_ids(uuid[]), ledger_same_postings(uuid[], bytea[]), ledger_sides(uuid[]),
    ledger_ensure_partition(date), ledger_recent_masses(bigint[], text[], boolean, integer),
    ledger_open_accounts(text[], text[], bigint[], text[], bigint[], text[], bigint[], bigint[], text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_tables"), ("access", "0001_functions")]
    operations = [
        migrations.RunSQL("".join(secured(table) for table in TABLES), migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, REMOVAL),
    ]
