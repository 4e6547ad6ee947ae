"""The office publishes a case for the region, or takes it down with its reason; nothing is removed."""

from __future__ import annotations

from django.urls import reverse

from wufei.actions.cases.core.case import CaseState
from wufei.actions.cases.models import Case
from wufei.actions.cases.services.owning import RUN, keep_event, tell
from wufei.kernel.errors import ConflictError, NotFoundError
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import now


def publish_case(scope: Scope, *, case_id: int) -> None:
    """Publish a case that passed its review, and tell its author.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    ConflictError
        ``case.not-passed``: it did not pass yet, or is published already.
    """
    require(scope, RUN)
    with session(scope):
        row = _locked(scope, case_id)
        if row.state != CaseState.PASSED:
            raise ConflictError("case.not-passed", _NOT_PASSED)
        row.state, row.published_at = CaseState.PUBLISHED.value, now()
        row.save(update_fields=["state", "published_at"])
        keep_event(scope, row, Text("发布到案例库", "Published in the library"))
        text = Text(f"您的案例“{row.title}”已发布", f"Your case “{row.title}” was published")
        link = reverse("cases:case", args=[row.id])
        tell(text, link, f"case.published:{row.id}", user_ids=[row.author_id])


def retire_case(scope: Scope, *, case_id: int, note: str) -> None:
    """Take a published case down; who may see it sees why.

    Raises
    ------
    ConflictError
        ``case.not-published``: it is not in the library.
    """
    plain = remark("note", note, 300)
    require(scope, RUN)
    with session(scope):
        row = _locked(scope, case_id)
        if row.state != CaseState.PUBLISHED:
            raise ConflictError("case.not-published", _NOT_PUBLISHED)
        row.state = CaseState.RETIRED.value
        row.save(update_fields=["state"])
        keep_event(scope, row, Text(f"撤下：{plain}", f"Taken down: {plain}"))
        text = Text(f"案例“{row.title}”已撤下：{plain}", f"The case “{row.title}” was taken down: {plain}")
        link = reverse("cases:case", args=[row.id])
        tell(text, link, f"case.retired:{row.id}", user_ids=[row.author_id])


def _locked(scope: Scope, case_id: int) -> Case:
    row = Case.objects.select_for_update(of=("self",)).filter(id=case_id).first()
    if row is None:
        raise NotFoundError("case", case_id)
    require(scope, RUN, region_id=row.region_id)
    return row


_NOT_PASSED = Text(
    "只有审核通过、还没有发布的案例可以发布。",
    "Only a case that passed and is not published yet is published.",
)
_NOT_PUBLISHED = Text("案例不在案例库中。", "The case is not in the library.")
