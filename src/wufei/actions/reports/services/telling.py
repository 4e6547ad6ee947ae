"""Tell whoever is next that a document waits: those who pass it, or its author."""

from __future__ import annotations

from django.urls import reverse

from wufei.actions.reports.core.states import Act, State
from wufei.actions.reports.models import Report
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

_REASON_SHOWN = 120
"""Of a reason in a notice; all of it stands on the page."""

PASSING, BACK = "report.passing", "report.back"
"""The topics."""


def tell_moved(report: Report, act: Act, reason: str) -> None:
    """Tell the leaders what waits to be checked, and the author what was sent back and why."""
    title, key = report.title, f"{report.id}:{report.version}"
    if act is Act.SUBMIT:
        text = Text(f"《{title}》待核稿", f"“{title}” waits to be checked")
        _tell(report, _leaders(report), PASSING, text, f"{PASSING}:{key}")
    elif act is Act.BACK and report.author_id is not None:
        why = reason if len(reason) <= _REASON_SHOWN else f"{reason[: _REASON_SHOWN - 1]}…"
        text = Text(f"《{title}》已退回：{why}", f"“{title}” was sent back: {why}")
        _tell(report, Recipients(user_ids=(report.author_id,)), BACK, text, f"{BACK}:{key}")


def tell_signed(report: Report, *, agreed: bool) -> None:
    """Tell the leaders that all have signed a document, or that a department disagrees."""
    if State(report.state) is not State.COUNTERSIGN:
        return
    said = Text("会签完成，待定稿", "is countersigned and waits to be finished")
    against = Text("会签有不同意见，待处理", "has a department against it")
    word = said if agreed else against
    text = Text(f"《{report.title}》{word.zh}", f"“{report.title}” {word.en}")
    key = f"{PASSING}:{report.id}:{report.version}:{'signed' if agreed else 'against'}"
    _tell(report, _leaders(report), PASSING, text, key)


def _leaders(report: Report) -> Recipients:
    return Recipients(roles=(str(Role.LEADER),), region_id=report.region_id)


def _tell(report: Report, to: Recipients, topic: str, text: Text, key: str) -> None:
    notify(to=to, topic=topic, text=text, link=reverse("reports:report", args=[report.id]), key=key)
