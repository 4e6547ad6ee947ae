"""The writing door of the registry."""

from wufei.records.registry.services.applying import NewAccount, apply, mend, withdraw_application
from wufei.records.registry.services.deciding import (
    pass_application,
    refuse_application,
    return_application,
)
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
    "NewAccount",
    "Registration",
    "Saved",
    "apply",
    "close_party",
    "confirm_class",
    "erase_personal",
    "load_regions",
    "load_register",
    "mend",
    "merge_party",
    "move_party",
    "pass_application",
    "refuse_application",
    "register_party",
    "rename_party",
    "return_application",
    "save_one",
    "save_papers",
    "save_people",
    "save_places",
    "save_profile",
    "save_site",
    "save_tags",
    "save_vehicles",
    "tell_due",
    "withdraw_application",
]
