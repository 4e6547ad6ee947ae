"""What the pages of cases print: kinds of waste."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from wufei.actions.cases.core.case import STREAMS

register = template.Library()


@register.filter
def stream_name(key: str) -> str:
    """Give the name of a kind of waste."""
    return STREAMS[key].in_language(get_language() or "zh-hans")
