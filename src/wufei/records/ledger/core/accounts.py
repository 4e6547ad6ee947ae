"""Accounts: the places where waste is, or where it crosses the boundary of the ledger."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What an account stands for."""

    STOCK = "stock"
    TRANSIT = "transit"
    PROCESS = "process"
    DUMPED = "dumped"
    ORIGIN = "origin"
    OUTSIDE = "outside"
    USED = "used"
    ENERGY = "energy"
    DISCHARGED = "discharged"
    LANDFILLED = "landfilled"
    LOST = "lost"
    DIFFERENCE = "difference"
    UNATTRIBUTED = "unattributed"
    STOCKTAKE = "stocktake"
    OPENING = "opening"


# A single boundary row such as `origin` would serialise all writers, so only these keep a current balance.
BALANCED = frozenset({Kind.STOCK, Kind.TRANSIT, Kind.PROCESS, Kind.DUMPED})
BOUNDARY = frozenset(Kind) - BALANCED
FINISHABLE = frozenset({Kind.TRANSIT, Kind.PROCESS})
# Invented records are kept in synthetic regions, and a real region never shows one.
SYNTHETIC_BOOK = "synthetic"


@dataclass(frozen=True, slots=True)
class AccountKey:
    """The nine parts that name an account; two accounts differ in at least one.

    Attributes
    ----------
    book : str
        ``actual``, ``published:<source>``, ``declared``, ``synthetic`` or ``scenario:<id>``.
    kind : Kind
        What the account stands for.
    region_id : int
        Where the mass is.
    stream : str
        Waste stream; empty for a process, the only place where streams change.
    origin_region_id, origin_sector : int, str
        Where and by which sector the waste was first made.
    holder_id, site_id : int, optional
        Who holds it and on which site; always None for a boundary account.
    ref : str
        The leg of a transit or the run of a process.
    """

    book: str
    kind: Kind
    region_id: int
    stream: str
    origin_region_id: int
    origin_sector: str
    holder_id: int | None = None
    site_id: int | None = None
    ref: str = ""


def account_text(key: AccountKey) -> str:
    """Write the nine parts as one line, separated by U+001F; the database does the same."""
    holder = "" if key.holder_id is None else key.holder_id
    site = "" if key.site_id is None else key.site_id
    return (
        f"{key.book}\x1f{key.kind}\x1f{key.region_id}\x1f{key.stream}\x1f{key.origin_region_id}"
        f"\x1f{key.origin_sector}\x1f{holder}\x1f{site}\x1f{key.ref}"
    )


def account_digest(text: str) -> UUID:
    """Give the short form of `account_text` under which the database finds an account.

    Notes
    -----
    MD5 because PostgreSQL can generate it in a stored column; it is an index, not a seal. Half a surrogate
    pair is hashed too, so that the check of texts can refuse it later.
    """
    return UUID(bytes=hashlib.md5(text.encode(errors="surrogatepass"), usedforsecurity=False).digest())
