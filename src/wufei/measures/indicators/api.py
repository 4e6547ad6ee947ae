"""Figures over HTTP: all of a region, one with its lineage, the Findings on a plan.

Errors become problem+json in `wufei.runtime.api`. A figure's id holds ``@``, ``/`` and ``:``, so it is a
query parameter, not a part of the path.
"""

from __future__ import annotations

from typing import Any

from ninja import Field, Query, Router, Schema

from wufei.kernel.period import Period
from wufei.measures.indicators import queries
from wufei.measures.indicators.core.as_json import Json, computation_json, figure_json, trace_json
from wufei.records.ledger.core.as_of import AsOf
from wufei.records.ledger.queries import find_as_of
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.identity.queries import find_region

router = Router(tags=["indicators"])


class FindingSchema(Schema):
    """One defect or remark."""

    code: str
    severity: str
    where: str
    value: str
    message: str
    rule: str
    fix: str


class QualitySchema(Schema):
    """Shares of the mass by evidence, 0 to 1, and the relative standard uncertainty."""

    weighed_share: float
    declared_share: float
    estimated_share: float
    statistical_share: float
    derived_share: float
    relative_ppm: int


class PlanValueSchema(Schema):
    """A planned value as written and as understood."""

    text: str
    op: str
    value: float | None
    high: float | None
    unit: str


class QuantitySchema(Schema):
    """One quantity of a formula; a flow has grams and the selection of its transfers."""

    name: str
    title: str
    kind: str
    by: str
    value: float | None
    unit: str
    relative_ppm: int
    missing: str
    observations: list[str]
    lineage: dict[str, Any] | None
    grams: int | None = None
    transfers: int | None = None
    evidence_g: dict[str, int] | None = None


class ReportedSchema(Schema):
    """上报值 and how the computed value differs from it."""

    value: float | None
    text: str
    unit: str
    department: str
    source: str
    confirmed_by: str
    confirmed_on: str | None
    provisional: bool
    observation: str
    difference: float | None
    agrees: bool | None
    causes: list[str]


class AsOfSchema(Schema):
    """数据截至: transfers up to a sealed sequence, the rest up to an instant; repeatable only if sealed."""

    sequence: int
    at: str
    sealed: bool


class FigureSchema(Schema):
    """One indicator of one region, period and book, with everything it carries."""

    id: str
    indicator: str
    name: str
    region: str
    region_name: str
    synthetic: bool
    period: str
    book: str
    as_of: AsOfSchema
    by: str
    value: float | None
    unit: str
    text: str
    status: str
    status_label: str
    reason: str
    basis: str
    quality: QualitySchema
    quantities: list[QuantitySchema]
    reported: ReportedSchema | None
    plan: str
    baseline: PlanValueSchema | None
    target: PlanValueSchema | None
    target_year: int | None
    path: float | None
    findings: list[FindingSchema]


class ComputationSchema(Schema):
    """All figures of one pass; ``books`` says which book each region was read from."""

    period: str
    as_of: AsOfSchema
    books: dict[str, str]
    figures: list[FigureSchema]


class TracedSchema(Schema):
    """The rows of one quantity; ``after`` opens the next page, ``withheld`` says why there are none."""

    name: str
    transfers: list[dict[str, Any]]
    after: str | None
    hidden_transfers: int
    hidden_g: int
    observations: list[dict[str, Any]]
    withheld: str


class TraceSchema(Schema):
    """A figure with the rows of its quantities."""

    figure: FigureSchema
    quantities: list[TracedSchema]


class PlanFindingsSchema(Schema):
    """All Findings on a plan."""

    plan: str
    findings: list[FindingSchema]


class TraceQuery(Schema):
    """Which rows of a figure are wanted."""

    id: str = Field(description="indicator@region/period/book")
    quantity: str | None = None
    after: str | None = None
    limit: int = Field(100, ge=1, le=1000)
    as_of: str | None = Field(None, description="a sealed sequence, or a day for the last one sealed on it")


@router.get(
    "",
    response=ComputationSchema,
    summary="All indicators of some regions",
    openapi_extra={"x-access": "published.read"},
)
def list_figures(
    request: ScopedRequest,
    region: Query[list[str]],
    period: str,
    book: str | None = None,
    as_of: str | None = None,
) -> Json:
    """Compute all indicators of one or several regions; ``region`` may repeat.

    ``as_of`` is a sealed sequence or a day; left out, everything recorded counts.
    """
    found = queries.compute(
        request.scope,
        region_ids=[find_region(each).id for each in region],
        period=Period.parse(period),
        book=book or None,
        as_of=_state(request.scope, as_of),
    )
    return computation_json(found, request.scope.language)


@router.get(
    "/figure", response=FigureSchema, summary="One figure", openapi_extra={"x-access": "published.read"}
)
def get_figure(
    request: ScopedRequest,
    id: str,  # noqa: A002 - the public name of the parameter
    as_of: str | None = None,
) -> Json:
    """Compute one figure from its id, now or as of a sealed sequence or day."""
    found = queries.figure(request.scope, id, as_of=_state(request.scope, as_of))
    return figure_json(found, request.scope.language)


@router.get(
    "/figure/trace",
    response=TraceSchema,
    summary="The rows behind a figure",
    openapi_extra={"x-access": "published.read"},
)
def get_trace(request: ScopedRequest, asked: Query[TraceQuery]) -> Json:
    """Follow a figure to its transfers and observations, as far as the role may see them."""
    found = queries.trace(
        request.scope,
        asked.id,
        quantity=asked.quantity or None,
        limit=asked.limit,
        after=asked.after or None,
        as_of=_state(request.scope, asked.as_of),
    )
    return trace_json(found, request.scope.language)


@router.get(
    "/plans/{plan_id}/findings",
    response=PlanFindingsSchema,
    summary="Findings on a plan",
    openapi_extra={"x-access": "plan.read"},
)
def get_plan_findings(request: ScopedRequest, plan_id: str) -> Json:
    """Check a plan on its own text and against the published quantities."""
    findings = queries.check_plan(request.scope, plan_id)
    return {"plan": plan_id, "findings": [each.as_json(request.scope.language) for each in findings]}


def _state(scope: Scope, text: str | None) -> AsOf | None:
    return find_as_of(scope, text) if text else None
