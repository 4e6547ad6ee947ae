"""The input of one field, by its kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from wufei.kernel.text import Text
from wufei.runtime.forms.core.definition import Kind
from wufei.runtime.forms.core.page import Widget

register = template.Library()

_WITH_A_PART = {
    Kind.QUANTITY: "quantity",
    Kind.POSITION: "position",
    Kind.PHOTOS: "files",
    Kind.FILES: "files",
    Kind.REFERENCE: "reference",
}
_LONGEST = 500


@register.simple_tag
def input(widget: Widget) -> SafeString:  # noqa: A001 - as a template calls it
    """Print the input of a field, with what was typed and what describes it."""
    part = _WITH_A_PART.get(widget.field.kind)
    attributes = _attributes(widget)
    if part:
        return render_to_string(f"forms/parts/{part}.html", {"widget": widget, "attributes": attributes})
    if widget.field.kind is Kind.CHOICE:
        return _select(widget, attributes)
    if widget.field.kind is Kind.LONG_TEXT:
        return format_html(
            '<textarea class="form-control" rows="3" {}>{}</textarea>', attributes, widget.value
        )
    if widget.field.kind is Kind.COMPUTED:
        return format_html(
            '<output class="form-control wf-form-computed" id="{}">{}</output>', widget.id, widget.value
        )
    if widget.field.kind is Kind.SIGNATURE:
        words = Text("在审核页签名。", "Signed on the page of the review.")
        return format_html(
            '<p class="wf-quiet mb-0" id="{}">{}</p>',
            widget.id,
            words.in_language(get_language() or "zh-hans"),
        )
    return format_html(
        '<input class="form-control" type="{}" value="{}" {}>', widget.type, widget.value, attributes
    )


def _select(widget: Widget, attributes: SafeString) -> SafeString:
    language = get_language() or "zh-hans"
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (one.key, mark_safe(" selected") if one.chosen else "", one.title.in_language(language))
            for one in widget.options
        ),
    )
    return format_html(
        '<select class="form-select" {}><option value=""></option>{}</select>', attributes, options
    )


def _attributes(widget: Widget) -> SafeString:
    return format_html_join(" ", '{}="{}"', _pairs(widget))


def _pairs(widget: Widget) -> Iterator[tuple[str, Any]]:
    field = widget.field
    yield "id", widget.id
    yield "name", widget.name
    if widget.keys:
        yield "inputmode", widget.keys
    if field.kind in (Kind.TEXT, Kind.LONG_TEXT):
        yield "maxlength", field.length_max or (_LONGEST if field.kind is Kind.TEXT else 10_000)
    if field.example:
        yield "placeholder", field.example
    if field.required:
        yield "aria-required", "true"
    if widget.wrong:
        yield "aria-invalid", "true"
    described = [f"{widget.id}-help"] if field.help else []
    described += [f"{widget.id}-said"] if widget.said else []
    if described:
        yield "aria-describedby", " ".join(described)
