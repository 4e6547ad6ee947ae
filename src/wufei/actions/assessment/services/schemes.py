"""A region's own scheme: saved as a new edition if nothing is wrong with it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from wufei.actions.assessment.core.reading import read_scheme
from wufei.actions.assessment.models import Scheme
from wufei.kernel.findings import Finding
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session


def save_scheme(scope: Scope, *, region_id: int, text: str, now: datetime) -> tuple[str, tuple[Finding, ...]]:
    """Save a scheme of a region and give its id; with Findings nothing is saved.

    Assessments that are open keep the text with which they were opened.

    Raises
    ------
    AccessError
        The scope runs no assessment in the region.
    """
    require(scope, "assess.run", region_id=region_id)
    scheme, findings = read_scheme(text)
    if scheme is None:
        return "", findings
    with session(scope):
        own = Scheme.objects.filter(region_id=region_id, key=scheme.id)
        last = own.aggregate(last=Max("edition"))["last"] or 0
        Scheme.objects.create(
            region_id=region_id,
            key=scheme.id,
            edition=last + 1,
            text=text,
            saved_at=now,
            saved_by_id=scope.user_id,
        )
    return scheme.id, findings
