"""Figures and traces as JSON: decimals as numbers of at most 12 significant digits, grams as integers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wufei.measures.indicators.core.figures import (
    Computation,
    Figure,
    Observed,
    Quality,
    QuantityValue,
    ReportedValue,
)
from wufei.measures.indicators.core.lineage import Trace, TracedQuantity, TracedTransfer
from wufei.records.ledger.core.as_of import AsOf
from wufei.records.ledger.core.selection import FlowSelection
from wufei.records.plans.core.values import PlanValue

Json = dict[str, Any]

_DIGITS = 12


def number(value: Decimal | None) -> float | int | None:
    """Give a decimal as a JSON number of at most 12 significant digits."""
    if value is None:
        return None
    if value == value.to_integral_value() and abs(value) < 10**_DIGITS:
        return int(value)
    return float(f"{value:.{_DIGITS}g}")


def computation_json(computation: Computation, language: str) -> Json:
    """Give all figures of one pass."""
    return {
        "period": str(computation.period),
        "as_of": as_of_json(computation.as_of),
        "books": dict(computation.books),
        "figures": [figure_json(figure, language) for figure in computation.figures],
    }


def as_of_json(as_of: AsOf) -> Json:
    """Give until where was read; the sequence repeats the reading only where all of it was sealed."""
    return {"sequence": as_of.sequence, "at": as_of.at.isoformat(), "sealed": as_of.sealed}


def figure_json(figure: Figure, language: str) -> Json:
    """Give a figure with everything it carries."""
    return {
        "id": figure.id,
        "indicator": figure.indicator,
        "name": figure.name.in_language(language),
        "region": figure.region.key,
        "region_name": figure.region.name.in_language(language),
        "synthetic": figure.region.synthetic,
        "period": str(figure.period),
        "book": figure.book,
        "as_of": as_of_json(figure.as_of),
        "by": figure.by,
        "value": number(figure.value),
        "unit": figure.unit,
        "text": figure.text,
        "status": figure.status.value,
        "status_label": figure.status.label.in_language(language),
        "reason": figure.reason.in_language(language),
        "basis": figure.basis,
        "quality": _quality(figure.quality),
        "quantities": [_quantity(quantity, language) for quantity in figure.quantities],
        "reported": None if figure.reported is None else _reported(figure.reported, language),
        "plan": figure.plan_id,
        "baseline": _planned(figure.baseline),
        "target": _planned(figure.target),
        "target_year": figure.target_year,
        "path": number(figure.path),
        "findings": [finding.as_json(language) for finding in figure.findings],
    }


def trace_json(trace: Trace, language: str) -> Json:
    """Give a figure with the rows of its quantities."""
    return {
        "figure": figure_json(trace.figure, language),
        "quantities": [_traced_quantity(part, language) for part in trace.quantities],
    }


def _quality(quality: Quality) -> Json:
    return {
        "weighed_share": number(quality.weighed_share),
        "declared_share": number(quality.declared_share),
        "estimated_share": number(quality.estimated_share),
        "statistical_share": number(quality.statistical_share),
        "derived_share": number(quality.derived_share),
        "relative_ppm": quality.relative_ppm,
    }


def _quantity(quantity: QuantityValue, language: str) -> Json:
    found: Json = {
        "name": quantity.name,
        "title": quantity.title.in_language(language),
        "kind": quantity.kind,
        "by": quantity.by,
        "value": number(quantity.value),
        "unit": quantity.unit,
        "relative_ppm": quantity.relative_ppm,
        "missing": quantity.missing.in_language(language),
        "observations": [str(each) for each in quantity.observation_ids],
        "lineage": None if quantity.selection is None else _selection(quantity.selection),
    }
    if quantity.kind == "flow":
        found |= {
            "grams": quantity.grams,
            "transfers": quantity.transfers,
            "evidence_g": dict(
                zip(
                    ("weighed", "declared", "estimated", "statistical", "derived"),
                    quantity.evidence_g,
                    strict=True,
                )
            ),
        }
    return found


def _selection(selection: FlowSelection) -> Json:
    return {
        "book": selection.book,
        "from": selection.period_start.isoformat(),
        "until": selection.period_end.isoformat(),
        "by": selection.by,
        "regions": sorted(selection.region_ids),
        "group": selection.group,
        "steps": sorted(selection.steps),
        "methods": sorted(selection.methods),
        "as_of": selection.as_of,
    }


def _reported(reported: ReportedValue, language: str) -> Json:
    return {
        "value": number(reported.value),
        "text": reported.text,
        "unit": reported.unit,
        "department": reported.department,
        "source": f"{reported.source_title} {reported.source_clause}".strip(),
        "confirmed_by": reported.confirmed_by,
        "confirmed_on": None if reported.confirmed_on is None else reported.confirmed_on.isoformat(),
        "provisional": reported.provisional,
        "observation": str(reported.observation_id),
        "difference": number(reported.difference),
        "agrees": reported.agrees,
        "causes": [cause.in_language(language) for cause in reported.causes],
    }


def _planned(value: PlanValue | None) -> Mapping[str, Any] | None:
    if value is None:
        return None
    return {
        "text": value.text,
        "op": value.op.value,
        "value": number(value.value),
        "high": number(value.high),
        "unit": value.unit,
    }


def _traced_quantity(part: TracedQuantity, language: str) -> Json:
    return {
        "name": part.quantity.name,
        "transfers": [_transfer(each) for each in part.transfers],
        "after": part.after,
        "hidden_transfers": part.hidden_transfers,
        "hidden_g": part.hidden_g,
        "observations": [_observation(each) for each in part.observations],
        "withheld": part.withheld.in_language(language),
    }


def _transfer(each: TracedTransfer) -> Json:
    row = each.row
    return {
        "id": str(row.id),
        "occurred_on": row.occurred_on.isoformat(),
        "step": row.step,
        "stream": row.stream,
        "origin_region": row.origin_region_id,
        "origin_sector": row.origin_sector,
        "method": row.method,
        "evidence": row.evidence,
        "grams": row.signed_grams,
        "share": number(each.share),
        "document": row.document,
        "reverses": None if row.reverses is None else str(row.reverses),
    }


def _observation(each: Observed) -> Json:
    return {
        "uuid": str(each.uuid),
        "metric": each.metric,
        "value": number(each.value),
        "text": each.text,
        "unit": each.unit,
        "kind": each.kind,
        "source": f"{each.source_title} {each.source_clause}".strip(),
        "department": each.department,
        "provisional": each.provisional,
    }
