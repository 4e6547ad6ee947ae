"""What the ledger does by itself: sealing, lots, nightly checks, partitions; and what a check-up looks at."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.records.ledger.queries.nightly import LAG_MAX, SEALING_FIX
from wufei.records.ledger.queries.sealed import latest_sealed, sealed_at
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
from wufei.runtime.outbox.core import NOTHING_YET
from wufei.runtime.outbox.queries import cursors
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


def watch_lots() -> Watched:
    """Say how far the lots are behind the sealed transfers."""
    scope = Scope.operator()
    handled = next((row.sequence for row in cursors(scope) if row.consumer == LOTS.name), NOTHING_YET)
    last, waiting = latest_sealed(scope), sealed_at(scope, handled + 1)
    behind = last.sequence - handled if last else 0
    return Watched(
        part="lots",
        title=Text("库龄", "Ages of stocks"),
        alarm=waiting is not None and now() - waiting.at > LAG_MAX,
        found=Text(f"落后 {behind} 条已封存的流水", f"{behind} sealed transfers behind"),
        fix=Text(
            "用 wufei outbox list 查看是否停住，并确认 wufei work 正在运行。",
            "See with wufei outbox list whether it has stopped, and that wufei work is running.",
        ),
    )


CONSUMERS = (LOTS,)
JOBS = (
    Job("ledger-sealing", EVERY_S, seal_once),
    job_of(LOTS, every_s=EVERY_S),
    Job("ledger-nightly", 300, check_when_due),
    Job("ledger-partitions", 6 * 3600, make_partitions),
)
WATCHES = (watch_sealing, watch_lots)
