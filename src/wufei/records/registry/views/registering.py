"""企业注册: an enterprise asks to be registered, and its applicant sees how far that has come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.findings import Finding, Severity, has_error
from wufei.kernel.text import Text
from wufei.records.registry import queries, services
from wufei.records.registry.core.applications import (
    FIELDS,
    ApplicationDraft,
    ApplicationState,
    check_application,
)
from wufei.records.registry.services import NewAccount
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import find_lock
from wufei.runtime.identity.services import check_new_password, checked_username, note_failure

PAGE, SENT, MINE = "registry/register.html", "registry/register_sent.html", "registry/register_mine.html"
_DIGITS_MAX = 9
_NAMES = {where: where[1:] for where in FIELDS}


@sensitive_post_parameters("new_password", "repeated")
@require_http_methods(["GET", "POST"])
def register_page(request: ScopedRequest) -> HttpResponse:
    """Ask for the enterprise and for an account, or keep the application; whoever has one goes there."""
    own = queries.own_application(request.scope)
    if own is not None and own.state in (ApplicationState.WAITING, ApplicationState.RETURNED):
        return HttpResponseRedirect(resolve_url("registry:register-mine"))
    visitor = request.scope.user_id is None
    if request.method == "GET":
        return _form(request, PAGE, [], visitor=visitor)
    locked = _locked(request) if visitor else None
    if locked is not None:
        return _form(request, PAGE, [], visitor=visitor, problem=locked, status=429)
    findings = _findings(request, visitor=visitor)
    if _must_stop(request, findings):
        return _form(request, PAGE, findings, visitor=visitor)
    try:
        _apply(request, visitor=visitor)
    except InputError as error:
        return _form(request, PAGE, [*findings, _as_finding(error)], visitor=visitor)
    except ConflictError as error:
        return _form(request, PAGE, findings, visitor=visitor, problem=error.message, status=409)
    return HttpResponseRedirect(
        resolve_url("registry:register-sent" if visitor else "registry:register-mine")
    )


@require_GET
def sent_page(request: ScopedRequest) -> HttpResponse:
    """Say what happens next; nothing of the application stands there."""
    return render(request, SENT)


@require_http_methods(["GET", "POST"])
def mine_page(request: ScopedRequest) -> HttpResponse:
    """Show how far one's own application has come; mend it where it was returned, or withdraw it."""
    if request.method == "GET":
        return _mine(request, [])
    findings: list[Finding] = []
    try:
        if request.POST.get("act") == "withdraw":
            services.withdraw_application(request.scope, version=_version(request), at=now())
            return HttpResponseRedirect(resolve_url("registry:register-mine"))
        findings = _findings(request, visitor=False)
        if _must_stop(request, findings):
            return _mine(request, findings)
        services.mend(request.scope, draft=_draft(request), version=_version(request), at=now())
    except InputError as error:
        return _mine(request, [*findings, _as_finding(error)])
    except ConflictError as error:
        return _mine(request, findings, problem=error.message, status=409)
    return HttpResponseRedirect(resolve_url("registry:register-mine"))


def _apply(request: ScopedRequest, *, visitor: bool) -> None:
    address, at = _address(request), now()
    account = None
    if visitor:
        # Also a name that is taken counts: whoever tries many learns little.
        note_failure(username=_counter(address), address=address, at=at)
        account = NewAccount(_username(request), request.POST.get("new_password", ""))
    services.apply(request.scope, draft=_draft(request), account=account, at=at)


def _locked(request: ScopedRequest) -> Text | None:
    address, at = _address(request), now()
    until = find_lock(username=_counter(address), address=address, at=at)
    if until is None:
        return None
    minutes = max(1, -(-int((until - at).total_seconds()) // 60))
    return Text(
        f"这个网络地址提交的申请过多。请在 {minutes} 分钟后再试，已填内容不会丢失。",
        f"Too many applications come from this address. Try again in {minutes} min; nothing is lost.",
    )


def _findings(request: ScopedRequest, *, visitor: bool) -> list[Finding]:
    draft = _draft(request)
    found = check_application(draft)
    if draft.region:
        try:
            queries.find_open_region(draft.region, today_on())
        except InputError as error:
            found.append(_as_finding(error))
    return [*found, *(_account_findings(request, draft) if visitor else ())]


def _account_findings(request: ScopedRequest, draft: ApplicationDraft) -> Iterable[Finding]:
    username, password = _username(request), request.POST.get("new_password", "")
    try:
        checked_username(username)
    except InputError as error:
        yield _as_finding(error)
    try:
        check_new_password(password, names=[username, draft.contact_name, draft.name])
    except InputError as error:
        yield _as_finding(error)
    if password != request.POST.get("repeated", ""):
        message = Text("两次输入的口令不一致。请重新输入。", "The two passwords differ. Type both again.")
        yield Finding("registry.repeated", Severity.ERROR, "/repeated", message)


def _must_stop(request: ScopedRequest, findings: list[Finding]) -> bool:
    """Say whether the form is shown again: for an error, or a warning that was not looked at."""
    return has_error(findings) or (bool(findings) and request.POST.get("confirmed") != "yes")


def _form(
    request: ScopedRequest,
    page: str,
    findings: list[Finding],
    *,
    visitor: bool,
    problem: Text | None = None,
    status: int = 0,
) -> HttpResponse:
    words = {
        "visitor": visitor,
        "problem": problem,
        "username": request.POST.get("username", ""),
        **_words(_draft(request), findings),
    }
    return render(request, page, words, status=status or (422 if findings else 200))


def _mine(
    request: ScopedRequest, findings: list[Finding], *, problem: Text | None = None, status: int = 0
) -> HttpResponse:
    own = queries.own_application(request.scope)
    words: dict[str, Any] = {"own": own, "problem": problem}
    if own is not None:
        entered = _draft(request) if request.method == "POST" and findings else own.draft
        words |= {
            **_words(entered, findings, {each.where: each.words for each in own.remarks}),
            "moves": queries.application_moves(own, with_names=False),
            "may_mend": own.state is ApplicationState.RETURNED,
            "may_withdraw": own.state in (ApplicationState.WAITING, ApplicationState.RETURNED),
            "synthetic": own.region.synthetic,
        }
    return render(request, MINE, words, status=status or (422 if findings else 200))


def _words(
    draft: ApplicationDraft,
    findings: list[Finding],
    remarks: dict[str, str] | None = None,
) -> dict[str, Any]:
    return {
        "fields": [
            {
                "name": name,
                "label": FIELDS[where],
                "value": getattr(draft, name),
                "findings": (found := [each for each in findings if each.where == where]),
                "wrong": has_error(found),
                "remark": (remarks or {}).get(where, ""),
            }
            for where, name in _NAMES.items()
        ],
        "faults": {each.where[1:]: each.message for each in findings if each.where not in FIELDS},
        "regions": queries.open_regions(today_on()),
        "asks_again": bool(findings) and not has_error(findings),
        "has_findings": bool(findings),
    }


def _as_finding(error: InputError) -> Finding:
    where = error.field if error.field.startswith("/") else f"/{error.field}"
    return Finding(error.code, Severity.ERROR, where, error.message)


def _draft(request: HttpRequest) -> ApplicationDraft:
    return ApplicationDraft(**{name: request.POST.get(name, "").strip() for name in _NAMES.values()})


def _username(request: HttpRequest) -> str:
    """Give the name to sign in with: what was typed, else the e-mail address."""
    return request.POST.get("username", "").strip() or request.POST.get("email", "").strip()


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX else 0


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - stands for an unknown address


def _counter(address: str) -> str:
    """Give the name under which applications are counted; with its blank it is nobody's user name."""
    return f"register {address}"
