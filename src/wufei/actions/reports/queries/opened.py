"""One document with everything said and done about it."""

from __future__ import annotations

from uuid import UUID

from wufei.actions.reports.core.rows import Opened
from wufei.actions.reports.models import Answer, Move, Report
from wufei.actions.reports.queries.asking import asks_of, countersigners_of
from wufei.actions.reports.queries.reports import answer_of, document_in, move_of, row_of
from wufei.kernel.errors import NotFoundError
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.files.queries import files_of


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
        document = document_in(report)
        said = tuple(answer_of(answer) for answer in answers)
        return Opened(
            row=row_of(report),
            document=document,
            moves=tuple(move_of(move) for move in moves),
            answers=said,
            scan=scans.get(report.scan_id) if report.scan_id else None,
            asks=asks_of(report, document, said),
            countersigners=countersigners_of(report),
        )
