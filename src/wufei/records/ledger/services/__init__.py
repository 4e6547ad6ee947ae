"""The writing door of the ledger."""

from wufei.records.ledger.services.bulk import post_many
from wufei.records.ledger.services.closing import close_period
from wufei.records.ledger.services.keys import ensure_key, public_key
from wufei.records.ledger.services.partitions import prepare_months
from wufei.records.ledger.services.posting import post
from wufei.records.ledger.services.reversal import reverse
from wufei.records.ledger.services.sealing import Sealed, seal

__all__ = [
    "Sealed",
    "close_period",
    "ensure_key",
    "post",
    "post_many",
    "prepare_months",
    "public_key",
    "reverse",
    "seal",
]
