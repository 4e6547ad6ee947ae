"""Forget what has ended by itself: sessions, whom an unused link was for, how to reach who has left."""

from __future__ import annotations

from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import day_of, now
from wufei.runtime.identity.services import forget_contacts, forget_expired_links, forget_expired_sessions
from wufei.runtime.jobs.core import Job

EVERY_S = 3600.0


def tidy() -> bool:
    """Forget expired sessions and links, and contacts by their rule; nothing more waits afterwards."""
    at = now()
    with session(Scope.operator()):
        forget_expired_sessions(at=at)
        forget_expired_links(at=at)
        forget_contacts(on=day_of(at))
    return False


JOBS = (Job("people.tidy", EVERY_S, tidy),)
