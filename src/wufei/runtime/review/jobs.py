"""What happens by itself: people are told of cases that are overdue or due by tomorrow."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.jobs.core import Job
from wufei.runtime.notices.core.notices import Topic
from wufei.runtime.review.queries import due_tidings
from wufei.runtime.review.services import tell

EVERY_S = 3600.0

TOPICS = (
    Topic("review.waiting", Text("待我审核", "Waits for my review")),
    Topic("review.returned", Text("退回给我", "Returned to me")),
    Topic("review.passed", Text("审核通过", "Passed")),
    Topic("review.due", Text("即将到期", "Due soon")),
    Topic("review.overdue", Text("已逾期", "Overdue")),
)


def tell_due() -> bool:
    """Tell of what is due; a key stands for one case and day, so nobody is told the same twice."""
    scope = Scope.operator()
    with session(scope):
        tell(due_tidings(scope, today_on=today_on()))
    return False


JOBS = (Job("review-due", EVERY_S, tell_due),)
