"""Plans in layouts that were written before the reader was mended for them: a hold-out, then a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks.plans.layouts import LEFT, Cell, Element, Grid, Json, Words

_FILE = Path(__file__).with_name("third.yaml")
_VALUE = ("text", "op", "value", "unit")
_INDICATOR = ("no", "level1", "level2", "name", "type", "attribute", "baseline", "targets", "units")
_FIELDS: dict[str, tuple[str, ...]] = {
    "tasks": ("no", "section", "title", "text", "lead", "support", "due"),
    "projects": ("no", "field", "name", "content", "unit", "due"),
    "targets_in_text": ("name", "year", "op", "value", "unit"),
}


def third_documents() -> Iterator[tuple[str, list[Element], Json]]:
    """Give the name of each document, its paragraphs and tables, and what stands in it."""
    for each in yaml.safe_load(_FILE.read_text(encoding="utf-8")):
        yield each["name"], [_element(part) for part in each["body"]], _expected(each)


def _element(part: Any) -> Element:
    if isinstance(part, str):
        return Words(part)
    rows = tuple(tuple(map(_cell, row)) for row in part["rows"])
    widest = [max(len(row[at] or "") for row in rows) for at in range(len(rows[0]))]
    return Grid(rows, part["head"], "tabs", tuple(max(3, min(12, width)) for width in widest))


def _cell(text: str) -> Cell:
    return {"^": None, "<": LEFT}.get(text, text)


def _expected(each: dict[str, Any]) -> Json:
    made: Json = {"plan": each["plan"]}
    made["indicators"] = [_indicator(row) for row in each.get("indicators", [])]
    for part, names in _FIELDS.items():
        made[part] = [dict(zip(names, row, strict=True)) for row in each.get(part, [])]
    return made


def _indicator(row: list[Any]) -> Json:
    made: dict[str, Any] = dict(zip(_INDICATOR, row, strict=True))
    made["baseline"] = made["baseline"] and dict(zip(_VALUE, made["baseline"], strict=True))
    made["targets"] = [dict(zip(("year", *_VALUE), target, strict=True)) for target in made["targets"]]
    return made
