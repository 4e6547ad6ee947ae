"""What is derived from sealed transfers and can be made again: lots, and what the nightly checks found.

Only wufei_system writes here. These tables are not append-only: nothing in them is a record.
"""

from django.db import migrations

TABLES = """
CREATE TABLE ledger_lot (
    account_id bigint NOT NULL REFERENCES ledger_account,
    container uuid NULL,
    in_on date NOT NULL,
    grams bigint NOT NULL CONSTRAINT ledger_lot_grams CHECK (grams <> 0),
    sequence bigint NOT NULL,
    region_id bigint NOT NULL,
    origin_region_id bigint NOT NULL,
    holder_id bigint NULL,
    CONSTRAINT ledger_lot_once UNIQUE NULLS NOT DISTINCT (account_id, container, in_on)
);

-- The last day of what was consumed on an account: what comes with an earlier one is late.
CREATE TABLE ledger_lot_account (
    account_id bigint PRIMARY KEY REFERENCES ledger_account,
    through_on date NOT NULL
);

CREATE TABLE ledger_check_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    sequence bigint NULL,
    intact boolean NOT NULL,
    findings integer NOT NULL CONSTRAINT ledger_check_run_findings CHECK (findings >= 0)
);

CREATE TABLE ledger_check (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES ledger_check_run,
    code text NOT NULL,
    severity text NOT NULL CONSTRAINT ledger_check_severity CHECK (severity IN (
        'error', 'warning', 'explain', 'note')),
    place text NOT NULL,
    account_id bigint NULL,
    transfer_id uuid NULL,
    region_id bigint NULL,
    holder_id bigint NULL,
    value text NOT NULL,
    message_zh text NOT NULL,
    message_en text NOT NULL,
    fix_zh text NOT NULL,
    fix_en text NOT NULL
);
CREATE INDEX ledger_check_of_run ON ledger_check (run_id, region_id);
"""

ALL = "(SELECT wufei_sees_all())"
REGION = "region_id = ANY ((SELECT wufei_regions())::bigint[])"
HOLDER = "holder_id = ANY ((SELECT wufei_parties())::bigint[])"
ORIGIN = "origin_region_id = ANY ((SELECT wufei_regions())::bigint[])"

# A run says nothing of any region: whether the ledger is intact is for everybody. A Finding that no region can be
# named for is for whoever sees all.
READ = {
    "lot": f"{ALL} OR {REGION} OR {HOLDER} OR {ORIGIN}",
    "lot_account": None,
    "check_run": "true",
    "check": f"{ALL} OR {REGION} OR {HOLDER}",
}


def secured(table):
    name = f"ledger_{table}"
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {name}_owner ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"CREATE POLICY {name}_system ON {name} TO wufei_system USING (true) WITH CHECK (true)",
        f"REVOKE ALL ON {name} FROM PUBLIC, wufei_app, wufei_system",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO wufei_system",
    ]
    if READ[table] is not None:
        statements += [
            f"CREATE POLICY {name}_read ON {name} FOR SELECT TO wufei_app USING ({READ[table]})",
            f"GRANT SELECT ON {name} TO wufei_app",
        ]
    return ";\n".join(statements) + ";\n"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_set_wise")]
    operations = [
        migrations.RunSQL(TABLES, "DROP TABLE ledger_check, ledger_check_run, ledger_lot_account, ledger_lot"),
        migrations.RunSQL("".join(secured(table) for table in READ), migrations.RunSQL.noop),
    ]
