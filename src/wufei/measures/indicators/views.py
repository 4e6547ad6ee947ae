"""The lineage of one figure (数据来源), down to its transfers and observations, and its working sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.measures.indicators import queries
from wufei.measures.indicators.core.definitions import Definition, FlowQuantity, definition_of
from wufei.measures.indicators.core.figures import Figure, QuantityValue, parse_figure_id
from wufei.measures.indicators.core.formula import Node, formula_text
from wufei.measures.indicators.core.lineage import Trace
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.catalogue.core.metrics import load_metrics
from wufei.runtime.access.core import allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.pages.core.keysets import next_address
from wufei.runtime.pages.memory import Table, remembered
from wufei.runtime.pages.responses import workbook_response

ROWS = 50
TABLES = (
    Table("ledger_transfer", logged=True),
    Table("ledger_head", newest="size"),
    Table("observations_observation"),
    Table("plans_plan"),
    Table("identity_region"),
)
"""What figures are read from; a plan's lines are written together with the plan."""
_NAME = re.compile(r"([a-z][a-z0-9_]*)")
_SIGNS = str.maketrans({"*": "×", "/": "÷", "-": "−"})


@dataclass(frozen=True, slots=True)
class FormulaPart:
    """A piece of a formula: the name of a quantity with its value, or the signs between."""

    text: str
    name: str = ""
    title: Text = Text("")  # noqa: RUF009 - Text is frozen
    value: Decimal | None = None
    unit: str = ""
    derived: bool = False


@require_GET
def figure_page(request: ScopedRequest, figure_id: str) -> HttpResponse:
    """Show how a figure comes about; the rows of one quantity at a time, by ``?quantity=``."""
    definition = definition_of(parse_figure_id(figure_id).indicator)
    quantity = request.GET.get("quantity") or _first_quantity(definition)
    after = request.GET.get("after") or None
    followed = remembered(
        request,
        TABLES,
        ("trace", figure_id, quantity, after),
        lambda: queries.trace(request.scope, figure_id, quantity=quantity, limit=ROWS, after=after),
    )
    figure = followed.figure
    known = load_indicators()[figure.indicator]
    parts = formula_parts(definition.formula, figure) if definition.formula else []
    context = {
        "figure": figure,
        "region": figure.region,
        "period": figure.period,
        "book": figure.book,
        "definition": definition,
        "meaning": known.meaning,
        "department": known.department,
        "formula": parts,
        "substituted": bool(parts) and all(part.value is not None for part in parts if part.name),
        "has_mass": any(part.grams for part in figure.quantities),
        "may_trace": allowed(request.scope, "ledger.read"),
        "months": _months(request, figure),
        **_rows(request, followed),
    }
    return render(request, "indicators/figure.html", context)


@require_GET
def sheet(request: ScopedRequest, figure_id: str) -> HttpResponse:
    """Download the working sheet (测算底稿) with live formulas."""
    figure = queries.figure(request.scope, figure_id)
    language = get_language() or "zh-hans"
    title = Text("测算底稿", "Working sheet").in_language(language)
    name = f"{title} {figure.name.in_language(language)} {figure.region.key} {figure.period}"
    return workbook_response(queries.working_sheet(request.scope, figure_id), name)


def _first_quantity(definition: Definition) -> str | None:
    """Name the quantity whose rows are shown at first: a flow, because its rows are the ledger's."""
    ordered = sorted(definition.quantities, key=lambda quantity: not isinstance(quantity, FlowQuantity))
    return ordered[0].name if ordered else None


def _months(request: ScopedRequest, figure: Figure) -> list[tuple[Period, Decimal | None]]:
    """Give the computed value month by month, for a year of flows known by month; otherwise nothing."""
    if not figure.by or figure.period.precision is not Precision.YEAR or figure.value is None:
        return []
    asked = (figure.indicator, figure.region.id, figure.book, figure.period)
    months = remembered(
        request,
        TABLES,
        ("months", *asked),
        lambda: queries.series(request.scope, *asked[:3], figure.period.months()),
    )
    known = [value for _, value in months if value is not None]
    return months if len(known) > 1 else []


def _rows(request: ScopedRequest, followed: Trace) -> dict[str, Any]:
    if not followed.quantities:
        return {}
    shown = followed.quantities[0]
    path, params = request.path, dict(request.GET.lists()) | {"quantity": [shown.quantity.name]}
    names = {key: known.name for key, known in load_metrics().items()}
    names |= {key: known.name for key, known in load_indicators().items()}
    return {
        "traced": shown,
        "transfers": [part.row for part in shown.transfers],
        "next_rows": next_address(path, params, shown.after) if shown.after else "",
        "observations": [(row, names[row.metric]) for row in shown.observations],
    }


def formula_parts(formula: Node, figure: Figure) -> list[FormulaPart]:
    """Cut a formula into names and signs, each name with the title and value of its quantity."""
    quantities = {part.name: part for part in figure.quantities}
    parts = []
    for piece in _NAME.split(formula_text(formula)):
        if piece in quantities:
            parts.append(_named(quantities[piece]))
        elif piece:
            parts.append(FormulaPart(piece.translate(_SIGNS)))
    return parts


def _named(part: QuantityValue) -> FormulaPart:
    return FormulaPart("", part.name, part.title, part.value, part.unit, derived=bool(part.evidence_g[-1]))
