"""The writing door of the documents."""

from wufei.actions.reports.services.asking import CONFIRM_DAYS, ask_departments
from wufei.actions.reports.services.attaching import attach
from wufei.actions.reports.services.countersigning import countersign
from wufei.actions.reports.services.drafting import (
    create,
    draft_briefing,
    draft_progress,
    edit,
    redraft,
    write,
)
from wufei.actions.reports.services.layouts import LAYOUT_MAX_BYTES, drop_layout, keep_layout
from wufei.actions.reports.services.moving import (
    NOBODY,
    SIGNED,
    Signers,
    answer_figure,
    move,
    statement_of,
    subject_of,
)

__all__ = [
    "CONFIRM_DAYS",
    "LAYOUT_MAX_BYTES",
    "NOBODY",
    "SIGNED",
    "Signers",
    "answer_figure",
    "ask_departments",
    "attach",
    "countersign",
    "create",
    "draft_briefing",
    "draft_progress",
    "drop_layout",
    "edit",
    "keep_layout",
    "move",
    "redraft",
    "statement_of",
    "subject_of",
    "write",
]
