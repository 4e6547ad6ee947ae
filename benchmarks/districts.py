"""Fifty invented districts and a year of their daily transfers. Import it once Django is ready."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.kernel.text import Text
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer, single
from wufei.runtime.identity.services import save_party, save_region

YEAR = 2025
BOOK = "scenario:bench"
DISTRICTS = 50
HOLDERS_PER_DISTRICT = 40
GRAMS = 1_000_000

# Stream, sector and where it goes: what a district's daily records are mostly made of.
STREAMS = (
    ("SW17", "industry", "utilise"),
    ("SW59", "industry", "landfill"),
    ("SW03", "industry", "utilise"),
    ("HW08", "industry", "utilise"),
    ("HW49", "industry", "incinerate"),
    ("HW01", "medical", "incinerate"),
    ("SW61", "household", "biological"),
    ("SW64", "household", "incinerate"),
    ("SW62", "household", "utilise"),
    ("SW73", "construction", "utilise"),
    ("SW90", "municipal", "biological"),
)
EVIDENCE = (Evidence.WEIGHBRIDGE, Evidence.SCALE, Evidence.DECLARED, Evidence.ESTIMATED)


def make_places() -> list[tuple[int, list[int]]]:
    """Register the districts and their holders; give (region id, party ids) for each."""
    places = []
    for number in range(DISTRICTS):
        key = f"bench-{number:02d}"
        region = save_region(key=key, name=Text(f"示例{key}", key), kind="synthetic", synthetic=True)
        holders = [
            save_party(
                key=f"{key}-{holder:02d}",
                name=Text(f"示例单位{key}-{holder:02d}", f"{key}-{holder:02d}"),
                kind="enterprise",
                region_id=region,
                synthetic=True,
            )
            for holder in range(HOLDERS_PER_DISTRICT)
        ]
        places.append((region, holders))
    return places


def postings(places: list[tuple[int, list[int]]], transfers: int) -> Iterator[Posting]:
    """Make postings of one transfer: waste arises on a day, and a part of it is treated."""
    chance = random.Random(2025)  # noqa: S311 (loads, not secrets)
    made_at = datetime.now(UTC)
    start = datetime(YEAR, 1, 1, 4, tzinfo=UTC)
    for number in range(transfers):
        arises = number % 2 == 0
        if arises:
            region, holders = places[chance.randrange(len(places))]
            stream, sector, method = STREAMS[chance.randrange(len(STREAMS))]
            holder = holders[chance.randrange(len(holders))]
            grams = chance.randrange(5, 40) * GRAMS
        at = start + timedelta(days=number * 364 // transfers)
        stock = AccountKey(BOOK, Kind.STOCK, region, stream, region, sector, holder_id=holder)
        if arises:
            source, target = AccountKey(BOOK, Kind.ORIGIN, region, stream, region, sector), stock
        else:
            # What is treated comes from what has just arisen, so that no stock falls short.
            run = f"run-{at:%m}"
            source = stock
            target = AccountKey(BOOK, Kind.PROCESS, region, "", region, sector, holder_id=holder, ref=run)
            grams = grams * chance.randrange(1, 10) // 10
        yield single(
            Transfer(
                id=new_id(made_at),
                source=source,
                target=target,
                grams=grams,
                step=Step.GENERATE if arises else Step.TREAT_IN,
                occurred_at=at,
                precision=Precision.DAY,
                quantity=Decimal(grams) / GRAMS,
                unit="t",
                evidence=EVIDENCE[number % len(EVIDENCE)],
                method="" if arises else method,
                uncertainty_ppm=10_000,
            )
        )
