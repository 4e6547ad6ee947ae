"""Attach what comes from the office system afterwards: the number, and the signed scan."""

from __future__ import annotations

from uuid import UUID

from wufei.actions.reports.core.classified import refuse_classified, refuse_file_name
from wufei.actions.reports.core.rows import ReportRow
from wufei.actions.reports.core.states import State
from wufei.actions.reports.models import locked_report
from wufei.actions.reports.queries.reports import row_of
from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.files.core.media import ANY
from wufei.runtime.files.services import keep

NUMBER_MAX = 60


def attach(
    scope: Scope, *, report_id: UUID, number: str, scan: bytes | None = None, name: str = ""
) -> ReportRow:
    """Give a final document its number, and the scan of the signed paper.

    Raises
    ------
    AccessError
        Not allowed to this person, or not in this region.
    ConflictError
        ``report.not-final``: number and scan come after 定稿.
    InputError
        ``report.classified``, or what `runtime.files` says of the file.
    """
    require(scope, "report.write")
    if scan is not None:
        refuse_file_name(name)
    refuse_classified((number,), "number")
    with session(scope):
        report = locked_report(report_id)
        require(scope, "report.write", region_id=report.region_id)
        if State(report.state) is not State.FINAL:
            raise ConflictError("report.not-final", _NOT_FINAL)
        report.number = number.strip()[:NUMBER_MAX]
        if scan is not None:
            kept = keep(scope, content=scan, name=name, region_id=report.region_id, party_id=None, accept=ANY)
            report.scan_id = kept.id
        report.save(update_fields=["number", "scan"])
        return row_of(report)


_NOT_FINAL = Text(
    "文号和签章扫描件在定稿之后补录。请先定稿。",
    "Number and signed scan come after the document is final. Finish it first.",
)
