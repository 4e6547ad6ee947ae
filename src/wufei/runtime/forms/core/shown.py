"""Values as people read them: one line for each, with its place, name and group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wufei.kernel.text import Text
from wufei.runtime.forms.core.definition import Definition, Field, Kind


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value: its JSON Pointer, the name of its field, how it is printed, the heading above it."""

    pointer: str
    label: Text
    shown: Text
    group: Text | None = None
    files: tuple[str, ...] = ()


def shown_values(definition: Definition, values: Mapping[str, Any]) -> Iterator[ShownValue]:
    """Give every value that stands in an entry, in the order of the page."""
    headings = {key: group.title for group in definition.groups for key in group.fields}
    for field in definition.fields:
        if field.key in values:
            yield from _shown(field, f"/{field.key}", values[field.key], field.title, headings.get(field.key))


def field_at(definition: Definition, pointer: str) -> Field | None:
    """Give the field to which a place belongs, or None."""
    fields, found = definition.fields, None
    for step in pointer.strip("/").split("/"):
        if step.isdecimal():
            continue
        inner = next((field for field in fields if field.key == step), None)
        if inner is None:
            return found
        found, fields = inner, inner.fields
    return found


def _shown(field: Field, place: str, value: Any, label: Text, group: Text | None) -> Iterator[ShownValue]:
    if field.kind is Kind.REPEAT:
        for number, row in enumerate(value):
            heading = Text(
                f"{field.title.zh} · 第 {number + 1} 行",
                f"{field.title.in_language('en')} · row {number + 1}",
            )
            for inner in field.fields:
                if inner.key in row:
                    yield from _shown(
                        inner, f"{place}/{number}/{inner.key}", row[inner.key], inner.title, heading
                    )
        return
    if field.kind is Kind.QUANTITY:
        unit = str(value["unit"])
        named = Text(f"{label.zh}（{unit}）", f"{label.in_language('en')} ({unit})")
        yield ShownValue(f"{place}/value", named, _plain(value["value"]), group)
        return
    files = tuple(value) if field.kind in (Kind.PHOTOS, Kind.FILES) else ()
    yield ShownValue(place, label, _printed(field, value), group, files)


def _printed(field: Field, value: Any) -> Text:
    titles = {choice.key: choice.title for choice in field.choices}
    if field.kind is Kind.YES_NO or isinstance(value, bool):
        return Text("是", "Yes") if value else Text("否", "No")
    if field.kind is Kind.CHOICE:
        return titles.get(value, _plain(value))
    if field.kind is Kind.CHOICES:
        chosen = [titles.get(one, _plain(one)) for one in value]
        return Text("、".join(one.zh for one in chosen), ", ".join(one.in_language("en") for one in chosen))
    if field.kind in (Kind.PHOTOS, Kind.FILES):
        return Text(f"{len(value)} 个文件", f"{len(value)} files")
    if field.kind is Kind.POSITION:
        return _plain(f"{value['longitude']}, {value['latitude']}")
    if field.kind is Kind.SIGNATURE:
        return Text("已签名", "Signed")
    return _plain(value)


def _plain(value: object) -> Text:
    return Text(str(value), str(value))
