"""What the pages of assessments print: states, points, bars, the way to a source."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wufei.actions.assessment.core.sheet import PartSum, ScoreSheet, Source, SourceKind
from wufei.actions.assessment.core.states import State

register = template.Library()

_SIGNS = {
    State.OPEN: ("not-computable", "○"),
    State.COMPUTED: ("warning", "…"),
    State.PUBLISHED: ("on-track", "→"),
    State.CLOSED: ("met", "■"),
}


@register.filter
def assess_state(state: State) -> SafeString:
    """Print a state by colour, sign and word."""
    css, sign = _SIGNS[state]
    word = state.label.in_language(get_language() or "zh-hans")
    return format_html('<span class="wf-badge wf-{}"><b aria-hidden="true">{}</b>{}</span>', css, sign, word)


@register.filter
def points(number: Decimal | None) -> str:
    """Print points to two decimals, with a true minus sign."""
    return "–" if number is None else f"{number:.2f}".replace("-", "−")


@register.filter
def signed(number: Decimal | int) -> str:
    """Print a difference with its sign."""
    sign = "+" if number > 0 else "−" if number < 0 else "±"
    return f"{sign}{abs(number):.2f}" if isinstance(number, Decimal) else f"{sign}{abs(number)}"


@register.filter
def part_of(sheet: ScoreSheet, part_id: str) -> PartSum | None:
    """Give a part of a sheet."""
    return next((part for part in sheet.parts if part.id == part_id), None)


@register.simple_tag
def points_bar(part: PartSum) -> SafeString:
    """Draw how much of a part was got, and how much of it is open; the words stand beside it."""
    if part.points <= 0:
        return SafeString("")
    got, open_share = (float(each / part.points) * 100 for each in (part.score, part.open_points))
    return format_html(
        '<svg class="wf-shares" viewBox="0 0 100 8" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false">'
        '<rect class="wf-c-on-track" x="0" y="0" width="{}" height="8"></rect>'
        '<rect class="wf-c-not-computable" x="{}" y="0" width="{}" height="8"></rect></svg>',
        f"{max(got, 0):.2f}",
        f"{max(got, 0):.2f}",
        f"{open_share:.2f}",
    )


@register.filter
def source_address(source: Source) -> str:
    """Give the page that a line rests on; empty where it is a rule of the scheme."""
    if source.kind is SourceKind.FIGURE:
        return f"/indicators/figures/{source.ref}"
    if source.kind is SourceKind.TASK:
        return reverse("tasks:task", args=[source.ref])
    if source.kind is SourceKind.STEP:
        return reverse("tasks:step", args=[source.ref])
    return f"/files/{source.ref}" if source.kind is SourceKind.FILE else ""
