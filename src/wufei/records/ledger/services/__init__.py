"""The writing door of the ledger."""

from wufei.records.ledger.services.keys import ensure_key, public_key
from wufei.records.ledger.services.loading import load_file
from wufei.records.ledger.services.partitions import prepare_months
from wufei.records.ledger.services.posting import post, post_many
from wufei.records.ledger.services.reversal import reverse
from wufei.records.ledger.services.sealing import Sealed, seal

__all__ = [
    "Sealed",
    "ensure_key",
    "load_file",
    "post",
    "post_many",
    "prepare_months",
    "public_key",
    "reverse",
    "seal",
]
