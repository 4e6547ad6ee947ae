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
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.catalogue.core.sources import Status

_DATA = Path(__file__).parent.parent / "data" / "layouts"
_COLOR = re.compile(r"[0-9A-F]{6}")
_ALIGN = ("left", "center", "right", "both")
_SIZES_PT = (5, 100)
_MARGIN_MM = (5, 100)


@dataclass(frozen=True, slots=True)
class Page:
    """A page in millimetres: size, margins, and how far the page number is from the lower edge.

    ``line_chars`` is how many signs of the body fill a line; 0 leaves it to their size.
    """

    width_mm: float
    height_mm: float
    top_mm: float
    bottom_mm: float
    left_mm: float
    right_mm: float
    footer_mm: float
    line_chars: int = 0

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
        title=_text(raw, "title", file),
        page=_page(raw["page"], f"{file}:page"),
        styles={key: _style(each, f"{file}:styles/{key}") for key, each in raw["styles"].items()},
        fallbacks={str(name): str(other) for name, other in raw["fallbacks"].items()},
        theme_font=str(raw["theme_font"]),
        words={str(key): str(each) for key, each in raw["words"].items()},
        rules={key: _rule(each, f"{file}:rules/{key}") for key, each in raw["rules"].items()},
        columns=_columns(raw.get("columns", ()), f"{file}:columns"),
        source=_text(raw, "source", file),
        status=_status(raw["status"], f"{file}:status"),
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


def layout_text(kind: Kind) -> str:
    """Give the layout that comes with Wufei as one whole file, for a district to change."""
    return yaml.safe_dump(_merged(kind.value), allow_unicode=True, sort_keys=False, width=100)


def layout_findings(kind: Kind, text: str, file: str) -> tuple[Finding, ...]:
    """Give everything that is wrong with a district's own layout, each with its line.

    Notes
    -----
    A value that cannot be used is taken out and the rest is read again, so that one mistake hides
    no other. Anchors and aliases of YAML are refused: they may make a small file huge.
    """
    try:
        tokens = list(yaml.scan(text, Loader=yaml.SafeLoader))
        node = yaml.compose(text, Loader=yaml.SafeLoader) if not any(map(_is_alias, tokens)) else None
        found = yaml.safe_load(text) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        return (_finding(file, line, _wrong(file, str(error).splitlines()[0], "YAML 格式", "a YAML file")),)
    if node is None and tokens and any(map(_is_alias, tokens)):
        line = next(each.start_mark.line for each in tokens if _is_alias(each)) + 1
        return (_finding(file, line, _wrong(file, "&*", "不用 & 和 * 引用", "no anchors and aliases")),)
    if not isinstance(found, dict):
        return (_finding(file, 1, _wrong(file, type(found).__name__, "键与值", "keys and values")),)
    return tuple(_mistakes(kind, found, file, _lines_of(node)))


def _mistakes(kind: Kind, found: dict[str, Any], file: str, lines: Mapping[str, int]) -> Iterator[Finding]:
    like = str(found.pop("like", kind.value))
    try:
        below = _merged(like)
    except InputError as error:
        yield _finding(file, lines.get("like", 1), error)
        below = _merged(kind.value)
    for _ in range(_MISTAKES_MAX):
        try:
            parse_layout(_laid_over(below, found), file, kind)
        except InputError as error:
            place = error.field.partition(":")[2]
            yield _finding(file, _line_at(lines, place), error)
            if not _taken_out(found, place.split("/")):
                return
        else:
            return


_MISTAKES_MAX = 50


def _is_alias(token: yaml.Token) -> bool:
    return isinstance(token, yaml.AliasToken | yaml.AnchorToken)


def _lines_of(node: yaml.Node | None, place: str = "") -> dict[str, int]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    lines = {}
    for key, value in node.value:
        here = f"{place}/{key.value}" if place else str(key.value)
        lines[here] = key.start_mark.line + 1
        lines |= _lines_of(value, here)
    return lines


def _line_at(lines: Mapping[str, int], place: str) -> int:
    """Give the line of a place, or of what holds it."""
    while place and place not in lines:
        place = place.rpartition("/")[0]
    return lines.get(place, 1)


def _taken_out(found: dict[str, Any], keys: list[str]) -> bool:
    """Take the value at a place out, or what holds it; say whether there was any."""
    holder: Any = found
    for number, key in enumerate(keys):
        if not isinstance(holder, dict) or key not in holder:
            return False
        last = number == len(keys) - 1
        if last or not isinstance(holder[key], dict) or keys[number + 1] not in holder[key]:
            del holder[key]
            return True
        holder = holder[key]
    return False


def _finding(file: str, line: int, error: InputError) -> Finding:
    return Finding(error.code, Severity.ERROR, f"{file}:{line}", error.message, value=str(error.value))


def _columns(raw: Any, place: str) -> tuple[Column, ...]:
    if not isinstance(raw, list | tuple):
        raise _wrong(place, raw, "列的清单", "a list of columns")
    columns = []
    for each in raw:
        width = each.get("width") if isinstance(each, dict) else None
        if (
            isinstance(width, bool)
            or not isinstance(width, int | float)
            or not str(each.get("title", "")).strip()
        ):
            raise _wrong(place, each, "每列须有 title（列名）和 width（宽度）", "each with title and width")
        columns.append(Column(str(each["title"]), float(width)))
    return tuple(columns)


def _text(raw: Mapping[str, Any], key: str, file: str) -> Text:
    value = raw.get(key)
    if not isinstance(value, str) and not (isinstance(value, dict) and isinstance(value.get("zh"), str)):
        raise _wrong(f"{file}:{key}", value, "文字，或 {zh: …, en: …}", "words, or {zh: …, en: …}")
    return Text.parse(value)


def _status(value: Any, place: str) -> Status:
    if value not in {each.value for each in Status}:
        raise _wrong(place, value, "、".join(each.value for each in Status), ", ".join(Status))
    return Status(value)


def _page(raw: Mapping[str, Any], place: str) -> Page:
    margins = {
        key: _number(raw, key, place, _MARGIN_MM)
        for key in ("top_mm", "bottom_mm", "left_mm", "right_mm", "footer_mm")
    }
    width, height = _number(raw, "width_mm", place, (50, 900)), _number(raw, "height_mm", place, (50, 1200))
    return Page(width, height, **margins, line_chars=int(_number(raw, "line_chars", place, (0, 60), 0)))


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
