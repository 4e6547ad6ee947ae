"""A document as a file, in the layout of its district."""

from __future__ import annotations

from dataclasses import replace

from wufei.actions.reports.core.document import Document, Kind
from wufei.actions.reports.core.layouts import Layout, load_layout, replaced_layout
from wufei.actions.reports.core.sheets import data_pack
from wufei.actions.reports.core.writing.docx import write_docx
from wufei.actions.reports.core.writing.xlsx import write_xlsx
from wufei.actions.reports.queries.figures import plan_figures
from wufei.kernel.errors import NotFoundError
from wufei.kernel.period import Period
from wufei.runtime.access.core import Scope, require
from wufei.runtime.environment import environment
from wufei.runtime.identity.queries import regions_by_id

FOLDER = "layouts"


def layout_of(kind: Kind, region_id: int) -> Layout:
    """Give the layout of a kind: the region's own, that of the installation, or ours.

    Raises
    ------
    InputError
        ``report.layout``: the file that replaces ours cannot be used; it says where.
    """
    region = regions_by_id([region_id]).get(region_id)
    folder = environment().data_dir / FOLDER
    names = ([folder / region.key] if region is not None else []) + [folder]
    for place in names:
        file = place / f"{kind.value}.yaml"
        if file.is_file():
            return replaced_layout(
                kind, file.read_text(encoding="utf-8"), str(file.relative_to(folder.parent))
            )
    return load_layout(kind)


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
