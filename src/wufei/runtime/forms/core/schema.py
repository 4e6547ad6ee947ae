"""A definition as JSON Schema (2020-12): what the programming interface says about a form."""

from __future__ import annotations

from typing import Any

from wufei.runtime.forms.core.definition import Definition, Field, Kind

_DECIMAL = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
_IDENTIFIERS = {"type": "array", "items": {"type": "string", "format": "uuid"}, "uniqueItems": True}
_PLAIN: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.LONG_TEXT: {"type": "string"},
    Kind.REFERENCE: {"type": "string"},
    Kind.WHOLE: {"type": "integer"},
    Kind.DECIMAL: _DECIMAL,
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.MONTH: {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
    Kind.YES_NO: {"type": "boolean"},
    Kind.PHOTOS: _IDENTIFIERS,
    Kind.FILES: _IDENTIFIERS,
    Kind.COMPUTED: {"readOnly": True},
    Kind.POSITION: {
        "type": "object",
        "properties": {"longitude": _DECIMAL, "latitude": _DECIMAL, "accuracy_m": _DECIMAL},
        "required": ["longitude", "latitude"],
    },
    Kind.SIGNATURE: {
        "type": "object",
        "properties": {"signature_id": {"type": "string", "format": "uuid"}},
        "required": ["signature_id"],
    },
}


def schema_of(definition: Definition, language: str) -> dict[str, Any]:
    """Give the JSON Schema of a form's canonical values, titles in one language."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:wufei:form:{definition.key}:{definition.version}",
        "title": definition.title.in_language(language),
        **_object(definition.fields, language),
    }


def _object(fields: tuple[Field, ...], language: str) -> dict[str, Any]:
    # What is asked only under a condition cannot be demanded by the schema.
    required = [field.key for field in fields if field.required and field.visible_if is None]
    shape: dict[str, Any] = {"type": "object", "properties": {f.key: _field(f, language) for f in fields}}
    return {**shape, "required": required} if required else shape


def _field(field: Field, language: str) -> dict[str, Any]:
    shape = dict(_PLAIN.get(field.kind, {}))
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        one = {"type": "string", "enum": [choice.key for choice in field.choices]}
        shape = one if field.kind is Kind.CHOICE else {"type": "array", "items": one, "uniqueItems": True}
    elif field.kind is Kind.QUANTITY:
        unit = {"type": "string", "enum": list(field.units)}
        shape = {
            "type": "object",
            "properties": {"value": _DECIMAL, "unit": unit},
            "required": ["value", "unit"],
        }
    elif field.kind is Kind.REPEAT:
        rows = _object(field.fields, language)
        shape = {"type": "array", "items": rows, "minItems": field.rows_min, "maxItems": field.rows_max}
    if field.pattern:
        shape["pattern"] = f"^(?:{field.pattern})$"
    if field.length_max is not None:
        shape["maxLength"] = field.length_max
    return {"title": field.title.in_language(language), **shape}
