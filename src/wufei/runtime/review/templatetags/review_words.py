"""Words of reviews: states, days left, values and places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wufei.kernel.text import Text
from wufei.runtime.review.core.moves import State
from wufei.runtime.signing.core.places import MISSING

register = template.Library()

_SIGNS = {
    State.DRAFT: ("plain", "·"),
    State.WAITING: ("on-track", "…"),
    State.RETURNED: ("behind", "↩"),
    State.PASSED: ("met", "✓"),
    State.LOCKED: ("met", "■"),
    State.WITHDRAWN: ("not-computable", "–"),
}
_WHOLE = Text("总的意见", "In general")
_YES, _NO, _GONE, _EMPTY = (
    Text("是", "Yes"),
    Text("否", "No"),
    Text("（无此项）", "(not there)"),
    Text("（空）", "(empty)"),
)


@register.filter
def state_badge(state: State) -> SafeString:
    """Print a state by colour, sign and word."""
    css, sign = _SIGNS[state]
    return format_html(
        '<span class="wf-badge wf-{}"><b aria-hidden="true">{}</b>{}</span>', css, sign, _say(state.label)
    )


@register.simple_tag
def due_badge(due_on: date | None, today: date) -> SafeString:
    """Print how many days are left; overdue and tomorrow stand out."""
    if due_on is None:
        return SafeString("")
    left = (due_on - today).days
    if left < 0:
        css, sign, words = "error", "!", Text(f"逾期 {-left} 天", f"{-left} days overdue")
    elif left <= 1:
        css, sign, words = (
            "warning",
            "!",
            Text("今天到期", "Due today") if not left else Text("明天到期", "Due tomorrow"),
        )
    else:
        css, sign, words = "plain", "·", Text(f"{due_on} 前", f"By {due_on}")
    return format_html(
        '<span class="wf-badge wf-{}"><b aria-hidden="true">{}</b>{}</span>', css, sign, _say(words)
    )


@register.filter
def value_shown(value: Any) -> str:
    """Print a value of the history: yes and no in words, nothing as such."""
    if value is MISSING:
        return _say(_GONE)
    if value is None or value == "":
        return _say(_EMPTY)
    if isinstance(value, bool):
        return _say(_YES if value else _NO)
    return str(value)


@register.filter
def place_name(pointer: str, names: Mapping[str, Text]) -> str:
    """Print what a place is called; one that is shown no more by its pointer."""
    if not pointer:
        return _say(_WHOLE)
    return _say(names[pointer]) if pointer in names else pointer


@register.filter
def step_title(number: int, steps: tuple[Any, ...]) -> str:
    """Print what a step is called."""
    return _say(steps[number].title)


def _say(text: Text) -> str:
    return text.in_language(get_language() or "zh-hans")
