"""Reads of documents: by list, and one with what was said and done."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db.models import Q

from wufei.actions.reports.core.content import from_json
from wufei.actions.reports.core.document import Document, Kind
from wufei.actions.reports.core.rows import AnswerRow, MoveRow, ReportRow
from wufei.actions.reports.core.states import Act, State
from wufei.actions.reports.models import Answer, Move, Report
from wufei.kernel.period import Period
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

LISTED_MAX = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """What is asked of the list; empty means all.

    Attributes
    ----------
    year : int
        Of the period; 0 for any.
    words : str
        Of the title or the number.
    """

    kind: Kind | None = None
    state: State | None = None
    year: int = 0
    words: str = ""


ALL = Listed()


def reports(scope: Scope, *, region_id: int | None = None, asked: Listed = ALL) -> list[ReportRow]:
    """Give the documents within the scope, of a region or all, the newest first; at most `LISTED_MAX`."""
    require(scope, "report.read")
    with session(scope):
        found = Report.objects.order_by("-drafted_at")
        if region_id is not None:
            found = found.filter(region_id=region_id)
        if asked.kind is not None:
            found = found.filter(kind=asked.kind.value)
        if asked.state is not None:
            found = found.filter(state=asked.state.value)
        if asked.year:
            found = found.filter(period__startswith=f"{asked.year:04d}")
        if asked.words:
            found = found.filter(Q(title__icontains=asked.words) | Q(number__icontains=asked.words))
        return [row_of(report) for report in found[:LISTED_MAX]]


def document_in(report: Report) -> Document:
    """Give the document that a row holds."""
    return from_json(json.loads(report.content))


def row_of(report: Report) -> ReportRow:
    """Give a row as the doors do."""
    return ReportRow(
        id=report.id,
        region_id=report.region_id,
        kind=Kind(report.kind),
        period=Period.parse(report.period),
        title=report.title,
        state=State(report.state),
        version=report.version,
        digest=report.digest,
        author_id=report.author_id,
        drafted_at=report.drafted_at,
        changed_at=report.changed_at,
        locked_at=report.locked_at,
        number=report.number,
        scan_id=report.scan_id,
    )


def move_of(move: Move) -> MoveRow:
    """Give a step as the doors do."""
    return MoveRow(Act(move.act), State(move.source), State(move.target), move.reason, move.user_id, move.at)


def answer_of(answer: Answer) -> AnswerRow:
    """Give an answer as the doors do."""
    return AnswerRow(
        answer.figure,
        answer.name,
        answer.corrected,
        answer.old,
        answer.new,
        answer.reason,
        answer.user_id,
        answer.at,
    )
