"""`wufei ledger`: files, balances, history, corrections, seals, proofs, closing, the check of all."""

import typer

from wufei.records.ledger.commands import (
    accounts,
    closing,
    corrections,
    loading,
    sealing,
    upkeep,
    verification,
)

app = typer.Typer(
    no_args_is_help=True,
    help="台账：导入、余额、流水、更正、封存、关账与核验 / records from files, balances, history, "
    "corrections, seals, closing, verification",
)
for part in (loading, accounts, corrections, sealing, closing, verification, upkeep):
    app.add_typer(part.app)
