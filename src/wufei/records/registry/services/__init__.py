"""The writing door of the registry."""

from wufei.records.registry.services.entries import (
    Saved,
    erase_personal,
    save_one,
    save_papers,
    save_people,
    save_places,
    save_tags,
    save_vehicles,
)
from wufei.records.registry.services.lifecycle import (
    close_party,
    confirm_class,
    merge_party,
    move_party,
    rename_party,
)
from wufei.records.registry.services.loading import LoadReport, load_register
from wufei.records.registry.services.parties import (
    Registration,
    load_regions,
    register_party,
    save_profile,
    save_site,
)
from wufei.records.registry.services.reminding import tell_due

__all__ = [
    "LoadReport",
    "Registration",
    "Saved",
    "close_party",
    "confirm_class",
    "erase_personal",
    "load_regions",
    "load_register",
    "merge_party",
    "move_party",
    "register_party",
    "rename_party",
    "save_one",
    "save_papers",
    "save_people",
    "save_places",
    "save_profile",
    "save_site",
    "save_tags",
    "save_vehicles",
    "tell_due",
]
