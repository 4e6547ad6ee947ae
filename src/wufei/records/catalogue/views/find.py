"""名称查代码: a box that finds codes while one types, alone on a page or inside any form."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wufei.records.catalogue.core.naming.answers import Status
from wufei.records.catalogue.queries import find_name
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on

EXAMPLES = ("废机油", "空油漆桶", "电瓶", "日光灯管", "飞灰", "废活性炭")


@require_GET
def find_page(request: ScopedRequest) -> HttpResponse:
    """Show the box, with the answer if a name was sent."""
    return render(request, "catalogue/find.html", {**_words(request), "examples": EXAMPLES})


@require_GET
def find_answer(request: ScopedRequest) -> HttpResponse:
    """Give only the answer: what the box puts under itself while one types."""
    return render(request, "catalogue/parts/find_answer.html", _words(request))


def _words(request: ScopedRequest) -> dict[str, object]:
    wanted = request.GET.get("q", "")
    answer = find_name(request.scope, wanted, on=today_on())
    return {"q": wanted, "answer": None if answer.status is Status.EMPTY else answer}
