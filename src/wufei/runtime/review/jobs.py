"""What happens by itself: people are told of cases that are overdue or due by tomorrow."""

from __future__ import annotations

from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.jobs.core import Job
from wufei.runtime.review.queries import due_tidings
from wufei.runtime.review.services import tell

EVERY_S = 24 * 3600.0


def tell_due() -> bool:
    """Tell of what is due; a key stands for one case and day, so nobody is told the same twice."""
    scope = Scope.operator()
    with session(scope):
        tell(due_tidings(scope, today_on=today_on()))
    return False


JOBS = (Job("review-due", EVERY_S, tell_due),)
