"""The words of the catalogue, for templates."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wufei.records.catalogue.core.exemptions import Outcome
from wufei.records.catalogue.core.items import Item
from wufei.records.catalogue.core.proposals import Defect
from wufei.records.catalogue.core.sources import Status
from wufei.records.catalogue.core.standards import Standard

register = template.Library()

_STATUS = {
    Status.OFFICIAL: ("met", "✓"),
    Status.DERIVED: ("explain", "i"),
    Status.TO_BE_CONFIRMED: ("warning", "?"),
}
_OUTCOMES = {
    Outcome.EXEMPT: ("met", "✓"),
    Outcome.OPEN: ("warning", "?"),
    Outcome.NOT_EXEMPT: ("error", "✕"),
}
_DEFECTS = {
    Defect.NONE: ("met", "✓"),
    Defect.IMPRECISE: ("explain", "i"),
    Defect.IDENTIFIED: ("explain", "i"),
    Defect.WITHDRAWN: ("warning", "!"),
}


def _language() -> str:
    return get_language() or "zh-hans"


@register.inclusion_tag("web/parts/severity.html")
def status_of(status: Status) -> dict[str, object]:
    """Print how far a value is confirmed, by colour, sign and word."""
    key, sign = _STATUS[status]
    return {"key": key, "sign": sign, "word": status.label.in_language(_language())}


@register.inclusion_tag("web/parts/severity.html")
def outcome_of(outcome: Outcome) -> dict[str, object]:
    """Print whether a step is exempt, by colour, sign and word."""
    key, sign = _OUTCOMES[outcome]
    return {"key": key, "sign": sign, "word": outcome.label.in_language(_language())}


@register.inclusion_tag("web/parts/severity.html")
def defect_badge(defect: Defect) -> dict[str, object]:
    """Print what is wrong with a row, by colour, sign and word."""
    key, sign = _DEFECTS.get(defect, ("error", "✕"))
    return {"key": key, "sign": sign, "word": defect.label.in_language(_language())}


@register.filter
def hazard_words(item: Item) -> SafeString:
    """Print the hazards of an item, each as its letter and word."""
    words = [(hazard.value, hazard.label.in_language(_language())) for hazard in item.hazard_set]
    if not words:
        return SafeString("–")
    return format_html_join(" ", '<span class="wf-tag"><b>{}</b> {}</span>', words)


@register.filter
def force_badge(standard: Standard, on: date) -> SafeString:
    """Print whether a standard is in force on a day; unknown where its dates are."""
    key, sign, zh, en = {
        True: ("met", "✓", "现行", "In force"),
        False: ("explain", "✕", "已停用", "No longer"),
        None: ("warning", "?", "日期待核实", "Dates unknown"),
    }[standard.in_force(on)]
    word = en if _language().startswith("en") else zh
    return format_html('<span class="wf-badge wf-{}"><b aria-hidden="true">{}</b>{}</span>', key, sign, word)
