"""The accounts of the synthetic book: which key stands for which store, lorry, run or boundary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.simulator.cast import site_key
from wufei.simulator.events import Waste

BOOK = "synthetic"


@dataclass(frozen=True, slots=True)
class Places:
    """The numbers under which regions, parties and sites are stored, by their keys."""

    regions: Mapping[str, int]
    parties: Mapping[str, int]
    sites: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Chart:
    """Accounts of a synthetic district; `homes` gives the region of each party."""

    homes: Mapping[str, str]
    places: Places

    def stock(self, party: str, waste: Waste, number: int = 1) -> AccountKey:
        """What lies in a store of a party."""
        return AccountKey(
            book=BOOK,
            kind=Kind.STOCK,
            region_id=self.places.regions[self.homes[party]],
            stream=waste.stream,
            origin_region_id=self.places.regions[waste.origin],
            origin_sector=waste.sector,
            holder_id=self.places.parties[party],
            site_id=self.places.sites[site_key(party, number)],
        )

    def transit(self, party: str, waste: Waste, ref: str) -> AccountKey:
        """A load on the road; the sender holds it, so that its own rows show where the load arrived."""
        return replace(self.stock(party, waste), kind=Kind.TRANSIT, site_id=None, ref=ref)

    def process(self, party: str, waste: Waste, ref: str) -> AccountKey:
        """A run of a plant."""
        return replace(self.stock(party, waste), kind=Kind.PROCESS, stream="", ref=ref)

    def boundary(self, kind: Kind, party: str, waste: Waste) -> AccountKey:
        """A boundary of the ledger in the region of a party."""
        return AccountKey(
            book=BOOK,
            kind=kind,
            region_id=self.places.regions[self.homes[party]],
            stream=waste.stream,
            origin_region_id=self.places.regions[waste.origin],
            origin_sector=waste.sector,
        )
