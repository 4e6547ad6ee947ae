"""关账: the closed periods, the form that closes one, and one closing as published and as revised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wufei.kernel.errors import ConflictError, ExternalError, InputError, NotFoundError
from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.records.catalogue.core.groupings import load_groupings
from wufei.records.ledger import queries, services
from wufei.records.ledger.core.closing import Closing, closable_periods
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.queries import ClosedFlow
from wufei.records.ledger.views.audit import page_number
from wufei.records.ledger.views.closing_sheet import closing_export
from wufei.runtime.access.core import allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.kinds import PARTY_ROLES
from wufei.runtime.identity.queries import (
    RegionRow,
    names_of_users,
    parties_by_id,
    regions_by_id,
)
from wufei.runtime.pages.core.keysets import next_address
from wufei.runtime.pages.queries import default_region, visible_regions

ROWS = 50
AMENDING_ROWS = 200
STANDING_MAX = 10_000
_PRECISIONS = {
    Precision.MONTH: Text("月", "Months"),
    Precision.QUARTER: Text("季度", "Quarters"),
    Precision.YEAR: Text("年", "Years"),
}
_FIELDS = {"region": "region", "party": "region", "period": "period", "book": "book", "grouping": "grouping"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    region: str
    period: str
    book: str
    grouping: str

    @classmethod
    def of(cls, request: ScopedRequest) -> Typed:
        """Read the form; what is not sent is empty."""
        words = {name: request.POST.get(name, "").strip() for name in cls.__slots__}
        return cls(**words)


@require_http_methods(["GET", "POST"])
def closings_page(request: ScopedRequest) -> HttpResponse:
    """List the closings of one's own region or firm; close a period after saying what will happen."""
    queries.require_closer(request.scope)
    if request.method == "POST":
        return _close(request)
    return _list(request, {}, 200)


@require_GET
def closing_page(request: ScopedRequest, closing_id: int) -> HttpResponse:
    """Show one closing: as published, as revised, the difference, and what came in after it."""
    closing = queries.own_closing(request.scope, closing_id)
    flows = queries.closed_flows(request.scope, closing_id)
    names = names_of([closing])
    if request.GET.get("format") == "xlsx":
        return closing_export(closing, flows, names["whom"][closing.id], names["grouping"][closing.id])
    amending = queries.amending_transfers(request.scope, closing_id, limit=AMENDING_ROWS)
    context = {
        "closing": closing,
        "steps": _by_step(flows),
        "changed": [
            (flow, flow.revised_g - flow.published_g)
            for flow in flows
            if (flow.revised_g, flow.revised_rows) != (flow.published_g, flow.published_rows)
        ],
        "amending": amending.rows,
        "amending_cut": AMENDING_ROWS if amending.after else 0,
        "synthetic": names["whom"][closing.id].synthetic,
        **{key: of[closing.id] for key, of in names.items()},
    }
    return render(request, "ledger/closing.html", context)


def _by_step(flows: Iterable[ClosedFlow]) -> list[tuple[str, int, int, list[tuple[ClosedFlow, int]]]]:
    """Give the flows under their steps, in the order of a life of waste, with the sums of each step."""
    found = []
    for step, group in groupby(flows, key=lambda flow: flow.step):
        rows = list(group)
        sums = sum(row.published_g for row in rows), sum(row.revised_g for row in rows)
        found.append((step, *sums, [(row, row.revised_g - row.published_g) for row in rows]))
    return sorted(found, key=lambda part: list(Step).index(Step(part[0])))


def names_of(closings: Iterable[Closing]) -> dict[str, Mapping[int, Any]]:
    """Give for each closing the region or party, the grouping and the officer, in three reads."""
    rows = list(closings)
    regions = regions_by_id({row.region_id for row in rows if row.region_id is not None})
    parties = parties_by_id({row.party_id for row in rows if row.party_id is not None})
    people = names_of_users({row.closed_by for row in rows if row.closed_by is not None})
    return {
        "whom": {row.id: parties.get(row.party_id or 0) or regions[row.region_id or 0] for row in rows},
        "grouping": {row.id: _grouping_name(row.grouping, row.period.start) for row in rows},
        "officer": {row.id: people.get(row.closed_by or 0, "") for row in rows},
    }


def _close(request: ScopedRequest) -> HttpResponse:
    typed = Typed.of(request)
    try:
        terms = _terms(request, typed)
        services.check_closing(request.scope, **terms, now=now())
        if request.POST.get("confirm") != "yes":
            return _confirm(request, typed, terms)
        closing = services.close_period(request.scope, **terms, now=now())
    except InputError as error:
        return _list(request, {_FIELDS.get(error.field, "form"): error.message}, 422)
    except NotFoundError as error:
        return _list(request, {"region": error.message}, 422)
    except ConflictError as error:
        if error.code == "ledger.closed-already":
            return _to_closing(_standing(request, terms))
        return _list(request, {"form": error.message}, 409)
    except ExternalError as error:
        return _list(request, {"form": error.message}, 503)
    return _to_closing(closing)


def _terms(request: ScopedRequest, typed: Typed) -> dict[str, Any]:
    """Read the form into what the service asks for; a producer closes for itself."""
    period = Period.parse(typed.period)
    whom: dict[str, int | None] = {"party_id": next(iter(request.scope.party_ids), None)}
    if request.scope.role not in PARTY_ROLES:
        named = {region.key: region.id for region in visible_regions(request.scope)}
        if typed.region not in named:
            raise NotFoundError("region", typed.region)
        whom = {"region_id": named[typed.region]}
    return {"book": typed.book, "period": period, "grouping": typed.grouping, **whom}


def _standing(request: ScopedRequest, terms: dict[str, Any]) -> Closing:
    """Find the closing that stands already: the same form sent twice closes once."""
    whom = {name: terms[name] for name in ("region_id", "party_id") if name in terms}
    same = queries.closings(request.scope, book=terms["book"], **whom, limit=STANDING_MAX)
    return next(
        each for each in same if each.period == terms["period"] and each.grouping == terms["grouping"]
    )


def _confirm(request: ScopedRequest, typed: Typed, terms: dict[str, Any]) -> HttpResponse:
    region = _own_region(request, typed.region)
    context = {
        "region": region,
        "typed": typed,
        "period": terms["period"],
        "last_on": terms["period"].end - timedelta(days=1),
        "grouping": _grouping_name(typed.grouping, terms["period"].start),
        "whom": request.membership.party if request.membership and "party_id" in terms else region,
        "of_party": "party_id" in terms,
        "lag": queries.sealing_lag(request.scope),
    }
    return render(request, "ledger/closing_confirm.html", context)


def _list(request: ScopedRequest, problems: dict[str, Text], status: int) -> HttpResponse:
    page = queries.closings_within(request.scope, limit=ROWS, below=page_number(request))
    typed = Typed.of(request)
    region = _own_region(request, typed.region or request.GET.get("region", ""))
    books = queries.books(request.scope, region.id)
    today = today_on()
    context = {
        "region": region,
        "regions": [each for each in visible_regions(request.scope) if _closes_for(request, each)],
        "books": books,
        "periods": [
            (_PRECISIONS[precision], periods)
            for precision, periods in closable_periods(
                min((book.first_on for book in books), default=today), today
            ).items()
        ],
        "groups": load_groupings(today).values(),
        "typed": typed,
        "problems": problems,
        "closings": page.rows,
        "next_rows": next_address(request.path, dict(request.GET.lists()), page.after) if page.after else "",
        "may_close": allowed(request.scope, "ledger.close"),
        "may_audit": allowed(request.scope, "audit.read"),
        "of_party": request.scope.role in PARTY_ROLES,
        "names": names_of(page.rows),
    }
    return render(request, "ledger/closings.html", context, status=status)


def _own_region(request: ScopedRequest, key: str) -> RegionRow:
    named = {region.key: region for region in visible_regions(request.scope)}
    if key in named:
        return named[key]
    return request.membership.region if request.membership else default_region(request)


def _closes_for(request: ScopedRequest, region: RegionRow) -> bool:
    return request.scope.everything or region.id in request.scope.region_ids


def _grouping_name(grouping: str, on: date) -> Text | None:
    known = load_groupings(on).get(grouping)
    return known.name if known else Text(grouping, grouping) if grouping else None


def _to_closing(closing: Closing) -> HttpResponse:
    return HttpResponseRedirect(reverse("ledger:closing", args=[closing.id]), status=303)
