"""One assessment: ranking, what waits, what may be entered; and two weightings side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wufei.actions.assessment import queries, services
from wufei.actions.assessment.core.comparing import Rank, effects
from wufei.actions.assessment.core.facts import Entry, TargetKind
from wufei.actions.assessment.core.scheme import Group, Scheme, with_one_weighting, with_weights
from wufei.actions.assessment.core.sheet import BONUS, DEDUCTIONS
from wufei.actions.assessment.core.states import State
from wufei.actions.assessment.queries import Opened
from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.files.services import keep_sent
from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.pages.sent import act_of, attempted, day_sent, number_of, whole_sent

_PAGE = "assessment/assessment.html"


@dataclass(frozen=True, slots=True)
class Weight:
    """A field of the weightings: its name in the address, the part and the points now typed."""

    field: str
    part: Text
    points: str


@require_http_methods(["GET", "POST"])
def assessment_page(request: ScopedRequest, assessment_id: int) -> HttpResponse:
    """Show one assessment; compute, enter, publish or close it."""
    opened = queries.open_assessment(request.scope, assessment_id)
    if request.method == "GET":
        context = _context(request, opened)
        if request.GET.get("recompute") and context["may_run"] and opened.facts is not None:
            context["changes"] = queries.recomputed(request.scope, assessment_id, today=today_on())
            context["asked_changes"] = True
        return render(request, _PAGE, context)
    acts = {
        "compute": lambda: _compute(request, opened),
        "enter": lambda: _enter(request, opened),
        "publish": lambda: _publish(request, opened),
        "close": lambda: _close(request, opened),
    }
    return attempted(request, act_of(request, acts), _PAGE, lambda: _context(request, opened))


@require_GET
def weights_page(request: ScopedRequest, assessment_id: int) -> HttpResponse:
    """Show how departments would stand by other weights; nothing is saved."""
    require(request.scope, "assess.oversee")
    opened = queries.open_assessment(request.scope, assessment_id)
    if opened.facts is None:
        raise NotFoundError("assessment", assessment_id, _NOT_COMPUTED)
    problem, other = None, with_one_weighting(opened.scheme)
    try:
        other = _typed(request, opened.scheme)
    except InputError as error:
        problem = error.message
    context = {
        **_head(opened),
        "problem": problem,
        "groups": [(group, _fields(request, opened.scheme, group, other)) for group in opened.scheme.groups],
        "effects": () if problem else effects(opened.scheme, other, opened.facts, opened.given),
        "same": other.groups == opened.scheme.groups,
    }
    return render(request, "assessment/weights.html", context, status=422 if problem else 200)


def _head(opened: Opened) -> dict[str, Any]:
    return {
        "opened": opened,
        "row": opened.row,
        "region": regions_by_id([opened.row.region_id])[opened.row.region_id],
        "names": opened.names,
    }


def _context(request: ScopedRequest, opened: Opened) -> dict[str, Any]:
    state, may_run = opened.row.state, allowed(request.scope, "assess.run")
    today = today_on()
    return {
        **_head(opened),
        "parts": _parts(opened.ranking),
        "own": next((sheet for sheet in opened.sheets if not opened.sees_all), None),
        "waiting": [appeal for appeal in opened.appeals if appeal.accepted is None],
        "may_run": may_run,
        "may_compute": may_run and state in (State.OPEN, State.COMPUTED),
        "may_enter": may_run and state is State.COMPUTED,
        "may_close": may_run and state is State.PUBLISHED,
        "enterable": _enterable(opened) if may_run and state is State.COMPUTED else [],
        "publish_until_text": (today + timedelta(days=opened.scheme.appeal_days)).isoformat(),
        "today": today,
        "open_lines": sum(sheet.open_lines for sheet in opened.sheets),
    }


def _parts(ranking: tuple[Rank, ...]) -> list[tuple[str, Text]]:
    """Give the parts that any sheet has, in the order of the scheme."""
    found: dict[str, Text] = {}
    for each in ranking:
        for part in each.sheet.parts:
            found.setdefault(part.id, part.title)
    last = [key for key in (BONUS, DEDUCTIONS) if key in found]
    order = [key for key in found if key not in last] + last
    return [(key, found[key]) for key in order]


def _enterable(opened: Opened) -> list[tuple[str, Text, Decimal]]:
    """Give the lines that may be entered: key, title, the most."""
    scheme, facts = opened.scheme, opened.facts
    found = [(f"{BONUS}:{item.id}", _of(_BONUS, item.title), item.points) for item in scheme.bonus.items]
    found += [
        (f"{DEDUCTIONS}:{item.id}", _of(_DEDUCTION, item.title), item.points)
        for item in scheme.deductions.items
    ]
    words = [fact for fact in facts.indicators if fact.target is TargetKind.WORDS] if facts else []
    return found + [(f"indicator:{fact.id}", _of(_WORDS, fact.name), Decimal(1)) for fact in words]


def _of(kind: Text, title: Text) -> Text:
    return Text(f"{kind.zh}：{title.zh}", f"{kind.en}: {title.in_language('en')}")


def _address(opened: Opened) -> str:
    return reverse("assessment:assessment", args=[opened.row.id])


def _compute(request: ScopedRequest, opened: Opened) -> str:
    services.compute(request.scope, assessment_id=opened.row.id, now=now())
    return _address(opened)


def _enter(request: ScopedRequest, opened: Opened) -> str:
    entry = Entry(
        whole_sent(request, "department"),
        request.POST.get("line", ""),
        number_of(request.POST.get("amount", ""), "amount"),
        request.POST.get("note", ""),
        keep_sent(request.scope, request.FILES.getlist("files"), region_id=opened.row.region_id),
    )
    services.enter(request.scope, assessment_id=opened.row.id, entry=entry, now=now())
    return reverse("assessment:sheet", args=[opened.row.id, entry.department_id])


def _publish(request: ScopedRequest, opened: Opened) -> str:
    until = day_sent(request, "appeal_until")
    services.publish(request.scope, assessment_id=opened.row.id, appeal_until=until, now=now())
    return _address(opened)


def _close(request: ScopedRequest, opened: Opened) -> str:
    services.close(request.scope, assessment_id=opened.row.id, now=now())
    return _address(opened)


def _name(group: Group, part_id: str) -> str:
    return f"w-{group.id}-{part_id}"


def _typed(request: ScopedRequest, scheme: Scheme) -> Scheme:
    """Give the weighting that the address asks for; without one, that without differences."""
    sent = {key: request.GET.get(key, "") for key in request.GET if key.startswith("w-")}
    if not sent:
        return with_one_weighting(scheme)
    weights = {
        group.id: {
            part.id: number_of(sent[_name(group, part.id)], _name(group, part.id))
            for part in scheme.parts
            if _name(group, part.id) in sent
        }
        for group in scheme.groups
    }
    return with_weights(scheme, weights)


def _fields(request: ScopedRequest, scheme: Scheme, group: Group, other: Scheme) -> list[Weight]:
    now_there = next(each for each in other.groups if each.id == group.id)
    return [
        Weight(
            _name(group, part.id),
            part.title,
            request.GET.get(_name(group, part.id), f"{now_there.weight(part.id)}")[:12],
        )
        for part in scheme.parts
    ]


_BONUS, _DEDUCTION, _WORDS = (
    Text("加分", "Bonus"),
    Text("扣分", "Deduction"),
    Text("文字目标", "Target in words"),
)
_NOT_COMPUTED = Text("请先计算。", "Compute it first.")
