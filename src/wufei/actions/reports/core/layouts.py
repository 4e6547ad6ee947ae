"""Layouts: measures, fonts, sizes, colours and fixed words of each kind of document, as data.

A layout may say ``like: notice`` and give only what differs. A district replaces one by a file of its own
with the same keys (`wufei.actions.reports.queries.layout_of`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from wufei.actions.reports.core.document import Kind
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.records.catalogue.core.sources import Status

_DATA = Path(__file__).parent.parent / "data" / "layouts"
_COLOR = re.compile(r"[0-9A-F]{6}")
_ALIGN = ("left", "center", "right", "both")
_SIZES_PT = (5, 100)
_MARGIN_MM = (5, 100)


@dataclass(frozen=True, slots=True)
class Page:
    """A page in millimetres: size, margins, and how far the page number is from the lower edge."""

    width_mm: float
    height_mm: float
    top_mm: float
    bottom_mm: float
    left_mm: float
    right_mm: float
    footer_mm: float

    @property
    def text_mm(self) -> float:
        """The width of a line."""
        return self.width_mm - self.left_mm - self.right_mm


@dataclass(frozen=True, slots=True)
class Style:
    """How a paragraph looks.

    Attributes
    ----------
    font, latin : str
        Of Chinese signs, and of letters and digits.
    size_pt, line_pt : float
        Of the signs; the exact distance of lines, 0 for single spacing.
    indent_chars : float
        Of the first line, in characters of the paragraph's size.
    align : str
        ``left``, ``center``, ``right`` or ``both``.
    color : str
        Six hexadecimal digits.
    """

    font: str
    latin: str
    size_pt: float
    line_pt: float = 0.0
    indent_chars: float = 0.0
    align: str = "both"
    color: str = "000000"
    bold: bool = False
    before_pt: float = 0.0
    after_pt: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the page."""

    color: str
    width_pt: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its head and its width in characters."""

    title: str
    width: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that makes a document look as it does.

    Attributes
    ----------
    fallbacks : mapping of str to str
        For a font that a machine lacks: the one that stands in.
    theme_font : str
        East-asian font of the theme, the last resort.
    words : mapping of str to str
        Fixed words by key; ``{issue}`` and the like are filled in.
    columns : tuple of Column
        Of a sheet.
    source, status : Text, Status
        Where the measures are from, and whether that was confirmed.
    """

    kind: Kind
    title: Text
    page: Page
    styles: Mapping[str, Style]
    fallbacks: Mapping[str, str]
    theme_font: str
    words: Mapping[str, str]
    rules: Mapping[str, Rule]
    columns: tuple[Column, ...]
    source: Text
    status: Status

    def word(self, key: str, **values: object) -> str:
        """Give fixed words filled in; nothing where the layout has none."""
        found = self.words.get(key, "")
        for name, value in values.items():
            found = found.replace("{" + name + "}", str(value))
        return found


STYLES = (
    "body", "title", "heading1", "heading2", "heading3", "addressee", "signature", "number", "name", "issue",
    "imprint", "remark", "tail", "table", "table_head", "annex_title", "annex", "page_number", "synthetic",
)  # fmt: skip
"""What every layout says; a layout of one kind may leave unused ones to the layout that it is like."""


@lru_cache(maxsize=16)
def load_layout(kind: Kind) -> Layout:
    """Read the layout that comes with Wufei; errors as `parse_layout`."""
    return parse_layout(_merged(kind.value), f"{kind.value}.yaml", kind)


def replaced_layout(kind: Kind, text: str, file: str) -> Layout:
    """Read a district's own layout; what it leaves out is taken from the one it is ``like``, by default ours.

    Raises
    ------
    InputError
        As `parse_layout`, or ``report.layout`` where the file is no YAML mapping.
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _wrong(file, str(error).splitlines()[0], "YAML 格式", "a YAML file") from error
    if not isinstance(found, dict):
        raise _wrong(file, type(found).__name__, "键与值", "keys and values")
    like = str(found.pop("like", kind.value))
    return parse_layout(_laid_over(_merged(like), found), file, kind)


def parse_layout(raw: Mapping[str, Any], file: str, kind: Kind) -> Layout:
    """Read a layout.

    Raises
    ------
    InputError
        ``report.layout`` with file and place: a measure that is no number or out of bounds, an unknown key, a
        font without name, a colour of another form.
    """
    known = {
        "title",
        "page",
        "styles",
        "fallbacks",
        "theme_font",
        "words",
        "rules",
        "columns",
        "source",
        "status",
    }
    for key in raw:
        if key not in known:
            raise _wrong(f"{file}:{key}", key, "、".join(sorted(known)), ", ".join(sorted(known)))
    for place, each in _mappings(raw):
        if not isinstance(each, Mapping):
            raise _wrong(f"{file}:{place}", each, "键与值", "keys and values")
    missing = [key for key in STYLES if key not in raw.get("styles", {})]
    if missing:
        raise _wrong(
            f"{file}:styles", missing[0], "须有样式 " + "、".join(STYLES), "styles " + ", ".join(STYLES)
        )
    return Layout(
        kind=kind,
        title=Text.parse(raw["title"]),
        page=_page(raw["page"], f"{file}:page"),
        styles={key: _style(each, f"{file}:styles/{key}") for key, each in raw["styles"].items()},
        fallbacks={str(name): str(other) for name, other in raw["fallbacks"].items()},
        theme_font=str(raw["theme_font"]),
        words={str(key): str(each) for key, each in raw["words"].items()},
        rules={key: _rule(each, f"{file}:rules/{key}") for key, each in raw["rules"].items()},
        columns=tuple(Column(str(each["title"]), float(each["width"])) for each in raw.get("columns", ())),
        source=Text.parse(raw["source"]),
        status=Status(raw["status"]),
    )


def _mappings(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give every part that must hold keys and values, with its place."""
    for key in ("page", "styles", "fallbacks", "words", "rules"):
        part = raw.get(key)
        yield key, part
        if key in ("styles", "rules") and isinstance(part, Mapping):
            yield from ((f"{key}/{name}", each) for name, each in part.items())


def _merged(key: str) -> dict[str, Any]:
    if key not in {kind.value for kind in Kind}:
        raise _wrong(f"like: {key}", key, "、".join(kind.value for kind in Kind), ", ".join(Kind))
    own: dict[str, Any] = yaml.safe_load((_DATA / f"{key}.yaml").read_text(encoding="utf-8"))
    like = own.pop("like", "")
    return _laid_over(_merged(like), own) if like else own


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict) and "zh" not in value
        merged[key] = _laid_over(merged[key], value) if both else value
    return merged


def _page(raw: Mapping[str, Any], place: str) -> Page:
    margins = {
        key: _number(raw, key, place, _MARGIN_MM)
        for key in ("top_mm", "bottom_mm", "left_mm", "right_mm", "footer_mm")
    }
    return Page(
        _number(raw, "width_mm", place, (50, 900)), _number(raw, "height_mm", place, (50, 1200)), **margins
    )


def _style(raw: Mapping[str, Any], place: str) -> Style:
    if not raw.get("font"):
        raise _wrong(f"{place}/font", raw.get("font"), "字体名", "the name of a font")
    align, color = str(raw.get("align", "both")), str(raw.get("color", "000000")).upper()
    if align not in _ALIGN:
        raise _wrong(f"{place}/align", align, "、".join(_ALIGN), ", ".join(_ALIGN))
    return Style(
        font=str(raw["font"]),
        latin=str(raw.get("latin", "Times New Roman")),
        size_pt=_number(raw, "size_pt", place, _SIZES_PT),
        line_pt=_number(raw, "line_pt", place, (0, 200), 0),
        indent_chars=_number(raw, "indent_chars", place, (0, 20), 0),
        align=align,
        color=_color(color, place),
        bold=bool(raw.get("bold", False)),
        before_pt=_number(raw, "before_pt", place, (0, 200), 0),
        after_pt=_number(raw, "after_pt", place, (0, 200), 0),
    )


def _rule(raw: Mapping[str, Any], place: str) -> Rule:
    return Rule(_color(str(raw.get("color", "")).upper(), place), _number(raw, "width_pt", place, (0.25, 6)))


def _color(color: str, place: str) -> str:
    if not _COLOR.fullmatch(color):
        raise _wrong(
            f"{place}/color",
            color,
            "六位十六进制颜色，如 FF0000（加引号）",
            "six hexadecimal digits in quotes",
        )
    return color


def _number(
    raw: Mapping[str, Any], key: str, place: str, bounds: tuple[float, float], default: float | None = None
) -> float:
    value = raw.get(key, default)
    low, high = bounds
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _wrong(f"{place}/{key}", value, f"{low} 至 {high} 之间的数", f"a number from {low} to {high}")
    return float(value)


def _wrong(place: str, value: object, zh: str, en: str) -> InputError:
    return InputError(
        "report.layout",
        place,
        value,
        Text(
            f"版式文件 {place} 的值“{value}”不可用；应为：{zh}。请改正该文件。",
            f"“{value}” at {place} of a layout cannot be used; it must be: {en}. Mend the file.",
        ),
    )
