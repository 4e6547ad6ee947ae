"""Reads of plans, published ones and drafts."""

from wufei.records.plans.queries.drafts import (
    DraftPage,
    DraftRow,
    UnitRow,
    draft_of_plan,
    drafts,
    get_draft,
    same_file,
    units_in,
)
from wufei.records.plans.queries.published import (
    EditionRow,
    PlanRow,
    editions_of,
    get_plan,
    list_plans,
    plan_for,
    withdrawn_work,
)

__all__ = [
    "DraftPage",
    "DraftRow",
    "EditionRow",
    "PlanRow",
    "UnitRow",
    "draft_of_plan",
    "drafts",
    "editions_of",
    "get_draft",
    "get_plan",
    "list_plans",
    "plan_for",
    "same_file",
    "units_in",
    "withdrawn_work",
]
