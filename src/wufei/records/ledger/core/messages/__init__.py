"""What the ledger says about bad input, by concern."""

from wufei.records.ledger.core.messages.findings import finding

__all__ = ["finding"]
