"""The reading door of the registry."""

from wufei.records.registry.queries.parties import (
    ProfileRow,
    SiteRow,
    find_site,
    parties_of,
    profile_of,
    sites_by_id,
    sites_named,
    sites_of,
)

__all__ = [
    "ProfileRow",
    "SiteRow",
    "find_site",
    "parties_of",
    "profile_of",
    "sites_by_id",
    "sites_named",
    "sites_of",
]
