"""Pools: what a person sees as one heap, one load or one run, whatever the origins mixed in it."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.records.ledger.core.accounts import AccountKey, Kind


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where and by which sector waste was first made."""

    region_id: int
    sector: str


@dataclass(frozen=True, slots=True)
class Pool:
    """The accounts that differ in nothing but their origin; the fields are those of `AccountKey`."""

    book: str
    kind: Kind
    region_id: int
    stream: str
    holder_id: int | None = None
    site_id: int | None = None
    ref: str = ""

    def account(self, origin: Origin) -> AccountKey:
        """Give the account of one origin."""
        return AccountKey(
            book=self.book,
            kind=self.kind,
            region_id=self.region_id,
            stream=self.stream,
            origin_region_id=origin.region_id,
            origin_sector=origin.sector,
            holder_id=self.holder_id,
            site_id=self.site_id,
            ref=self.ref,
        )


@dataclass(frozen=True, slots=True)
class Store:
    """A heap of one stream at one holder, on one of its sites or none in particular."""

    book: str
    region_id: int
    stream: str
    holder_id: int | None
    site_id: int | None = None

    @property
    def pool(self) -> Pool:
        """Its stock accounts."""
        return Pool(self.book, Kind.STOCK, self.region_id, self.stream, self.holder_id, self.site_id)


@dataclass(frozen=True, slots=True)
class Leg:
    """One load of one stream on its way.

    Attributes
    ----------
    region_id, holder_id : int, int or None
        Who answers for the load until it is received: usually the receiver, in its region. Whoever settles
        a weighing difference must be this holder, or post for this region.
    ref : str
        The manifest and its leg.
    """

    book: str
    region_id: int
    stream: str
    holder_id: int | None
    ref: str

    @property
    def pool(self) -> Pool:
        """Its transit accounts."""
        return Pool(
            self.book, Kind.TRANSIT, self.region_id, self.stream, holder_id=self.holder_id, ref=self.ref
        )


def pool_of(key: AccountKey) -> Pool:
    """Give the pool in which an account lies."""
    return Pool(key.book, key.kind, key.region_id, key.stream, key.holder_id, key.site_id, key.ref)


def origin_of(key: AccountKey) -> Origin:
    """Give the origin of an account's mass."""
    return Origin(key.origin_region_id, key.origin_sector)
