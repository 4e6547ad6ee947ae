"""Which assessment, who may act in it, and what is kept and told of every act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from wufei.actions.assessment import models
from wufei.actions.assessment.core.scheme import Scheme
from wufei.actions.assessment.models import Assessment, Event
from wufei.actions.assessment.queries.schemes import scheme_of
from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope, require
from wufei.runtime.files.queries import file_of
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

PUBLISHED, APPEALED, DECIDED = "assess.published", "assess.appealed", "assess.decided"
"""The topics."""

FILES_MAX = 10


def held(scope: Scope, action: str, assessment_id: int) -> models.Assessment:
    """Give an assessment's row, held until the transaction ends.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    AccessError
        The scope may not do this in its region.
    """
    require(scope, action)
    found = Assessment.objects.select_for_update().filter(id=assessment_id).first()
    if found is None:
        raise NotFoundError("assessment", assessment_id)
    require(scope, action, region_id=found.region_id)
    return found


def require_department(scope: Scope, department_id: int) -> None:
    """Let object for a department who works in it; the office that runs the assessment may for any.

    Raises
    ------
    AccessError
        It is another's.
    """
    if not (scope.everything or scope.role is Role.OFFICE or scope.department_id == department_id):
        raise AccessError("assess.appeal", _OTHERS)


def keep_event(scope: Scope, assessment: Assessment, kind: str, text: Text, at: datetime) -> None:
    """Add to the history of an assessment."""
    Event.objects.create(
        assessment=assessment,
        region_id=assessment.region_id,
        kind=kind,
        text_zh=text.zh,
        text_en=text.en,
        at=at,
        user_id=scope.user_id,
    )


def tell_department(department_id: int, topic: str, text: Text, link: str, key: str) -> int:
    """Tell the people of a department, once per key, and give how many were told."""
    to = Recipients(department_ids=(department_id,))
    return notify(to=to, topic=topic, text=text, link=link, key=key)


def tell_office(assessment: Assessment, text: Text, link: str, key: str) -> int:
    """Tell the office that runs the assessment."""
    to = Recipients(roles=(Role.OFFICE.value,), region_id=assessment.region_id)
    return notify(to=to, topic=APPEALED, text=text, link=link, key=key)


def sheet_address(assessment_id: int, department_id: int) -> str:
    """Give the page of a department's sheet."""
    return reverse("assessment:sheet", args=[assessment_id, department_id])


def name_of(assessment: Assessment) -> Text:
    """Give what an assessment is called in a line."""
    title = scheme_in(assessment).title
    return Text(f"{assessment.year}年{title.zh}", f"{title.in_language('en')} {assessment.year}")


def scheme_in(assessment: Assessment) -> Scheme:
    """Give the scheme that an assessment was opened with."""
    return scheme_of(assessment.scheme)


def evidence(scope: Scope, files: Iterable[UUID], *, needed: bool) -> list[UUID]:
    """Give the files that stand as evidence, after each was found in the store.

    Raises
    ------
    NotFoundError
        A file is not this person's to see.
    InputError
        ``assess.evidence``: none where one is needed, or more than `FILES_MAX`.
    """
    found = [file_of(scope, each).id for each in files]
    if (needed and not found) or len(found) > FILES_MAX:
        raise InputError("assess.evidence", "files", len(found), _EVIDENCE)
    return found


_OTHERS = Text(
    "只能为本部门申诉。请切换到该部门的身份，或请该部门办理。",
    "You object for your own department only. Switch roles, or ask that department.",
)
_EVIDENCE = Text(f"请附佐证材料，1 至 {FILES_MAX} 个文件。", f"Attach evidence: 1 to {FILES_MAX} files.")
