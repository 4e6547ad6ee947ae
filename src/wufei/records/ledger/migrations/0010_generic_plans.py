"""Functions that every posting calls keep their plans.

Each look-up goes by an index, whatever it is given: there is nothing to gain from planning it anew, which took
two thirds of the time of a single posting.
"""

from django.db import migrations

FUNCTIONS = (
    "ledger_lock_accounts(uuid[])",
    "ledger_taken_ids(uuid[])",
    "ledger_same_postings(uuid[], bytea[])",
    "ledger_recent_masses(bigint[], text[], boolean, integer)",
    "ledger_sides(uuid[])",
    "ledger_open_accounts(json)",
    "ledger_apply_transfers()",
    "ledger_record_reversals(uuid[], uuid[])",
    "ledger_refuse_closed()",
    "ledger_check_finish()",
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_guards")]
    operations = [
        migrations.RunSQL(
            "".join(f"ALTER FUNCTION {name} SET plan_cache_mode = force_generic_plan;\n" for name in FUNCTIONS),
            "".join(f"ALTER FUNCTION {name} RESET plan_cache_mode;\n" for name in FUNCTIONS),
        )
    ]
