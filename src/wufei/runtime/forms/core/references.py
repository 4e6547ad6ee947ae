"""References in values: which keys they name, and what is said of a key that no list knows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.runtime.forms.core.definition import Definition, Field, Kind


@dataclass(frozen=True, slots=True)
class Reference:
    """A key that was given, and its place as a JSON Pointer."""

    place: str
    field: Field
    key: str


def references_of(definition: Definition, values: Mapping[str, Any]) -> Iterator[Reference]:
    """Give every reference in canonical values, those in the rows of repeats too."""
    yield from _references(definition.fields, "", values)


def unknown_findings(
    definition: Definition, values: Mapping[str, Any], known: Mapping[str, Collection[str]]
) -> list[Finding]:
    """Give an error for each reference to what its list does not know.

    Parameters
    ----------
    known : mapping
        Known keys by the name of the lookup; a lookup that is missing knows none.
    """
    return [
        _unknown(each)
        for each in references_of(definition, values)
        if each.key not in known.get(each.field.lookup, ())
    ]


def _references(fields: tuple[Field, ...], above: str, values: Mapping[str, Any]) -> Iterator[Reference]:
    for field in fields:
        value, place = values.get(field.key), f"{above}/{field.key}"
        if value is None:
            continue
        if field.kind is Kind.REPEAT:
            for number, row in enumerate(value):
                yield from _references(field.fields, f"{place}/{number}", row)
        elif field.kind is Kind.REFERENCE:
            yield Reference(place, field, str(value))


def _unknown(reference: Reference) -> Finding:
    title, key = reference.field.title, reference.key[:80]
    return Finding(
        "forms.unknown",
        Severity.ERROR,
        reference.place,
        Text(
            f"{title.zh}：没有“{key}”，或不在您的范围内",
            f"{title.in_language('en')}: there is no “{key}”, or not within your reach",
        ),
        value=key,
        rule=Text("只能填写列表中有的编号。", "Only what stands in the list can be named."),
        fix=Text("请输入名称查找，从列表中选择。", "Type its name and choose from the list."),
    )
