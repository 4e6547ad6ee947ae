"""What a room says of values before they are entered, and whose entries need no pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role
from wufei.runtime.clock import now
from wufei.runtime.forms import services
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.review.queries import entries as reviewed_entries


def lent_already(scope, answered):
    """The room's rule: 红楼梦 is out (no way), 史记 is worn (asks)."""
    grave = {"红楼梦": Severity.ERROR, "史记": Severity.WARNING}
    return [
        [Finding("library.out", grave[each.values["reader"]], "/reader", Text("已借出"))]
        if each.values.get("reader") in grave
        else []
        for each in answered
    ]


@pytest.fixture
def written():
    return []


@pytest.fixture
def form(lending, written, monkeypatch):
    made = Form(
        lending,
        entered=lambda _, entry: written.append(entry.values["reader"]),
        reviewed="two-steps",
        at_once="registry.write",
        check=lent_already,
    )

    def all_forms():
        return {lending.key: made}

    monkeypatch.setattr(reviewed_entries, "all_forms", all_forms)
    return made


def enter(scope, form, place, reader, **words):
    return services.enter(
        scope, form, entry_id=new_id(now()), answers={"reader": reader}, place=place, now=now(), **words
    )


def test_a_rule_of_the_room_refuses_and_a_doubt_of_the_room_asks(form, clerk, place, written):
    refused = enter(clerk, form, place, "红楼梦", confirmed=True)
    assert (refused.outcome, refused.findings[0].where) == ("refused", "/reader")
    assert enter(clerk, form, place, "史记").outcome == "refused"
    assert enter(clerk, form, place, "史记", confirmed=True).outcome == "entered"
    assert written == ["史记"]


def test_what_was_entered_and_is_sent_again_is_not_judged_again(form, clerk, place):
    entry_id = new_id(now())
    sent = {"entry_id": entry_id, "answers": {"reader": "论语"}, "place": place, "now": now()}
    assert services.enter(clerk, form, **sent).outcome == "entered"
    strict = replace(form, check=lambda *_: [[Finding("no", Severity.ERROR, "/reader", Text("不行"))]])
    assert services.enter(clerk, strict, **sent).outcome == "repeated"


def test_who_holds_the_action_needs_no_pass_and_who_does_not_waits(form, clerk, place, written):
    assert enter(clerk, form, place, "论语").outcome == "entered"
    assert written == ["论语"]
    township = replace(clerk, role=Role.TOWNSHIP)
    assert enter(township, form, place, "孟子").outcome == "entered"
    assert written == ["论语"]


def test_ones_own_amendment_of_what_stood_at_once_stands_at_once(form, clerk, place, written):
    done = enter(clerk, form, place, "论语")
    services.amend(clerk, form, entry_id=done.entry.id, answers={"reader": "孟子"}, now=now())
    assert written == ["论语", "孟子"]
