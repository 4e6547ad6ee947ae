"""A document as a file, in the layout of its district."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from wufei.actions.reports.core.document import Document, Kind
from wufei.actions.reports.core.layouts import (
    Layout,
    layout_findings,
    layout_text,
    load_layout,
    replaced_layout,
)
from wufei.actions.reports.core.sheets import data_pack
from wufei.actions.reports.core.writing.docx import write_docx
from wufei.actions.reports.core.writing.xlsx import write_xlsx
from wufei.actions.reports.queries.figures import plan_figures
from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.findings import Finding
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.catalogue.core.sources import Status
from wufei.runtime.access.core import Scope, require
from wufei.runtime.environment import environment
from wufei.runtime.identity.queries import regions_by_id

FOLDER = "layouts"


NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """The layout in force for a kind.

    Attributes
    ----------
    file : str
        Within the data directory; empty for the one that comes with Wufei.
    own : bool
        Whether the file is the region's own.
    findings : tuple of Finding
        Why the file cannot be used; documents of the kind are not written until it is mended.
    """

    kind: Kind
    file: str
    own: bool
    source: Text = NOTHING
    status: Status | None = None
    findings: tuple[Finding, ...] = ()


def layout_of(kind: Kind, region_id: int) -> Layout:
    """Give the layout of a kind: the region's own, that of the installation, or ours.

    Raises
    ------
    InputError
        ``report.layout``: the file that replaces ours cannot be used; it says where.
    """
    file = layout_file(kind, region_id)
    if file is None:
        return load_layout(kind)
    return replaced_layout(kind, file.read_text(encoding="utf-8"), _short(file))


def layout_file(kind: Kind, region_id: int) -> Path | None:
    """Give the file that replaces our layout: the region's own, or that of the installation."""
    region = regions_by_id([region_id]).get(region_id)
    places = [own_layout_file(kind, region.key)] if region is not None else []
    places.append(environment().data_dir / FOLDER / f"{kind.value}.yaml")
    return next((file for file in places if file.is_file()), None)


def own_layout_file(kind: Kind, region_key: str) -> Path:
    """Give where a region's own layout lies, or would."""
    return environment().data_dir / FOLDER / region_key / f"{kind.value}.yaml"


def layouts_of(scope: Scope, region_id: int) -> list[LayoutRow]:
    """Give the layout in force for every kind, from where it is, and what is wrong with it."""
    require(scope, "report.write", region_id=region_id)
    return [_layout_row(kind, region_id) for kind in Kind]


def layout_words(scope: Scope, kind: Kind, region_id: int) -> str:
    """Give the file of the layout in force: a district's own as it is, ours as a whole."""
    require(scope, "report.write", region_id=region_id)
    file = layout_file(kind, region_id)
    return layout_text(kind) if file is None else file.read_text(encoding="utf-8", errors="replace")


def _layout_row(kind: Kind, region_id: int) -> LayoutRow:
    file = layout_file(kind, region_id)
    if file is None:
        layout = load_layout(kind)
        return LayoutRow(kind, "", own=False, source=layout.source, status=layout.status)
    region = regions_by_id([region_id]).get(region_id)
    own = region is not None and file == own_layout_file(kind, region.key)
    try:
        layout = layout_of(kind, region_id)
    except (InputError, UnicodeDecodeError):
        findings = layout_findings(kind, file.read_text(encoding="utf-8", errors="replace"), _short(file))
        return LayoutRow(kind, _short(file), own=own, findings=findings)
    return LayoutRow(kind, _short(file), own=own, source=layout.source, status=layout.status)


def _short(file: Path) -> str:
    return str(file.relative_to(environment().data_dir))


def bulletin_of(scope: Scope, *, region_id: int, year: int, book: str | None = None) -> tuple[str, bytes]:
    """Write the data pack of a year for the city's bulletin, and give its title.

    Every line of the plan that governs the year is in it, with the sources of its figure.

    Raises
    ------
    AccessError, InputError
        As `plan_figures` and `layout_of`.
    NotFoundError
        There is no such region.
    """
    require(scope, "report.read")
    region = regions_by_id([region_id]).get(region_id)
    if region is None:
        raise NotFoundError("region", region_id)
    figures, _ = plan_figures(scope, region_id=region_id, period=Period.year_of(year), book=book)
    layout = layout_of(Kind.BULLETIN, region_id)
    title = f"{region.name.zh}{year}年固体废物污染环境防治信息公告数据"
    as_of = max((each.as_of for each in figures), default="")
    sheet = data_pack(title, region.name.zh, as_of, figures, layout)
    return title, write_xlsx(replace(sheet, synthetic=region.synthetic), layout)


def docx_of(document: Document, region_id: int) -> bytes:
    """Write a document as DOCX in its region's layout; errors as `layout_of` and `write_docx`."""
    return write_docx(document, layout_of(document.head.kind, region_id))
