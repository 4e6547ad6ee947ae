"""通知: one's own notices, and how one wants to be told."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.environment import environment
from wufei.runtime.notices import queries, services
from wufei.runtime.notices.core.notices import Channel
from wufei.runtime.pages.core.keysets import next_address

ROWS = 50


@require_GET
def notices_page(request: ScopedRequest) -> HttpResponse:
    """Show one's own notices, the new ones first."""
    topic = request.GET.get("topic", "")
    rows, after = queries.notices_of(
        request.scope, topic=topic, limit=ROWS, after=request.GET.get("after", "")
    )
    context = {
        "rows": rows,
        "topic": topic,
        "topics": queries.topics().values(),
        "any_new": any(row.seen_at is None for row in rows),
        "next_rows": next_address(request.path, dict(request.GET.lists()), after) if after else "",
    }
    return render(request, "notices/notices.html", context)


@require_GET
def notice_page(request: ScopedRequest, notice_id: UUID) -> HttpResponse:
    """Mark a notice as seen and go to what it is about."""
    return HttpResponseRedirect(services.open_notice(request.scope, notice_id))


@require_POST
def seen(request: ScopedRequest) -> HttpResponse:
    """Mark the notices named as seen, or all."""
    services.mark_seen(request.scope, notice_ids=_ids(request))
    return HttpResponseRedirect(reverse("notices:notices"), status=303)


@require_http_methods(["GET", "POST"])
def mailing_page(request: ScopedRequest) -> HttpResponse:
    """Show one's choices, or keep them."""
    if request.method == "GET":
        return _mailing(request, None, 200)
    chosen = {key: request.POST[f"topic-{key}"] for key in queries.topics() if f"topic-{key}" in request.POST}
    try:
        services.save_mailing(
            request.scope,
            digest=request.POST.get("digest") == "on",
            channels=chosen,
        )
    except InputError as error:
        return _mailing(request, error.message, 422)
    return HttpResponseRedirect(f"{reverse('notices:mailing')}?saved=1", status=303)


def _mailing(request: ScopedRequest, problem: Text | None, status: int) -> HttpResponse:
    mailing = queries.mailing_of(request.scope)
    # What was entered stays, right or wrong.
    sent = request.POST if request.method == "POST" else None
    rows = [
        {
            "topic": topic,
            "channel": sent.get(f"topic-{topic.key}", "") if sent else mailing.channels[topic.key],
        }
        for topic in queries.topics().values()
    ]
    context = {
        "problem": problem,
        "saved": "saved" in request.GET,
        "email": mailing.email,
        "digest": sent.get("digest") == "on" if sent else mailing.digest,
        "refused": mailing.refused,
        "rows": rows,
        "channels": list(Channel),
        "mail_works": bool(environment().smtp_url),
    }
    return render(request, "notices/mailing.html", context, status=status)


def _ids(request: ScopedRequest) -> list[UUID] | None:
    named = request.POST.getlist("notice_id")
    try:
        return [UUID(text) for text in named] if named else None
    except ValueError as error:
        message = Text("请从通知页重新操作。", "Start again from the page of notices.")
        raise InputError("notice.id", "notice_id", named[0][:40], message) from error
