"""代办授权: grant a mandate, see those given and held, end one."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import MANDATED, Role, allowed, require
from wufei.runtime.access.queries import mandates_of_agent, mandates_of_owner
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.access.services.mandates import grant_mandate, revoke_mandate
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import find_party, parties_by_id

ACTION_NAMES = {
    "entry.fill": Text("填写表单", "Fill in forms"),
    "entry.sign": Text("签字", "Sign"),
    "file.keep": Text("上传附件", "Upload files"),
    "ledger.post": Text("登记台账", "Record in the ledger"),
}


@require_http_methods(["GET", "POST"])
def mandates_page(request: HttpRequest) -> HttpResponse:
    """Show the mandates of the firm or of the agent; a firm and its office may grant one."""
    scoped: ScopedRequest = request  # type: ignore[assignment]
    if not request.user.is_authenticated:
        require(scoped.scope, "mandate.grant")
    if request.method == "POST":
        try:
            _grant(scoped)
        except (InputError, NotFoundError) as error:
            return _page(scoped, error, 422)
        return HttpResponseRedirect(reverse("mandates"), status=303)
    return _page(scoped, None, 200)


@require_POST
def end_mandate(request: ScopedRequest, mandate_id: int) -> HttpResponse:
    """Take a mandate back and show the list."""
    revoke_mandate(request.scope, mandate_id, at=now())
    return HttpResponseRedirect(reverse("mandates"), status=303)


def _grant(request: ScopedRequest) -> None:
    require(request.scope, "mandate.grant")
    typed = request.POST
    grant_mandate(
        request.scope,
        owner_id=_own_party(request) or find_party(typed.get("owner", "").strip()).id,
        agent_id=find_party(typed.get("agent", "").strip()).id,
        actions=typed.getlist("actions"),
        from_on=_day(typed.get("from_on", ""), "from_on"),
        last_on=_day(typed.get("last_on", ""), "last_on"),
        at=now(),
    )


def _own_party(request: ScopedRequest) -> int | None:
    return next(iter(request.scope.party_ids), None) if allowed(request.scope, "mandate.grant") else None


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        words = Text(
            f"“{text}”不是日期。请按 2026-12-31 的格式填写。", f"“{text}” is no date. Write it as 2026-12-31."
        )
        raise InputError(f"mandate.{field}", field, text, words) from error


def _page(request: ScopedRequest, problem: InputError | NotFoundError | None, status: int) -> HttpResponse:
    scope, today = request.scope, today_on()
    may_grant = allowed(scope, "mandate.grant")
    own = _own_party(request)
    language = scope.language
    context = {
        "may_grant": may_grant,
        "own": parties_by_id([own]).get(own) if own is not None else None,
        "granted": [(row, row.terms.holds(today)) for row in mandates_of_owner(scope)] if may_grant else [],
        "held": [(terms, terms.holds(today)) for terms in mandates_of_agent(scope, request.membership)],
        "agent": scope.role is Role.AGENT,
        "choices": [(action, ACTION_NAMES[action]) for action in MANDATED],
        "names": ACTION_NAMES,
        "typed": request.POST,
        "chosen": request.POST.getlist("actions"),
        "today": today.isoformat(),
        "problem": problem.message.in_language(language) if problem else "",
    }
    return render(request, "access/mandates.html", context, status=status)
