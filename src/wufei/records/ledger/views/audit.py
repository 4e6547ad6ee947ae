"""台账核验: is the ledger sound, what did the last checks find, which heads were signed."""

from __future__ import annotations

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.findings import Severity
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.heads import heads_text
from wufei.records.ledger.queries.nightly import LAG_MAX, SEALING_FIX
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.pages.core.keysets import next_address
from wufei.runtime.pages.queries import default_region
from wufei.runtime.pages.responses import file_response

ROWS = 20
FINDINGS_SHOWN = 100
EXPORTED_HEADS_MAX = 1000


@require_GET
def audit_page(request: ScopedRequest) -> HttpResponse:
    """Show the last nightly run, how far sealing is behind, and the signed heads."""
    require(request.scope, "audit.read")
    heads = queries.heads(request.scope, limit=ROWS + 1, below=page_number(request))
    lag = queries.sealing_lag(request.scope)
    last = queries.last_checks(request.scope)
    counts = Counter(one.finding.severity for one in last.found) if last else Counter()
    following = heads[ROWS - 1].size if len(heads) > ROWS else None
    context = {
        "region": default_region(request),
        "run": last.run if last else None,
        "counts": [(severity, counts[severity]) for severity in Severity if counts[severity]],
        "found": last.found[:FINDINGS_SHOWN] if last else (),
        "found_total": len(last.found) if last else 0,
        "elsewhere": last.run.findings - len(last.found) if last else 0,
        "lag": lag,
        "lagging": lag.since is not None and now() - lag.since > LAG_MAX,
        "lag_fix": SEALING_FIX,
        "head": next(iter(queries.heads(request.scope, limit=1)), None),
        "heads": heads[:ROWS],
        "next_rows": next_address(request.path, dict(request.GET.lists()), following) if following else "",
        "exported_max": EXPORTED_HEADS_MAX,
    }
    return render(request, "ledger/audit.html", context)


@require_GET
def heads_file(request: ScopedRequest) -> HttpResponse:
    """Give the latest heads as the file that `wufei ledger heads --check` reads."""
    require(request.scope, "audit.read")
    heads = queries.heads(request.scope, limit=EXPORTED_HEADS_MAX)
    if not heads:
        hint = Text(
            "还没有封存过流水：确认 wufei work 正在运行，或执行 wufei ledger seal。",
            "Nothing is sealed yet: see that wufei work is running, or run wufei ledger seal.",
        )
        raise NotFoundError("head", "heads", hint)
    return file_response(heads_text(heads), f"wufei-heads-{today_on()}.json", "application/json")


def page_number(request: ScopedRequest) -> int | None:
    """Read the number after which a page of a list goes on.

    Raises
    ------
    InputError
        It is none.
    """
    after = request.GET.get("after", "")
    if not after:
        return None
    if not after.isdecimal() or len(after) > 18:
        words = Text(
            f"翻页标记“{after}”无效，请从第一页重新打开。",
            f"Page key “{after}” is not valid; open the first page again.",
        )
        raise InputError("ledger.page-key", "after", after, words)
    return int(after)
