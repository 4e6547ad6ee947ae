"""Writes of the room: drafts, entries, their amendments, and workbooks of them."""

from wufei.runtime.forms.services.entering import (
    Outcome,
    Place,
    amend,
    enter,
    finish,
    place_of,
    save_draft,
)
from wufei.runtime.forms.services.judging import judge
from wufei.runtime.forms.services.workbooks import RowReport, SheetReport, import_workbook

__all__ = [
    "Outcome",
    "Place",
    "RowReport",
    "SheetReport",
    "amend",
    "enter",
    "finish",
    "import_workbook",
    "judge",
    "place_of",
    "save_draft",
]
