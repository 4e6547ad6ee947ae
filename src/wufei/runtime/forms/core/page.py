"""What a page of a form shows: every field with its name, what was typed, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.runtime.forms.core.answers import AnswerError, is_empty, read_answer
from wufei.runtime.forms.core.definition import Definition, Field, Kind

NEW_ROW = "__n__"
"""Stands for the number of a row that a page has yet to add."""

_INPUTS = {
    Kind.WHOLE: ("text", "numeric"),
    Kind.DECIMAL: ("text", "decimal"),
    Kind.DATE: ("date", ""),
    Kind.MONTH: ("month", ""),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A Finding at its field."""

    text: Text
    fix: Text
    error: bool


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that can be chosen."""

    key: str
    title: Text
    chosen: bool


@dataclass(frozen=True, slots=True)
class Widget:
    """One field as it stands on a page.

    Attributes
    ----------
    name : str
        Its JSON Pointer.
    id : str
        For labels and links.
    value : str or mapping
        What was typed; of a quantity or position, by part.
    values : tuple of str
        Of choices, photos and files.
    rows : tuple of tuple of Widget
        Of a repeat.
    blank : tuple of Widget
        A row that a page may add.
    """

    field: Field
    name: str
    id: str
    value: Any = ""
    values: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    said: tuple[Said, ...] = ()
    rows: tuple[tuple[Widget, ...], ...] = ()
    blank: tuple[Widget, ...] = ()

    @property
    def kind(self) -> str:
        """The kind, as a template names its part."""
        return self.field.kind.value

    @property
    def type(self) -> str:
        """The type of its input."""
        return _INPUTS.get(self.field.kind, ("text", ""))[0]

    @property
    def keys(self) -> str:
        """Which keys a phone shows."""
        return _INPUTS.get(self.field.kind, ("text", ""))[1]

    @property
    def wrong(self) -> bool:
        """Whether something must be mended here."""
        return any(one.error for one in self.said)

    @property
    def shown_if(self) -> bool:
        """Whether it is asked only sometimes."""
        return self.field.visible_if is not None


@dataclass(frozen=True, slots=True)
class Card:
    """A group of fields: a card on the desk, a step on a phone."""

    key: str
    title: Text
    widgets: tuple[Widget, ...]


def cards_of(
    definition: Definition, answers: Mapping[str, Any], findings: Sequence[Finding] = ()
) -> tuple[Card, ...]:
    """Give the page of a form, filled with raw answers or canonical values."""
    said: dict[str, list[Said]] = {}
    for finding in findings:
        said.setdefault(finding.where, []).append(
            Said(finding.message, finding.fix, finding.severity is Severity.ERROR)
        )
    by_key = {field.key: _widget(field, "", answers, said) for field in definition.fields}
    grouped = [
        Card(group.key, group.title, tuple(by_key[key] for key in group.fields))
        for group in definition.groups
    ]
    placed = {key for group in definition.groups for key in group.fields}
    rest = tuple(widget for key, widget in by_key.items() if key not in placed)
    return (*grouped, Card("rest", definition.title, rest)) if rest else tuple(grouped)


def wrong_places(cards: Iterable[Card]) -> list[tuple[Widget, Said]]:
    """Give what is said about the fields, in the order of the page: for the list above it."""
    found: list[tuple[Widget, Said]] = []
    for card in cards:
        for widget in _all(card.widgets):
            found += [(widget, one) for one in widget.said]
    return found


def _all(widgets: Iterable[Widget]) -> Iterable[Widget]:
    for widget in widgets:
        yield widget
        for row in widget.rows:
            yield from _all(row)


def _widget(field: Field, above: str, answers: Mapping[str, Any], said: Mapping[str, list[Said]]) -> Widget:
    name = f"{above}/{field.key}"
    raw = _known(field, answers.get(field.key))
    bare = Widget(field, name, f"f{name.replace('/', '-')}", said=tuple(said.get(name, ())))
    if field.kind is Kind.REPEAT:
        return _repeat(bare, raw, above, said)
    if field.kind in (Kind.CHOICES, Kind.PHOTOS, Kind.FILES):
        values = tuple(str(one) for one in raw) if isinstance(raw, list) else ()
        return replace(bare, values=values, options=_options(field, values))
    if isinstance(raw, Mapping):
        return replace(bare, value={key: _typed(part) for key, part in raw.items()})
    value = field.default if is_empty(raw) else _typed(raw)
    if field.kind is Kind.QUANTITY:
        return replace(bare, value={"value": value, "unit": field.units[0]})
    return replace(bare, value=value, options=_options(field, (value,)))


def _repeat(bare: Widget, raw: object, above: str, said: Mapping[str, list[Said]]) -> Widget:
    field, name = bare.field, bare.name
    given = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []
    if not given and above == "":
        given = [{}] * field.rows_min
    rows = tuple(
        tuple(_widget(inner, f"{name}/{number}", row, said) for inner in field.fields)
        for number, row in enumerate(given)
    )
    blank = tuple(_widget(inner, f"{name}/{NEW_ROW}", {}, {}) for inner in field.fields)
    return replace(bare, rows=rows, blank=blank)


def _known(field: Field, raw: Any) -> Any:
    """Give an answer to be chosen by its key, though a cell or program named it by its words."""
    if field.kind not in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO) or is_empty(raw):
        return raw
    try:
        return read_answer(field, raw)
    except AnswerError:
        return raw


def _typed(raw: object) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return "" if raw is None else str(raw)


def _options(field: Field, chosen: tuple[str, ...]) -> tuple[Option, ...]:
    if field.kind is Kind.YES_NO:
        words = (("true", Text("是", "Yes")), ("false", Text("否", "No")))
        return tuple(Option(key, title, key in chosen) for key, title in words)
    return tuple(Option(one.key, one.title, one.key in chosen) for one in field.choices)
