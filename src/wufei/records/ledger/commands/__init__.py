"""`wufei ledger`: records from files, balances, history, seals and proofs, the check of everything."""

import typer

from wufei.records.ledger.commands import accounts, loading, sealing, upkeep, verification

app = typer.Typer(
    no_args_is_help=True,
    help="台账：导入、余额、流水、封存与核验 / records from files, balances, history, seals, verification",
)
for part in (loading, accounts, sealing, verification, upkeep):
    app.add_typer(part.app)
