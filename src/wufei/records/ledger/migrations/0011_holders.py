"""What a holder made, sent, treated and received is read by the holder, not by going through every month.

Only the steps that the file of a holder shows: each transfer stands in at most two of the four entries.
"""

from django.db import migrations

INDEXES = """
CREATE INDEX ledger_transfer_from_holder ON ledger_transfer (source_holder_id, occurred_on)
    WHERE step IN ('dispatch', 'receive', 'treat-in');
CREATE INDEX ledger_transfer_to_holder ON ledger_transfer (target_holder_id, occurred_on)
    WHERE step IN ('generate', 'receive');
"""

REMOVAL = "DROP INDEX ledger_transfer_from_holder, ledger_transfer_to_holder;"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_generic_plans")]
    operations = [migrations.RunSQL(INDEXES, REMOVAL)]
