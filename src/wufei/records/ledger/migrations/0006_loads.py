"""Loads: what became of each file, what was found in it, and the rows that did not enter the ledger.

A Finding and a row hold what stood in a cell, so these tables may hold a name that somebody typed in the wrong
place. They are no part of the ledger and are erased: three years after `recorded_at`, by the owner alone.
"""

from django.db import migrations

TABLES = """
CREATE TABLE ledger_load (
    id uuid PRIMARY KEY,
    file_name text NOT NULL,
    sha256 bytea NOT NULL CONSTRAINT ledger_load_sha256 CHECK (length(sha256) = 32),
    size bigint NOT NULL CONSTRAINT ledger_load_size CHECK (size >= 0),
    rows bigint NOT NULL,
    posted bigint NOT NULL CONSTRAINT ledger_load_posted CHECK (posted >= 0),
    repeated bigint NOT NULL CONSTRAINT ledger_load_repeated CHECK (repeated >= 0),
    refused bigint NOT NULL CONSTRAINT ledger_load_refused CHECK (refused >= 0),
    keep_good boolean NOT NULL,
    outcome text NOT NULL CONSTRAINT ledger_load_outcome CHECK (outcome IN ('posted', 'partly', 'refused')),
    -- [{"name": …, "titles": […]}]: the sheets that were read, in order.
    sheets jsonb NOT NULL,
    region_id bigint REFERENCES identity_region (id),
    party_id bigint REFERENCES identity_party (id),
    recorder_id bigint,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT ledger_load_rows CHECK (posted + repeated + refused <= rows)
);
COMMENT ON TABLE ledger_load IS 'retention: 3 years after recorded_at, with its findings and rows';

CREATE TABLE ledger_load_finding (
    load_id uuid NOT NULL REFERENCES ledger_load (id) ON DELETE CASCADE,
    number bigint NOT NULL,
    sheet integer NOT NULL,
    row bigint NOT NULL,
    place text NOT NULL,
    title text NOT NULL,
    code text NOT NULL,
    severity text NOT NULL CONSTRAINT ledger_load_finding_severity
        CHECK (severity IN ('error', 'warning', 'explain', 'note')),
    value text NOT NULL,
    message_zh text NOT NULL,
    message_en text NOT NULL,
    rule_zh text NOT NULL,
    rule_en text NOT NULL,
    fix_zh text NOT NULL,
    fix_en text NOT NULL,
    PRIMARY KEY (load_id, number)
);

CREATE TABLE ledger_load_row (
    load_id uuid NOT NULL REFERENCES ledger_load (id) ON DELETE CASCADE,
    sheet integer NOT NULL,
    row bigint NOT NULL,
    cells text[] NOT NULL,
    PRIMARY KEY (load_id, sheet, row)
);
"""

REACHED = (
    "(SELECT wufei_sees_all()) OR region_id = ANY ((SELECT wufei_regions())::bigint[]) "
    "OR party_id = ANY ((SELECT wufei_parties())::bigint[])"
)
# Whoever sees the load sees what belongs to it; the load's own policy decides.
OF_LOAD = "load_id IN (SELECT l.id FROM ledger_load AS l)"
RULES = {"load": REACHED, "load_finding": OF_LOAD, "load_row": OF_LOAD}


def secured(table):
    name = f"ledger_{table}"
    return ";\n".join(
        [
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {name}_owner ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
            f"CREATE POLICY {name}_system ON {name} FOR SELECT TO wufei_system USING (true)",
            f"CREATE POLICY {name}_read ON {name} FOR SELECT TO wufei_app USING ({RULES[table]})",
            f"CREATE POLICY {name}_write ON {name} FOR INSERT TO wufei_app WITH CHECK ({RULES[table]})",
            f"REVOKE ALL ON {name} FROM PUBLIC, wufei_app, wufei_system",
            f"GRANT SELECT ON {name} TO wufei_app, wufei_system",
            f"GRANT INSERT ON {name} TO wufei_app",
        ]
    ) + ";\n"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_upkeep"), ("access", "0001_functions"), ("identity", "0001_initial")]
    operations = [
        migrations.RunSQL(TABLES, "DROP TABLE ledger_load_row, ledger_load_finding, ledger_load;"),
        migrations.RunSQL("".join(secured(table) for table in RULES), migrations.RunSQL.noop),
    ]
