"""The ledger as a Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Accounts, transfers, postings and balances."""

    name = "wufei.records.ledger"
    label = "ledger"
