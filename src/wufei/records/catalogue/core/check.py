"""The whole catalogue folder checked at once, before anybody relies on it."""

from __future__ import annotations

from pathlib import Path

from wufei.kernel.findings import Finding
from wufei.records.catalogue.core.conversions import parse_conversions
from wufei.records.catalogue.core.groupings import parse_groupings
from wufei.records.catalogue.core.methods import parse_methods
from wufei.records.catalogue.core.sources import parse_sources
from wufei.records.catalogue.core.streams import listed_codes, parse_streams


def check_catalogue(directory: Path) -> list[Finding]:
    """Give every defect of sources, streams, groupings, methods and conversions in a folder.

    Each Finding names file and item, the rule it breaks and how to mend it. One broken item never hides
    another, and a broken stream is reported once, not again by everything that names its code.
    """
    sources, findings = parse_sources(directory)
    codes = listed_codes(directory)
    findings += parse_streams(directory, sources)[1]
    findings += parse_groupings(directory, sources, codes)[1]
    findings += parse_methods(directory, sources)[1]
    findings += parse_conversions(directory, sources, codes)[1]
    return findings
