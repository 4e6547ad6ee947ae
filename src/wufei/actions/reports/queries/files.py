"""A document as a file, in the layout of its district."""

from __future__ import annotations

from wufei.actions.reports.core.document import Document, Kind
from wufei.actions.reports.core.layouts import Layout, load_layout, replaced_layout
from wufei.actions.reports.core.writing.docx import write_docx
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


def docx_of(document: Document, region_id: int) -> bytes:
    """Write a document as DOCX in its region's layout; errors as `layout_of` and `write_docx`."""
    return write_docx(document, layout_of(document.head.kind, region_id))
