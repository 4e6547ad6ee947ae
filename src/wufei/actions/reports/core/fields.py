"""A figure inside a document: the value as printed, what it stands beside, and the way back to its source."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from wufei.kernel.period import Period
from wufei.kernel.units import decimal_text, parse_unit
from wufei.measures.indicators.core.definitions import definition_of
from wufei.measures.indicators.core.figures import Figure, Status, parse_figure_id
from wufei.measures.indicators.core.formula import formula_text
from wufei.measures.indicators.core.status import Judgement, Promise, judge, printed_places
from wufei.records.catalogue.core.indicators import Direction, IndicatorKind, load_indicators
from wufei.records.plans.core.values import PlanValue
from wufei.runtime.pages.core.numerals import quantity_parts, sensible

# The finest that a document prints; beyond it the words of the status stand without the digits that show it.
_PLACES_MAX = 8
_ALL_DIGITS = 24
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SIGNS = str.maketrans("*/-", "×÷−")
_GIVEN = ("reported", "corrected")
_GIVEN_PLACES = 6


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same figure of an earlier period."""

    figure: str
    value: Decimal

    @property
    def period(self) -> Period:
        """The period it speaks of."""
        return parse_figure_id(self.figure).period


@dataclass(frozen=True, slots=True)
class FigureField:
    """A figure as a document holds it.

    Attributes
    ----------
    key : str
        Its name within the document, such as ``F3``; marks and annex use it.
    figure : str
        ``indicator@region/period/book``, under which it can be asked for again.
    value : Decimal or None
        In `unit`, not rounded; None where there is none, or where `text` says it in words.
    basis : str
        ``reported`` 上报值, ``computed`` 测算值, ``corrected`` 部门更正值, or empty.
    as_of, at : str, datetime
        数据截至 as pages print it, and the instant.
    sequence : int or None
        The sealed sequence that repeats the reading.
    formula : str
        The formula by which it is computed, over the quantities of its definition by their names.
    transfers : int
        Transfers that its flows sum.
    base, target : PlanValue or None
        What the plan `plan` promised, for `base_year` and `target_year`.
    original : str
        The value as printed before a department corrected it.
    """

    key: str
    figure: str
    name: str
    unit: str
    value: Decimal | None
    text: str
    basis: str
    as_of: str
    at: datetime
    sequence: int | None
    formula: str
    transfers: int
    previous: Earlier | None = None
    base: PlanValue | None = None
    base_year: int = 0
    target: PlanValue | None = None
    target_year: int = 0
    plan: str = ""
    original: str = ""

    @property
    def indicator(self) -> str:
        """The indicator's id."""
        return parse_figure_id(self.figure).indicator

    @property
    def period(self) -> Period:
        """The period it speaks of."""
        return parse_figure_id(self.figure).period

    @property
    def book(self) -> str:
        """The book it was read from."""
        return parse_figure_id(self.figure).book

    @property
    def address(self) -> str:
        """The address of its page 数据来源."""
        return f"/indicators/figures/{self.figure}"

    def promise(self) -> Promise:
        """Give what the plan promised, as the indicators judge it."""
        known = load_indicators().get(self.indicator)
        return Promise(
            unit=parse_unit(self.unit),
            direction=known.direction if known else Direction.NONE,
            kind=known.kind if known else IndicatorKind.NUMBER,
            base=self.base,
            base_year=self.base_year,
            target=self.target,
            target_year=self.target_year,
        )

    def judgement(self, value: Decimal | None = None) -> Judgement:
        """Judge the value, or another one in its place, against the promise."""
        return judge(self.value if value is None else value, self.promise(), self.period)

    @property
    def status(self) -> Status:
        """How the value stands to its target; words stay words."""
        if self.value is None:
            return Status.NOT_NUMERIC if self.text else Status.NOT_COMPUTABLE
        return self.judgement().status


def field_of(key: str, found: Figure, base_year: int, previous: Figure | None = None) -> FigureField:
    """Make a field of a computed figure: the reported value where there is one, as pages show it.

    Parameters
    ----------
    base_year : int
        Of the plan that governs the figure; 0 without one.
    previous : Figure, optional
        The same indicator of an earlier period; without a number it is left out.
    """
    earlier = shown_value(previous) if previous is not None else None
    value = shown_value(found)
    reported = found.reported is not None and (found.reported.value is not None or bool(found.reported.text))
    words = found.reported.text if found.reported is not None and reported else found.text
    has = value is not None or bool(words)
    return FigureField(
        key=key,
        figure=found.id,
        name=found.name.zh,
        unit=found.unit,
        value=value,
        text="" if value is not None else words,
        basis=("reported" if reported else "computed") if has else "",
        as_of=found.as_of.text.zh,
        at=found.as_of.at,
        sequence=found.as_of.pin,
        formula=_formula(found),
        transfers=sum(part.transfers for part in found.quantities),
        previous=Earlier(previous.id, earlier) if previous is not None and earlier is not None else None,
        base=found.baseline,
        base_year=base_year,
        target=found.target,
        target_year=found.target_year or 0,
        plan=found.plan_id,
    )


def _formula(found: Figure) -> str:
    """Write the formula with the names of its quantities: 100 × 综合利用量 ÷ 产生量."""
    node = definition_of(found.indicator).formula
    if node is None:
        return ""
    titles = {part.name: part.title.zh for part in found.quantities}
    return _NAME.sub(lambda each: titles.get(each[0], each[0]), formula_text(node).translate(_SIGNS))


def shown_value(found: Figure) -> Decimal | None:
    """Give the value that a document prints: the reported one where there is one."""
    if found.reported is not None and (found.reported.value is not None or found.reported.text):
        return found.reported.value
    return found.value


def corrected(field: FigureField, value: Decimal) -> FigureField:
    """Give the field with the value that a department put right; what was printed before stays beside it."""
    before = field.original or printed(field, field.value) or field.text or "暂无数据"
    return replace(field, value=value, text="", basis="corrected", original=before)


def rounded(field: FigureField, value: Decimal) -> Decimal:
    """Round a value of the figure to the digits that a document prints.

    Notes
    -----
    A reported or corrected value keeps the digits it was given. A computed one has one place more than the
    plan printed, at least two, or four significant digits where the plan printed no number or the value would
    vanish; and so many more that the printed number stands to the target as the exact one does: 94.996 %
    against 95 % is not printed as 95 %.
    """
    if value == value.to_integral_value() or (field.basis in _GIVEN and -_exponent(value) <= _GIVEN_PLACES):
        return value
    promised = [each for each in (field.target, field.base) if each is not None and each.is_number]
    if not promised:
        return sensible(value)
    first = max(2, *(1 + printed_places(each) for each in promised))
    exact = field.judgement(value).status
    for places in range(first, _PLACES_MAX + 1):
        shown = _at(value, places)
        if shown and field.judgement(shown).status is exact:
            return shown
    return sensible(value)


def printed(field: FigureField, value: Decimal | None) -> str:
    """Write a value of the figure with its unit: 96.09%, 0.0124吨/万元; empty where there is none."""
    return "" if value is None else quantity_text(rounded(field, value), field.unit)


def quantity_text(value: Decimal, unit: str) -> str:
    """Write a number with its unit as Chinese documents do, without idle zeros."""
    return "".join(quantity_parts(value, unit, "zh-hans", _ALL_DIGITS))


def plan_text(planned: PlanValue, unit: str) -> str:
    """Write a plan's value as the plan did, with the unit where the plan left it out."""
    written = "".join(planned.text.split())
    if planned.is_number and not planned.unit and unit:
        return f"{written}{quantity_text(Decimal(0), unit).lstrip('0')}"
    return written


def exact_text(value: Decimal | None) -> str:
    """Write a value exactly, for the data that a document keeps; empty where there is none."""
    return "" if value is None else decimal_text(value)


def path_value(field: FigureField) -> Decimal | None:
    """Give what the straight line of the plan asks for in the period, to the digits that are printed."""
    path = field.judgement().path
    if path is None:
        return None
    places = max(
        (1 + printed_places(each) for each in (field.target, field.base) if each is not None), default=2
    )
    return _at(_decimal(path), max(2, places))


def _at(value: Decimal, places: int) -> Decimal:
    return Decimal(round(Fraction(value) * 10**places)).scaleb(-places)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
