"""Reads of plans, published ones and drafts."""

from wufei.records.plans.queries.drafts import DraftPage, DraftRow, UnitRow, drafts, get_draft, units_in
from wufei.records.plans.queries.published import PlanRow, get_plan, list_plans, plan_for

__all__ = [
    "DraftPage",
    "DraftRow",
    "PlanRow",
    "UnitRow",
    "drafts",
    "get_draft",
    "get_plan",
    "list_plans",
    "plan_for",
    "units_in",
]
