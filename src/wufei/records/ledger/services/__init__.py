"""The writing door of the ledger."""

from wufei.records.ledger.services.bulk import post_many
from wufei.records.ledger.services.closing import check_closing, close_period
from wufei.records.ledger.services.counts import open_stock, stocktake
from wufei.records.ledger.services.draws import draw
from wufei.records.ledger.services.dumps import attribute_dump, clear_dump, find_dump
from wufei.records.ledger.services.keys import ensure_key, public_key
from wufei.records.ledger.services.legs import dispatch, receive, receive_part, return_load, return_part
from wufei.records.ledger.services.loading import load_file
from wufei.records.ledger.services.lots import follow_lots, rebuild_lots
from wufei.records.ledger.services.nightly import check_nightly
from wufei.records.ledger.services.partitions import prepare_months
from wufei.records.ledger.services.posting import post
from wufei.records.ledger.services.reversal import reverse
from wufei.records.ledger.services.runs import feed, finish_run, open_run, reclassify, run_once
from wufei.records.ledger.services.sealing import Sealed, seal

__all__ = [
    "Sealed",
    "attribute_dump",
    "check_closing",
    "check_nightly",
    "clear_dump",
    "close_period",
    "dispatch",
    "draw",
    "ensure_key",
    "feed",
    "find_dump",
    "finish_run",
    "follow_lots",
    "load_file",
    "open_run",
    "open_stock",
    "post",
    "post_many",
    "prepare_months",
    "public_key",
    "rebuild_lots",
    "receive",
    "receive_part",
    "reclassify",
    "return_load",
    "return_part",
    "reverse",
    "run_once",
    "seal",
    "stocktake",
]
