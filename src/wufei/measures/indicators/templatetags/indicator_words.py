"""Words and marks of figures, for templates."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.translation import get_language

from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.measures.indicators.core.figures import Figure, Quality, Status, figure_id

register = template.Library()

# A sign and a word stand beside every colour.
SIGNS = {
    Status.MET: "✓",
    Status.ON_TRACK: "→",
    Status.BEHIND: "▼",
    Status.NOT_COMPUTABLE: "?",
    Status.NOT_NUMERIC: "文",
    Status.NO_TARGET: "–",
}
_EVIDENCE = (
    ("weighed_share", "wf-c-weighed", Text("称重过磅", "Weighed")),
    ("declared_share", "wf-c-declared", Text("填报", "Declared")),
    ("estimated_share", "wf-c-estimated", Text("估算", "Estimated")),
    ("statistical_share", "wf-c-statistical", Text("统计", "Statistical")),
    ("derived_share", "wf-c-derived", Text("差额推算", "Derived by difference")),
)
_BY = {
    "origin": Text("按来源地：谁的废物算谁的", "By origin: whose waste it is"),
    "place": Text("按处理地：在哪里处理算哪里", "By place: where it is handled"),
    "": Text("不涉及流量", "No flows involved"),
}
_BY_SHORT = {
    "origin": Text("按来源地", "By origin"),
    "place": Text("按处理地", "By place"),
    "": Text("统计", "Statistics"),
}
_BASIS = {
    "reported": Text("上报值", "Reported"),
    "computed": Text("测算值", "Computed"),
    "": Text(""),
}


def _say(text: Text) -> str:
    return text.in_language(get_language() or "zh-hans")


@register.inclusion_tag("indicators/parts/status.html")
def status_badge(status: Status | str) -> dict[str, str]:
    """Print a status by colour, sign and word."""
    known = Status(status)
    return {"key": known.value, "sign": SIGNS[known], "word": _say(known.label)}


@register.inclusion_tag("indicators/parts/months.html")
def month_bars(months: Sequence[tuple[Period, Decimal | None]], figure: Figure) -> dict[str, object]:
    """Draw a value month by month as columns, each a link to that month's figure."""
    highest = max((value for _, value in months if value is not None and value > 0), default=Decimal(1))
    columns = [
        {
            "period": period,
            "value": value,
            "height": "0" if value is None or value <= 0 else f"{value / highest * 100:.2f}",
            "id": figure_id(figure.indicator, figure.region.key, period, figure.book),
        }
        for period, value in months
    ]
    return {"columns": columns, "unit": figure.unit}


@register.filter
def quality_parts(quality: Quality) -> list[tuple[str, str, float]]:
    """Give the shares of evidence for a share bar."""
    return [(css, _say(words), float(getattr(quality, field))) for field, css, words in _EVIDENCE]


@register.filter
def evidence_parts(grams: tuple[int, ...]) -> list[tuple[str, str, float]]:
    """Give shares of evidence from grams, in the order in which quantities keep them."""
    total = sum(grams)
    if not total:
        return []
    return [(css, _say(words), part / total) for (_, css, words), part in zip(_EVIDENCE, grams, strict=True)]


@register.filter
def by_words(by: str) -> str:
    """Print by whose waste or by what place a figure counts."""
    return _say(_BY[by])


@register.filter
def by_short(by: str) -> str:
    """Print the same in one word, for a narrow column."""
    return _say(_BY_SHORT[by])


@register.filter
def basis_words(basis: str) -> str:
    """Print which of the two values was judged."""
    return _say(_BASIS[basis])


@register.filter
def shown_value(figure: Figure) -> Decimal | None:
    """Give the value that the status was judged on: the reported one where there is one."""
    if figure.reported is not None and figure.reported.value is not None:
        return figure.reported.value
    return figure.value


@register.filter
def shown_text(figure: Figure) -> str:
    """Give the words where a figure has no number."""
    if figure.reported is not None and figure.reported.value is None and figure.reported.text:
        return figure.reported.text
    return figure.text
