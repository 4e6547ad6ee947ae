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
from wufei.records.plans.queries.eia_readings import (
    Preview,
    Reading,
    ReadingRow,
    eia_readings,
    firm_named,
    firms_like,
    get_eia_reading,
    preview,
    same_eia,
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
    "Preview",
    "Reading",
    "ReadingRow",
    "UnitRow",
    "draft_of_plan",
    "drafts",
    "editions_of",
    "eia_readings",
    "firm_named",
    "firms_like",
    "get_draft",
    "get_eia_reading",
    "get_plan",
    "list_plans",
    "plan_for",
    "preview",
    "same_eia",
    "same_file",
    "units_in",
    "withdrawn_work",
]
