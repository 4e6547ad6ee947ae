"""What the pages of the register print: standings, kinds, codes with quotas."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wufei.kernel.text import Text
from wufei.records.registry.core.applications import FIELDS
from wufei.records.registry.core.papers import Standing
from wufei.records.registry.core.sheets import PARTY_KINDS
from wufei.runtime.identity.core.kinds import PartyKind

register = template.Library()

_SIGNS = {
    Standing.VALID: ("met", "✓"),
    Standing.SOON: ("warning", "!"),
    Standing.NOT_YET: ("explain", "…"),
    Standing.EXPIRED: ("error", "✕"),
    Standing.WITHDRAWN: ("error", "✕"),
}
_THINGS = {
    "party": Text("单位", "Party"),
    "site": Text("场所", "Site"),
    "profile": Text("档案", "Profile"),
    "place": Text("设施", "Facility"),
    "paper": Text("证照合同", "Paper"),
    "paper-line": Text("代码与额度", "Code and quota"),
    "vehicle": Text("车辆", "Vehicle"),
    "person": Text("人员", "Person"),
    "tag": Text("标签", "Tag"),
    "event": Text("变更", "Event"),
    "class": Text("管理类别", "Management class"),
}


@register.filter
def standing_badge(standing: Standing) -> SafeString:
    """Print what a paper is worth by colour, sign and word."""
    css, sign = _SIGNS[standing]
    word = standing.label.in_language(get_language() or "zh-hans")
    return format_html('<span class="wf-badge wf-{}"><b aria-hidden="true">{}</b>{}</span>', css, sign, word)


@register.filter
def party_kind(kind: str) -> Text:
    """Name a kind of party."""
    return PARTY_KINDS[PartyKind(kind)]


@register.filter
def thing_name(thing: str) -> Text:
    """Name what was changed."""
    return _THINGS.get(thing, Text(thing))


@register.filter
def plain_number(value: Decimal | None) -> str:
    """Print a number without trailing zeros."""
    return "–" if value is None else f"{value.normalize():,f}"


@register.filter
def application_field(where: str) -> Text:
    """Name a field of an application by its place."""
    return FIELDS.get(where, Text(where))
