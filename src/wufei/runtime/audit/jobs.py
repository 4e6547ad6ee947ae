"""Once a day the rows go that are older than the rule."""

from __future__ import annotations

from wufei.runtime.audit.services import PRUNED_AT_ONCE, prune
from wufei.runtime.clock import now
from wufei.runtime.jobs.core import Job


def prune_once() -> bool:
    """Remove one batch; say whether more is waiting."""
    return prune(now=now()) == PRUNED_AT_ONCE


JOBS = (Job("audit-prune", 24 * 3600, prune_once),)
