"""The trigger of transfers again, with plans that hold from one row to a hundred thousand.

A transition table has no statistics, so a join between two of its groups was planned for two hundred rows and
ran for minutes with ten thousand. What is joined here are arrays, in account order, each element looking its
row up by an index: the cost grows with the rows alone, and locks are taken in account order.
"""

from django.db import migrations

APPLY = """
CREATE OR REPLACE FUNCTION ledger_apply_transfers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_material = off SET enable_memoize = off AS $$
DECLARE
    broken uuid;
    touched bigint[];
    deltas bigint[];
BEGIN
    SELECT fresh.id INTO broken FROM fresh
        LEFT JOIN ledger_account AS s ON s.id = CASE WHEN fresh.reverses IS NULL
            THEN fresh.source_account_id ELSE fresh.target_account_id END
        LEFT JOIN ledger_account AS t ON t.id = CASE WHEN fresh.reverses IS NULL
            THEN fresh.target_account_id ELSE fresh.source_account_id END
        WHERE (s.book, s.kind, s.region_id, s.holder_id, s.site_id, t.book, t.kind, t.region_id, t.holder_id,
               t.site_id) IS DISTINCT FROM (fresh.book, fresh.source_kind, fresh.source_region_id,
               fresh.source_holder_id, fresh.source_site_id, fresh.book, fresh.target_kind,
               fresh.target_region_id, fresh.target_holder_id, fresh.target_site_id)
            OR fresh.stream <> CASE WHEN s.kind = 'process' THEN t.stream ELSE s.stream END
            OR (fresh.origin_region_id, fresh.origin_sector) IS DISTINCT FROM (
                CASE WHEN fresh.step = 'new-waste' THEN t.origin_region_id ELSE s.origin_region_id END,
                CASE WHEN fresh.step = 'new-waste' THEN t.origin_sector ELSE s.origin_sector END)
        LIMIT 1;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.account-differs: transfer % does not repeat its accounts', broken
            USING ERRCODE = 'check_violation';
    END IF;

    IF EXISTS (SELECT 1 FROM fresh WHERE fresh.reverses IS NOT NULL) THEN
        PERFORM ledger_record_reversals(array_agg(fresh.reverses), array_agg(fresh.id))
            FROM fresh WHERE fresh.reverses IS NOT NULL;
    END IF;

    SELECT array_agg(side.account_id), array_agg(side.grams) INTO touched, deltas FROM (
        SELECT both_sides.account_id, sum(both_sides.grams)::bigint AS grams FROM fresh, LATERAL (VALUES
            (fresh.source_account_id, -fresh.grams), (fresh.target_account_id, fresh.grams))
            AS both_sides (account_id, grams) GROUP BY both_sides.account_id ORDER BY both_sides.account_id) AS side;
    UPDATE ledger_balance AS balance SET grams = balance.grams + delta.grams
        FROM unnest(touched, deltas) AS delta (account_id, grams) WHERE balance.account_id = delta.account_id;
    -- A new statement, so that it sees what was committed while we waited for the locks.
    IF EXISTS (SELECT 1 FROM unnest(touched) AS t (id) JOIN ledger_finish AS f ON f.account_id = t.id) THEN
        RAISE EXCEPTION 'ledger.account-finished: a finished leg or run takes no more transfers'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

# As before, but the accounts come as one JSON array of arrays in the order of their nine parts.
OPEN = """
DROP FUNCTION ledger_open_accounts(text[], text[], bigint[], text[], bigint[], text[], bigint[], bigint[], text[]);
CREATE FUNCTION ledger_open_accounts(accounts json) RETURNS TABLE (key uuid, id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT a ->> 0 AS book, a ->> 1 AS kind, (a ->> 2)::bigint AS region_id, a ->> 3 AS stream,
            (a ->> 4)::bigint AS origin_region_id, a ->> 5 AS origin_sector, (a ->> 6)::bigint AS holder_id,
            (a ->> 7)::bigint AS site_id, a ->> 8 AS ref
        FROM json_array_elements(accounts) WITH ORDINALITY AS given (a, place) ORDER BY place
    ), made AS (
        INSERT INTO ledger_account
            (book, kind, region_id, stream, origin_region_id, origin_sector, holder_id, site_id, ref)
        SELECT a.* FROM asked AS a
        LEFT JOIN registry_site AS site ON site.id = a.site_id LEFT JOIN identity_party AS party ON party.id = a.holder_id
        WHERE (a.site_id IS NULL OR (site.party_id = a.holder_id
                AND a.region_id IN (site.region_id, site.functional_region_id)))
            AND ((SELECT wufei_sees_all()) OR a.kind NOT IN ('stock', 'process', 'dumped')
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
REVOKE ALL ON FUNCTION ledger_open_accounts(json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_open_accounts(json) TO wufei_app;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_seals")]
    operations = [migrations.RunSQL(APPLY + OPEN, migrations.RunSQL.noop)]
