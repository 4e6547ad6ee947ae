"""Whose a case is, who is told, and the history that every act is added to."""

from __future__ import annotations

from collections.abc import Iterable

from wufei.actions.cases.models import Case, Event
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

CASES = "case"
"""The topic."""

RUN, WRITE, READ = "task.run", "entry.fill", "entry.read"
"""Who publishes (the office that runs the programme), who writes, who reads."""

WORDS_MAX = 4000


def keep_event(scope: Scope, case: Case, text: Text) -> None:
    """Add to the history of a case."""
    Event.objects.create(case=case, text_zh=text.zh, text_en=text.en, at=now(), user_id=scope.user_id)


def tell_office(region_id: int, text: Text, link: str, key: str) -> int:
    """Tell the office that runs the programme of a region, or of the nearest one above."""
    to = Recipients(roles=("office",), region_id=region_id)
    return notify(to=to, topic=CASES, text=text, link=link, key=key)


def tell_people(user_ids: Iterable[int], text: Text, link: str, key: str) -> int:
    """Tell some people, once per key."""
    people = tuple(sorted(user_ids))
    if not people:
        return 0
    return notify(to=Recipients(user_ids=people), topic=CASES, text=text, link=link, key=key)


def plain_words(field: str, text: str, longest: int = WORDS_MAX) -> str:
    """Give what was written without blanks around it.

    Raises
    ------
    InputError
        ``case.words``: nothing, or too much.
    """
    plain = text.replace("\0", "").strip()
    if not plain or len(plain) > longest:
        message = Text(
            f"请填写内容，不超过{longest}字（现有{len(plain)}字）。",
            f"Write something, {longest} characters at most ({len(plain)} now).",
        )
        raise InputError("case.words", field, plain[:40], message)
    return plain
