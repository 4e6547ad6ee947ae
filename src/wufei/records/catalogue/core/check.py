"""The whole catalogue folder checked at once, before anybody relies on it."""

from __future__ import annotations

from pathlib import Path

from wufei.kernel.findings import Finding
from wufei.records.catalogue.core.conversions import parse_conversions
from wufei.records.catalogue.core.exemptions import parse_exemptions
from wufei.records.catalogue.core.groupings import parse_groupings
from wufei.records.catalogue.core.industries import parse_industries
from wufei.records.catalogue.core.items import parse_items
from wufei.records.catalogue.core.methods import parse_methods
from wufei.records.catalogue.core.sources import parse_sources
from wufei.records.catalogue.core.standards import parse_standards
from wufei.records.catalogue.core.streams import listed_codes, parse_streams
from wufei.records.catalogue.core.withdrawn import parse_withdrawn


def check_catalogue(directory: Path) -> list[Finding]:
    """Give every defect of the files of a folder, apart from those of indicators and metrics.

    Each Finding names file and item, the rule it breaks and how to mend it. One broken item never hides
    another, and a broken stream is reported once, not again by everything that names its code.
    """
    sources, findings = parse_sources(directory)
    codes = listed_codes(directory)
    findings += parse_streams(directory, sources)[1]
    findings += parse_groupings(directory, sources, codes)[1]
    findings += parse_methods(directory, sources)[1]
    findings += parse_conversions(directory, sources, codes)[1]
    findings += parse_industries(directory, sources)[1]
    items, more = parse_items(directory, sources)
    findings += more
    findings += parse_withdrawn(directory, sources, items.keys())[1]
    findings += parse_exemptions(directory, sources, items.keys())[1]
    findings += parse_standards(directory)[1]
    return findings
