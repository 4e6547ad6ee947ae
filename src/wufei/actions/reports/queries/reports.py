"""Reads of documents: by list, and one with what was said and done."""

from __future__ import annotations

import json
from uuid import UUID

from wufei.actions.reports.core.content import from_json
from wufei.actions.reports.core.document import Document, Kind
from wufei.actions.reports.core.rows import AnswerRow, MoveRow, Opened, ReportRow
from wufei.actions.reports.core.states import Act, State
from wufei.actions.reports.models import Answer, Move, Report
from wufei.kernel.errors import NotFoundError
from wufei.kernel.period import Period
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.files.queries import files_of

LISTED_MAX = 200


def reports(scope: Scope, *, region_id: int | None = None, kind: Kind | None = None) -> list[ReportRow]:
    """Give the documents within the scope, of a region or all, the newest first; at most `LISTED_MAX`."""
    require(scope, "report.read")
    with session(scope):
        found = Report.objects.order_by("-drafted_at")
        if region_id is not None:
            found = found.filter(region_id=region_id)
        if kind is not None:
            found = found.filter(kind=kind.value)
        return [row_of(report) for report in found[:LISTED_MAX]]


def open_report(scope: Scope, report_id: UUID) -> Opened:
    """Give one document with its content, steps and answers.

    Raises
    ------
    NotFoundError
        There is none, or none that this person may see.
    """
    require(scope, "report.read")
    with session(scope):
        report = Report.objects.filter(id=report_id).first()
        if report is None:
            raise NotFoundError("report", report_id)
        moves = Move.objects.filter(report=report).order_by("at", "id")
        answers = Answer.objects.filter(report=report).order_by("at", "id")
        scans = files_of(scope, [report.scan_id]) if report.scan_id else {}
        return Opened(
            row=row_of(report),
            document=document_in(report),
            moves=tuple(move_of(move) for move in moves),
            answers=tuple(answer_of(answer) for answer in answers),
            scan=scans.get(report.scan_id) if report.scan_id else None,
        )


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
