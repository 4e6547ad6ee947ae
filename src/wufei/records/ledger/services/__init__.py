"""The writing door of the ledger."""

from wufei.records.ledger.services.partitions import prepare_months
from wufei.records.ledger.services.posting import post, post_many
from wufei.records.ledger.services.reversal import reverse

__all__ = ["post", "post_many", "prepare_months", "reverse"]
