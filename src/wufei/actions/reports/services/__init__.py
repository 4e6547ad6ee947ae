"""The writing door of the documents."""

from wufei.actions.reports.services.attaching import attach
from wufei.actions.reports.services.drafting import create, draft_briefing, edit
from wufei.actions.reports.services.moving import answer_figure, move

__all__ = ["answer_figure", "attach", "create", "draft_briefing", "edit", "move"]
