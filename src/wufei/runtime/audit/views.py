"""操作日志: who did what; and what a firm's agents did for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.audit import queries
from wufei.runtime.audit.core import KEPT_DAYS, Kind
from wufei.runtime.audit.queries import EventRow, Filter
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.identity.core.kinds import Role
from wufei.runtime.identity.queries import (
    find_party,
    find_user,
    names_of_users,
    parties_by_id,
    regions_by_id,
    regions_under,
)
from wufei.runtime.pages.core.keysets import next_address
from wufei.runtime.pages.core.tables import Cell, Column, table_workbook
from wufei.runtime.pages.queries import visible_regions
from wufei.runtime.pages.responses import workbook_response

ROWS = 50
EXPORTED_MAX = 10_000
OUTCOMES = {
    "ok": Text("成功", "Done"),
    "refused": Text("被拒绝", "Refused"),
    "failed": Text("未成功", "Failed"),
}
COLUMNS = (
    Column("at", Text("时间", "Time")),
    Column("who", Text("人员", "Person")),
    Column("role", Text("身份", "Role")),
    Column("action", Text("操作", "Action")),
    Column("object", Text("对象", "Object")),
    Column("region", Text("区域", "Region")),
    Column("party", Text("单位", "Firm")),
    Column("outcome", Text("结果", "Outcome")),
    Column("address", Text("网络地址", "Network address")),
)


@require_GET
def log_page(request: ScopedRequest) -> HttpResponse:
    """Show the log of the regions in reach, or give it as a sheet."""
    require(request.scope, "audit.read")
    problem = ""
    try:
        wanted, below = _filter(request), _number(request.GET.get("after", ""))
    except (InputError, NotFoundError) as error:
        wanted, below, problem = Filter(), None, error.message.in_language(request.scope.language)
    if request.GET.get("format") == "xlsx":
        return _sheet(request, queries.events(request.scope, wanted, limit=EXPORTED_MAX))
    rows = queries.events(request.scope, wanted, limit=ROWS + 1, below=below)
    context = _context(request, rows) | {
        "problem": problem,
        "kinds": list(Kind),
        "regions": visible_regions(request.scope),
        "typed": request.GET,
        "kept_days": KEPT_DAYS,
    }
    return render(request, "audit/log.html", context, status=422 if problem else 200)


@require_GET
def doings_page(request: ScopedRequest) -> HttpResponse:
    """Show a firm what its agents did; an office names the firm in the address."""
    require(request.scope, "mandate.grant")
    own = next(iter(request.scope.party_ids), None)
    key = request.GET.get("party", "").strip()
    if own is None and key:
        party = find_party(key)
        require(request.scope, "mandate.grant", region_id=party.region_id, party_id=party.id)
        own = party.id
    below = _number(request.GET.get("after", ""))
    rows = (
        queries.doings_of_agents(request.scope, own, limit=ROWS + 1, below=below) if own is not None else []
    )
    owner = parties_by_id([own])[own] if own is not None else None
    return render(
        request, "audit/doings.html", _context(request, rows) | {"owner": owner, "typed": request.GET}
    )


def _context(request: ScopedRequest, rows: Sequence[EventRow]) -> dict[str, object]:
    following = rows[ROWS - 1].id if len(rows) > ROWS else None
    return {
        "rows": _named(rows[:ROWS]),
        "next_rows": next_address(request.path, dict(request.GET.lists()), following) if following else "",
    }


def _named(rows: Sequence[EventRow]) -> list[dict[str, object]]:
    """Put names beside the numbers, with one question for each kind of name."""
    people = names_of_users({row.event.user_id for row in rows if row.event.user_id is not None})
    regions = regions_by_id({row.event.region_id for row in rows if row.event.region_id is not None})
    parties = parties_by_id({row.event.party_id for row in rows if row.event.party_id is not None})
    return [
        {
            "event": row.event,
            "who": people.get(row.event.user_id or 0, "—"),
            "role": Role(row.event.role).label if row.event.role else None,
            "action": Kind(row.event.action).label
            if row.event.action in set(Kind)
            else Text(row.event.action),
            "region": regions[row.event.region_id].name if row.event.region_id in regions else None,
            "party": parties[row.event.party_id].name if row.event.party_id in parties else None,
            "outcome": OUTCOMES[row.event.outcome],
        }
        for row in rows
    ]


def _sheet(request: ScopedRequest, rows: Sequence[EventRow]) -> HttpResponse:
    language = request.scope.language
    title = Text("操作日志", "Audit log").in_language(language)
    cells = [_cells(row, language) for row in _named(rows)]
    return workbook_response(table_workbook(title, [], COLUMNS, cells, language), title)


def _cells(row: dict[str, object], language: str) -> list[Cell]:
    event = row["event"]
    words = [row[name] for name in ("who", "role", "action", "region", "party", "outcome")]
    who, role, action, region, party, outcome = (
        word.in_language(language) if isinstance(word, Text) else str(word or "") for word in words
    )
    at = event.at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M:%S")  # type: ignore[attr-defined]
    thing = f"{event.object_kind} {event.object_id}".strip()  # type: ignore[attr-defined]
    return [at, who, role, action, thing, region, party, outcome, event.address]  # type: ignore[attr-defined]


def _filter(request: ScopedRequest) -> Filter:
    typed = {name: request.GET.get(name, "").strip() for name in ("person", "action", "day", "region")}
    chosen = [region for region in visible_regions(request.scope) if region.key == typed["region"]]
    if typed["region"] and not chosen:
        raise NotFoundError("region", typed["region"])
    return Filter(
        user_id=find_user(typed["person"]).id if typed["person"] else None,
        action=typed["action"] or None,
        day=_day(typed["day"]) if typed["day"] else None,
        region_ids=regions_under(chosen[0].id) if chosen else None,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        words = Text(
            f"“{text}”不是日期。请按 2026-12-31 填写。", f"“{text}” is no date. Write it as 2026-12-31."
        )
        raise InputError("audit.day", "day", text, words) from error


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        words = Text(
            f"翻页标记“{text}”无效，请从第一页重新打开。", f"“{text}” is no page. Open the first one again."
        )
        raise InputError("audit.page-key", "after", text, words)
    return int(text)
