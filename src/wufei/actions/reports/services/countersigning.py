"""Departments countersign a document in their turn, each with an opinion."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from wufei.actions.reports.core.classified import refuse_classified
from wufei.actions.reports.core.countersigning import (
    Countersigner,
    refuse_opinion,
    refuse_out_of_turn,
    turn,
)
from wufei.actions.reports.core.states import State
from wufei.actions.reports.models import Countersign, Report, locked_report
from wufei.actions.reports.queries.asking import countersigners_of
from wufei.actions.reports.services.asking import COUNTERSIGN, tell_department
from wufei.actions.reports.services.telling import tell_signed
from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

OPINION_MAX = 500


def countersign(
    scope: Scope, *, report_id: UUID, digest: str, agrees: bool, opinion: str, now: datetime
) -> tuple[Countersigner, ...]:
    """Sign a document for one's department, as its reviewer or head does, and give how the signing stands.

    Parameters
    ----------
    digest : str
        Of the content that was shown; another one is refused.

    Raises
    ------
    AccessError
        Not allowed to this person, or not in this region.
    ConflictError
        ``report.countersign-turn``: not asked, or not yet; ``report.changed``: the text is another by now.
    InputError
        ``report.opinion``: disagreement without a reason; ``report.classified``.
    """
    require(scope, "report.countersign")
    refuse_opinion(opinion, agrees=agrees)
    refuse_classified((opinion,), "opinion")
    with session(scope):
        report = locked_report(report_id)
        require(scope, "report.countersign", region_id=report.region_id)
        asked = countersigners_of(report) if State(report.state) is State.COUNTERSIGN else ()
        refuse_out_of_turn(asked, scope.department_id)
        if report.digest != digest:
            raise ConflictError("report.changed", _CHANGED)
        row = Countersign.objects.get(report=report, department=scope.department_id, agrees=None)
        row.agrees, row.opinion, row.digest = agrees, opinion.strip()[:OPINION_MAX], digest
        row.user_id, row.at = scope.user_id or None, now
        row.save(update_fields=["agrees", "opinion", "digest", "user", "at"])
        tell_turn(report)
        signed = countersigners_of(report)
        if not agrees or all(each.agrees for each in signed):
            tell_signed(report, agreed=agrees)
        return signed


def tell_turn(report: Report) -> None:
    """Tell the departments whose turn it is, each once in a round."""
    last = Countersign.objects.filter(report=report).order_by("-round").first()
    if last is None:
        return
    for each in turn(countersigners_of(report)):
        tell_department(
            each.department_id,
            COUNTERSIGN,
            Text(
                f"《{report.title}》请本部门会签",
                f"“{report.title}” waits for your department to countersign",
            ),
            reverse("reports:report", args=[report.id]),
            f"{COUNTERSIGN}:{report.id}:{last.round}:{each.department_id}",
        )


_CHANGED = Text(
    "您查看之后文稿有变动，未予会签。请重新查看后再办理。",
    "The document has changed since you looked, so it was not signed. Look again.",
)
