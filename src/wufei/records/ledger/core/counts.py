"""Openings and stocktakes: what is there, against what the book says."""

from __future__ import annotations

from dataclasses import replace

from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.amounts import Amount, in_grams
from wufei.records.ledger.core.intents import Draft, Event, transfer
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.transfers import Posting, Step, Transfer


def opening(event: Event, account: AccountKey, amount: Amount) -> Posting:
    """期初: say what a stock held when its book began."""
    before = replace(account, kind=Kind.OPENING, holder_id=None, site_id=None, ref="")
    return Posting(event.id, (transfer(event, 0, (before, account), amount, Step.OPEN),))


def counted(event: Event, account: AccountKey, counted_g: int, held_g: int) -> Draft:
    """盘点: post the signed difference between what was counted and what the book holds.

    Parameters
    ----------
    counted_g : int
        Grams counted, >= 0.
    held_g : int
        Grams in the book; below zero only at a tolerant site.

    Returns
    -------
    Draft
        Without a posting, and with a note, where both agree.
    """
    if counted_g < 0:
        return Draft(None, (finding("count-negative", "counted_g", counted_g),))
    gap_g = counted_g - held_g
    if gap_g == 0:
        return Draft(None, (finding("stocktake-agrees", "counted_g", counted_g),))
    beyond = replace(account, kind=Kind.STOCKTAKE, holder_id=None, site_id=None, ref="")
    sides = (beyond, account) if gap_g > 0 else (account, beyond)
    return Draft(
        Posting(event.id, (transfer(event, 0, sides, in_grams(abs(gap_g)), Step.STOCKTAKE),)), rest_g=gap_g
    )


def counts_same(event: Event, account: AccountKey, gap_g: int | None, stored: list[Transfer]) -> bool:
    """Say whether a recorded posting is this stocktake.

    Parameters
    ----------
    gap_g : int or None
        The signed difference, where the caller said what the book held; else any will do, because what the
        book held then is not kept.
    """
    if len(stored) != 1 or account not in (stored[0].source, stored[0].target):
        return False
    (one,) = stored
    signed_g = one.grams if one.target == account else -one.grams
    draft = counted(event, account, max(signed_g, 0), max(-signed_g, 0))
    return draft.posting is not None and draft.posting.transfers == (one,) and gap_g in (None, signed_g)
