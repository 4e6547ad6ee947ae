"""What the ledger does by itself: sealing, lots, nightly checks, partitions; and what a check-up looks at."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.records.ledger.queries.nightly import LAG_MAX, SEALING_FIX
from wufei.records.ledger.queries.sealing import sealing_lag
from wufei.records.ledger.services.keys import ensure_key, public_key
from wufei.records.ledger.services.lots import LOTS
from wufei.records.ledger.services.nightly import check_nightly, nightly_is_due
from wufei.records.ledger.services.partitions import prepare_months
from wufei.records.ledger.services.sealing import seal
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.environment import environment
from wufei.runtime.jobs.core import Job, Watched
from wufei.runtime.outbox.services import job_of

EVERY_S = 2.0


def seal_once() -> bool:
    """Seal one batch; say whether more is waiting."""
    return seal(ensure_key(environment().data_dir), now=now()).more


def check_when_due() -> bool:
    """Run the nightly checks once a day, after two o'clock in the morning or when the work is started."""
    at = now()
    if nightly_is_due(now=at):
        key = public_key(environment().data_dir)
        check_nightly(Scope.operator(), now=at, keys=(key,) if key else ())
    return False


def make_partitions() -> bool:
    """Make the partitions of this month and the next."""
    prepare_months(now=now())
    return False


def watch_sealing() -> Watched:
    """Say how long records wait to be sealed."""
    lag = sealing_lag(Scope.operator())
    waited_s = 0.0 if lag.since is None else max(0.0, (now() - lag.since).total_seconds())
    return Watched(
        part="sealing",
        title=Text("封存", "Sealing"),
        alarm=waited_s > LAG_MAX.total_seconds(),
        found=Text(
            f"待封存 {lag.transfers} 笔，最长 {waited_s:.0f} 秒",
            f"{lag.transfers} transfers wait, the oldest for {waited_s:.0f} s",
        ),
        fix=SEALING_FIX,
    )


CONSUMERS = (LOTS,)
JOBS = (
    Job("ledger-sealing", EVERY_S, seal_once),
    job_of(LOTS, every_s=EVERY_S),
    Job("ledger-nightly", 300, check_when_due),
    Job("ledger-partitions", 6 * 3600, make_partitions),
)
WATCHES = (watch_sealing,)
