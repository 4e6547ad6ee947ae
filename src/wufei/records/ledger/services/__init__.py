"""The writing door of the ledger."""

from wufei.records.ledger.services.keys import ensure_key, public_key
from wufei.records.ledger.services.lots import follow_lots, rebuild_lots
from wufei.records.ledger.services.nightly import check_nightly
from wufei.records.ledger.services.partitions import prepare_months
from wufei.records.ledger.services.posting import post, post_many
from wufei.records.ledger.services.reversal import reverse
from wufei.records.ledger.services.sealing import Sealed, seal

__all__ = [
    "Sealed",
    "check_nightly",
    "ensure_key",
    "follow_lots",
    "post",
    "post_many",
    "prepare_months",
    "public_key",
    "rebuild_lots",
    "reverse",
    "seal",
]
