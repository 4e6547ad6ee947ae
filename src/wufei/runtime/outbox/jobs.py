"""What a check-up looks at here: events set aside, and cursors that stand still."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.jobs.core import Watched
from wufei.runtime.outbox.queries import count_parked, cursors


def watch_outbox() -> Watched:
    """Say whether every sealed event was handled that could be."""
    scope = Scope.operator()
    many = count_parked(scope)
    stopped = [row.consumer for row in cursors(scope) if row.stopped is not None]
    names = ", ".join(stopped)
    return Watched(
        part="outbox",
        title=Text("事件处理", "Outbox"),
        alarm=bool(many or stopped),
        found=Text(
            f"搁置 {many} 件" + (f"，停住：{names}" if stopped else ""),
            f"{many} events parked" + (f", stopped: {names}" if stopped else ""),
        ),
        fix=Text(
            "用 wufei outbox list 查看原因，排除后执行 wufei outbox retry。",
            "See why with wufei outbox list; mend it, then run wufei outbox retry.",
        ),
    )


WATCHES = (watch_outbox,)
