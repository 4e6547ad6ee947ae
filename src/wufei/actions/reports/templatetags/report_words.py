"""Words and marks of documents, for templates."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wufei.actions.reports.core.states import State

register = template.Library()

_SIGNS = {
    State.DRAFT: ("not-computable", "✎"),
    State.CHECK: ("on-track", "…"),
    State.COUNTERSIGN: ("on-track", "…"),
    State.FINAL: ("met", "■"),
}


@register.filter
def report_state(state: State) -> SafeString:
    """Print a state by colour, sign and word."""
    css, sign = _SIGNS[state]
    words = state.label.in_language(get_language() or "zh-hans")
    return format_html('<span class="wf-badge wf-{}"><b aria-hidden="true">{}</b>{}</span>', css, sign, words)
