"""Whose a case is, who is told, and the history that every act is added to."""

from __future__ import annotations

from collections.abc import Iterable

from wufei.actions.cases.models import Case, Event
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

CASES = "case"
"""The topic."""

RUN, WRITE, READ = "task.run", "case.write", "entry.read"
"""Who publishes (the office that runs the programme), who writes, who reads."""


def keep_event(scope: Scope, case: Case, text: Text) -> None:
    """Add to the history of a case."""
    Event.objects.create(case=case, text_zh=text.zh, text_en=text.en, at=now(), user_id=scope.user_id)


def tell_office(region_id: int, text: Text, link: str, key: str) -> int:
    """Tell the office that runs the programme of a region, or of the nearest one above."""
    to = Recipients(roles=("office",), region_id=region_id)
    return notify(to=to, topic=CASES, text=text, link=link, key=key)


def tell(
    text: Text, link: str, key: str, *, user_ids: Iterable[int] = (), department_id: int | None = None
) -> int:
    """Tell some people, or those of a department, once per key."""
    departments = () if department_id is None else (department_id,)
    to = Recipients(user_ids=tuple(user_ids), department_ids=departments)
    return notify(to=to, topic=CASES, text=text, link=link, key=key)
