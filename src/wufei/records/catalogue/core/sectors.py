"""The sectors in which waste is first made; with the region they are its origin."""

from __future__ import annotations

from enum import StrEnum

from wufei.kernel.text import Text


class Sector(StrEnum):
    """Who made the waste. Trade, offices, catering, streets and public works are municipal."""

    INDUSTRY = "industry"
    HOUSEHOLD = "household"
    MEDICAL = "medical"
    CONSTRUCTION = "construction"
    AGRICULTURE = "agriculture"
    MUNICIPAL = "municipal"

    @property
    def label(self) -> Text:
        """The words shown on screen."""
        return _LABELS[self]


_LABELS = {
    Sector.INDUSTRY: Text("工业", "Industry"),
    Sector.HOUSEHOLD: Text("居民", "Households"),
    Sector.MEDICAL: Text("医疗卫生", "Health care"),
    Sector.CONSTRUCTION: Text("建筑业", "Construction"),
    Sector.AGRICULTURE: Text("农业", "Agriculture"),
    Sector.MUNICIPAL: Text("城市服务与商业", "City services and trade"),
}
