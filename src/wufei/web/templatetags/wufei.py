"""What every template of every room prints: icons, words, numbers, status, the menu of the shell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wufei.kernel.findings import Severity
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.pages.core import numerals
from wufei.runtime.pages.core.sparkline import HEIGHT, WIDTH, sparkline, way_done

register = template.Library()
_PLACES = (
    (r"^全文$", "whole text"),
    (r"表(\d+)(?=第|$)", r"table \1 "),
    (r"第(\d+)页", r"page \1 "),
    (r"第(\d+)行", r"line \1"),
)

_SEVERITY_SIGNS = {Severity.ERROR: "✕", Severity.WARNING: "!", Severity.EXPLAIN: "?", Severity.NOTE: "i"}


def _language() -> str:
    return get_language() or "zh-hans"


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of the sprite; it is decoration, the words beside it say what it means."""
    extra = " wf-icon-sm" if size == "sm" else ""
    return format_html(
        '<svg class="wf-icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("icons.svg"),
        name,
    )


@register.filter
def say(text: Text | str | None) -> str:
    """Print a bilingual text in the language of the page."""
    if isinstance(text, Text):
        return text.in_language(_language())
    return text or ""


@register.filter
def place(label: str) -> str:
    """Print where in a file something stands, such as 表1第2行, in the language of the page."""
    if _language() != "en":
        return label
    for zh, en in _PLACES:
        label = re.sub(zh, en, label)
    return label


@register.filter
def period_label(period: Period) -> str:
    """Print a period as people read it."""
    return period.label(_language())


@register.filter
def day(value: date | datetime | None) -> str:
    """Print a day by Asia/Shanghai, as 2025-03-09."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL_ZONE).date()
    return value.isoformat()


@register.filter
def minute(value: datetime | None) -> str:
    """Print an instant by Asia/Shanghai, as 2025-03-09 14:05."""
    return "–" if value is None else value.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M")


@register.simple_tag
def quantity(value: Decimal | None, unit: str, digits: int = numerals.DIGITS) -> SafeString:
    """Print a value and, smaller, its unit; a dash where there is none."""
    if value is None:
        return SafeString("–")
    return _number(*numerals.quantity_parts(Decimal(value), unit, _language(), digits))


@register.filter
def mass(grams: int | None) -> SafeString:
    """Print a mass in the unit a reader would choose."""
    if grams is None:
        return SafeString("–")
    return _number(*numerals.mass_parts(int(grams), _language()))


@register.filter
def exact_mass(grams: int) -> str:
    """Print a mass to the gram."""
    return numerals.exact_mass(grams, _language())


@register.filter
def percent(share: float | Decimal | None) -> str:
    """Print a share of 0..1 in percent."""
    return "–" if share is None else numerals.percent_text(share)


@register.filter
def count(number: int) -> str:
    """Print a whole number with thousands separators."""
    return f"{number:,}"


@register.filter
def item(values: Mapping[object, object], key: object) -> object:
    """Give one value of a mapping, or nothing."""
    return values.get(key)


@register.inclusion_tag("web/parts/severity.html")
def severity_badge(severity: Severity | str) -> dict[str, object]:
    """Print how grave a Finding is, by colour, sign and word."""
    known = Severity(severity)
    return {"key": known.value, "sign": _SEVERITY_SIGNS[known], "word": known.label.in_language(_language())}


@register.inclusion_tag("web/parts/sparkline.html")
def spark(
    values: Sequence[float | Decimal | None], label: str, target: Decimal | None = None, where: str = ""
) -> dict[str, object]:
    """Draw a small line of a series; ``label`` says it in words for those who do not see it."""
    drawn = sparkline(
        [None if value is None else float(value) for value in values],
        None if target is None else float(target),
    )
    return {"line": drawn, "label": label, "width": WIDTH, "height": HEIGHT, "cell": where == "cell"}


@register.inclusion_tag("web/parts/track.html")
def track(base: Decimal | None, now: Decimal | None, target: Decimal | None, label: str) -> dict[str, object]:
    """Draw the way from base (left) to target (right) and where the present value stands on it."""
    if base is None or now is None or target is None:
        return {"done": None}
    done = way_done(float(base), float(now), float(target))
    return {"done": None if done is None else f"{done * 100:.2f}", "label": label}


@register.inclusion_tag("web/parts/shares.html")
def share_bar(parts: Sequence[tuple[str, str, float]], label: str) -> dict[str, object]:
    """Draw shares of a whole as one bar with its key; each part is (class, words, share of 0..1)."""
    bars, start = [], 0.0
    for css, words, share in parts:
        if share > 0:
            bars.append({"css": css, "words": words, "share": share, "x": start * 100, "width": share * 100})
            start += share
    return {"bars": bars, "label": label}


@register.inclusion_tag("web/parts/shares.html")
def status_bar(parts: Sequence[tuple[str, str, float]], label: str) -> dict[str, object]:
    """Draw counts by status as one bar; the key names the counts, not the shares."""
    return {**share_bar(parts, label), "counted": True}


def _number(number: str, unit: str) -> SafeString:
    if not unit or unit in ("%", "‰"):
        return format_html('<span class="wf-num">{}{}</span>', number, unit)
    return format_html('<span class="wf-num">{} <small>{}</small></span>', number, unit)
