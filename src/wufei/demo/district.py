"""The synthetic district of the demo: who and where it is, and its year in the ledger."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import numpy as np

from wufei.demo.register import position_of
from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text
from wufei.records.ledger.core.rows import BatchReport
from wufei.records.ledger.services import post_many
from wufei.records.registry.services import register_party, save_site
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.services import save_region
from wufei.simulator.chart import Places
from wufei.simulator.district import SyntheticDistrict, simulate_district

YEAR = 2025
SEED = 2025


@lru_cache(maxsize=1)
def demo_district() -> SyntheticDistrict:
    """The one synthetic district that the demo shows."""
    return simulate_district(np.random.default_rng(SEED), YEAR)


def save_places(scope: Scope, district: SyntheticDistrict) -> Places:
    """Register the district's regions, parties and sites, all marked synthetic, and give their numbers."""
    # One transaction: a hundred small ones would wait a hundred times for the disk.
    with session(scope):
        return _save_places(scope, district)


def _save_places(scope: Scope, district: SyntheticDistrict) -> Places:
    regions = {
        region.key: save_region(key=region.key, name=region.name, kind="synthetic", synthetic=True)
        for region in district.regions
    }
    parties = {
        party.key: register_party(
            scope,
            key=party.key,
            name=party.name,
            kind=party.kind,
            region_id=regions[party.region],
            synthetic=True,
        ).party_id
        for party in district.parties
    }
    sites = {
        site.key: save_site(
            scope,
            key=site.key,
            name=site.name,
            party_id=parties[site.party],
            region_id=regions[site.region],
            longitude=position_of(site.key)[0],
            latitude=position_of(site.key)[1],
            strict=site.strict,
        )
        for site in district.sites
    }
    return Places(regions, parties, sites)


def post_year(scope: Scope, district: SyntheticDistrict, places: Places, *, now: datetime) -> BatchReport:
    """Post the district's year: all of it, or nothing.

    Raises
    ------
    ConflictError
        ``demo.other-year``: the ledger holds a year of an earlier version of the demo.
    """
    with session(scope):
        report = post_many(scope, district.postings(places), now=now)
        if report.refused:
            # The ledger keeps what it has; half of each version would be worse than the older one.
            raise ConflictError("demo.other-year", _other_year(report))
    return report


def _other_year(report: BatchReport) -> Text:
    first = report.findings[0]
    return Text(
        f"账本中已有旧版演示数据，新版未写入（{report.refused} 笔不一致，首条：{first.where} "
        f"{first.message.zh}）。"
        "旧数据仍可使用；要看新版，请换一个空的数据目录（WUFEI_DATA_DIR）再运行 wufei demo。",
        f"The ledger holds the demo data of an earlier version; the new one was not written "
        f"({report.refused} postings differ, first {first.where}: {first.message.in_language('en')}). "
        "The old data can still be used; for the new, run wufei demo with an empty WUFEI_DATA_DIR.",
    )
