"""Writes of plans: published whole or not at all; drafts on the way there."""

from wufei.records.plans.services.drafts import (
    NEW,
    choose_units,
    discard,
    mend_head,
    mend_line,
    plan_in,
    publish_draft,
    set_standing,
    stamp_of,
    take_in,
)
from wufei.records.plans.services.eia import Chosen, TakenOver, take_in_eia, take_over
from wufei.records.plans.services.publishing import LoadedPlan, load_plan, plan_fingerprint

__all__ = [
    "NEW",
    "Chosen",
    "LoadedPlan",
    "TakenOver",
    "choose_units",
    "discard",
    "load_plan",
    "mend_head",
    "mend_line",
    "plan_fingerprint",
    "plan_in",
    "publish_draft",
    "set_standing",
    "stamp_of",
    "take_in",
    "take_in_eia",
    "take_over",
]
