"""Take a district's own layout of a kind, or go back to the one that comes with Wufei."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from wufei.actions.reports.core.document import Kind
from wufei.actions.reports.core.layouts import layout_findings
from wufei.actions.reports.queries.files import own_layout_file
from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import regions_by_id

LAYOUT_MAX_BYTES = 200_000


def keep_layout(
    scope: Scope, *, kind: Kind, region_id: int, content: bytes, now: datetime
) -> tuple[Finding, ...]:
    """Keep a district's own layout if nothing is wrong with it, and give what is; the earlier file stays.

    Raises
    ------
    AccessError
        Not allowed to this person, or not in this region.
    NotFoundError
        There is no such region.
    """
    file = _own(scope, kind, region_id)
    findings = _findings(kind, content)
    if any(each.severity is Severity.ERROR for each in findings):
        return findings
    file.parent.mkdir(parents=True, exist_ok=True)
    _set_aside(file, now)
    fresh = file.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(file)
    return findings


def drop_layout(scope: Scope, *, kind: Kind, region_id: int, now: datetime) -> None:
    """Go back to the layout of the installation or of Wufei; the district's own is kept under another name.

    Raises
    ------
    AccessError, NotFoundError
        As `keep_layout`.
    InputError
        ``report.layout-none``: the district has none of its own.
    """
    file = _own(scope, kind, region_id)
    if not file.is_file():
        raise InputError("report.layout-none", "kind", kind.value, _NONE)
    _set_aside(file, now)


def _own(scope: Scope, kind: Kind, region_id: int) -> Path:
    require(scope, "report.write", region_id=region_id)
    region = regions_by_id([region_id]).get(region_id)
    if region is None:
        raise NotFoundError("region", region_id)
    return own_layout_file(kind, region.key)


def _set_aside(file: Path, now: datetime) -> None:
    if file.is_file():
        file.replace(file.with_name(f"{file.stem}.{now:%Y%m%dT%H%M%S%f}.replaced"))


def _findings(kind: Kind, content: bytes) -> tuple[Finding, ...]:
    name = f"{kind.value}.yaml"
    if len(content) > LAYOUT_MAX_BYTES:
        size = f"{len(content)} B"
        return (Finding("report.layout-size", Severity.ERROR, name, _SIZE, value=size),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return (
            Finding("report.layout-text", Severity.ERROR, f"{name}:{line}", _TEXT, value=str(error.start)),
        )
    return layout_findings(kind, text, name)


_NONE = Text(
    "本区没有自己的版式，已在用软件自带的。", "The district has no layout of its own; ours is in force."
)
_SIZE = Text(
    f"版式文件不超过 {LAYOUT_MAX_BYTES // 1000} kB。请确认选对了文件。",
    f"A layout has at most {LAYOUT_MAX_BYTES // 1000} kB. Check that it is the right file.",
)
_TEXT = Text(
    "文件不是 UTF-8 文本。请另存为 UTF-8 编码的 YAML。",
    "The file is no UTF-8 text. Save it as YAML in UTF-8.",
)
