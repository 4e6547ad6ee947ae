"""What the pages of tasks print: states, steps, money."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wufei.actions.tasks.core.projects import Standing
from wufei.actions.tasks.core.task import State
from wufei.kernel.text import Text

register = template.Library()

_SIGNS = {
    State.DONE: ("met", "✓"),
    State.ON_TRACK: ("on-track", "→"),
    State.LASTING: ("explain", "∞"),
    State.NOT_STARTED: ("warning", "○"),
    State.BEHIND: ("behind", "!"),
}
_STANDINGS = {
    Standing.DONE: ("met", "✓"),
    Standing.LATE: ("behind", "!"),
    Standing.GOING: ("on-track", "→"),
    Standing.SILENT: ("warning", "…"),
    Standing.UNKNOWN: ("warning", "○"),
}
_WAN = Decimal(10_000)


@register.filter
def state_badge(state: State) -> SafeString:
    """Print a state by colour, sign and word."""
    return _badge(*_SIGNS[state], state.label)


@register.filter
def project_badge(standing: Standing) -> SafeString:
    """Print how a project stands by colour, sign and word."""
    return _badge(*_STANDINGS[standing], standing.label)


@register.filter
def state_sign(state: State) -> str:
    """Give the sign of a state."""
    return _SIGNS[state][1]


@register.filter
def in_wan(yuan: Decimal | None) -> str:
    """Print yuan in 万元, without trailing zeros."""
    if yuan is None:
        return "–"
    wan = (yuan / _WAN).normalize()
    return f"{wan:,f}"


@register.filter
def whole_percent(share: Decimal | None) -> str:
    """Print a share as a whole percentage."""
    return "–" if share is None else f"{share * 100:.0f}%"


@register.filter
def named(names: Mapping[int, Text], number: int) -> Text:
    """Give the name of a department by its id."""
    return names[number]


def _badge(css: str, sign: str, label: Text) -> SafeString:
    word = label.in_language(get_language() or "zh-hans")
    return format_html('<span class="wf-badge wf-{}"><b aria-hidden="true">{}</b>{}</span>', css, sign, word)
