"""The pages of review work without scripts: inbox, remarks, return, mending, pass; nothing typed is lost."""

import re

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.runtime.conftest import NOW
from wufei.runtime.access.services import session
from wufei.runtime.review import queries
from wufei.runtime.review.core.moves import Reason, State
from wufei.runtime.review.services import submit


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setenv("WUFEI_NOW", NOW.isoformat())


@pytest.fixture
def case(guild, make_lantern, do):
    lantern_id = make_lantern(guild.region_id, party_id=guild.party_id)
    return do(guild.maker, submit, kind="lantern", subject_id=lantern_id).case


def page(client, case):
    return client.get(f"/review/{case.id}").content.decode()


def post(client, case, act, **fields):
    """Press a button of the page as it is shown: hidden fields go along."""
    shown = page(client, case)
    hidden = dict(re.findall(r'<input type="hidden" name="(version|seen)" value="([^"]*)"', shown))
    return client.post(f"/review/{case.id}", hidden | {"act": act} | fields)


def test_a_visitor_signs_in_first_and_a_stranger_finds_nothing(case, client, enter, person, region_factory):
    assert client.get("/review").status_code == 302
    assert client.get(f"/review/{case.id}").status_code == 302
    stranger = enter(person("reviewer", region_factory()))
    assert stranger.get(f"/review/{case.id}").status_code == 404
    assert "灯会一号灯" not in stranger.get("/review").content.decode()


def test_the_inbox_shows_each_their_list(guild, case, enter):
    reviewer = enter(guild.reviewer).get("/review").content.decode()
    assert "灯会一号灯" in reviewer
    assert "2026-03-07 前" in reviewer
    maker = enter(guild.maker).get("/review?list=submitted").content.decode()
    assert "灯会一号灯" in maker
    empty = enter(guild.maker).get("/review?list=returned").content.decode()
    assert "没有退回给您的事项" in empty


def test_the_inbox_asks_as_many_questions_for_one_case_as_for_forty(guild, make_lantern, enter, do):
    client = enter(guild.reviewer)

    def asked():
        with CaptureQueriesContext(connections["default"]) as seen:
            assert client.get("/review").status_code == 200
        return len(seen)

    def submit_one():
        lantern_id = make_lantern(guild.region_id, party_id=guild.party_id)
        do(guild.maker, submit, kind="lantern", subject_id=lantern_id)

    submit_one()
    asked()  # The first page after signing in opens a connection.
    one = asked()
    for _ in range(39):
        submit_one()
    assert asked() == one


def test_from_a_tapped_cell_to_adopted_resubmitted_and_passed(guild, case, enter):
    reviewer, maker = enter(guild.reviewer), enter(guild.maker)
    fields = {
        "reason-1": Reason.WRONG_VALUE.value,
        "proposal-1": "3",
        "words-1": "数一数",
        "due_on": "2026-03-05",
    }
    assert post(reviewer, case, "return", **fields).status_code == 303
    shown = page(maker, case)
    assert "退回的内容" in shown
    assert "2026-03-05 前" in shown
    assert "全部采用建议并重报" in shown
    assert post(maker, case, "adopt-all").status_code == 303
    again = page(reviewer, case)
    assert "第 2 次报" in again
    assert "<del>2</del>" in again
    assert "<ins>3</ins>" in again
    assert post(reviewer, case, "pass").status_code == 303
    with session(guild.maker):
        assert queries.case_by_id(guild.maker, case.id).state is State.PASSED


def test_a_value_of_ones_own_is_read_as_the_kind_that_stands_there_and_stays_when_refused(guild, case, enter):
    reviewer, maker = enter(guild.reviewer), enter(guild.maker)
    post(reviewer, case, "return", **{"reason-1": "wrong-value", "reason-3": "unclear"})
    wrong = post(maker, case, "resubmit", **{"answer-0": "own", "own-0": "三", "answer-1": "left"})
    assert wrong.status_code == 422
    assert "请填整数" in wrong.content.decode()
    assert 'value="三"' in wrong.content.decode()
    refused = post(maker, case, "resubmit", **{"answer-0": "own", "own-0": "0", "answer-1": "left"})
    assert refused.status_code == 422
    assert "灯笼至少要有一支蜡烛" in refused.content.decode()
    right = post(
        maker, case, "resubmit", **{"answer-0": "own", "own-0": "4", "answer-1": "own", "own-1": "否"}
    )
    assert right.status_code == 303
    with session(guild.maker):
        changed = queries.before_and_after(guild.maker, case.id)
    assert {each.pointer: each.new for each in changed} == {"/candles": 4, "/lit": False}


def test_a_typed_value_beside_an_adopted_proposal_is_not_dropped_in_silence(guild, case, enter):
    reviewer, maker = enter(guild.reviewer), enter(guild.maker)
    post(reviewer, case, "return", **{"proposal-1": "3"})
    both = post(maker, case, "resubmit", **{"answer-0": "adopt", "own-0": "7"})
    assert both.status_code == 422
    assert "又选了采用建议" in both.content.decode()
    assert 'value="7"' in both.content.decode()
    assert post(maker, case, "resubmit", **{"answer-0": "adopt", "own-0": "2"}).status_code == 303


def test_a_return_without_a_reason_keeps_what_was_typed(guild, case, enter):
    reviewer = enter(guild.reviewer)
    assert post(reviewer, case, "return").status_code == 422
    bad = post(reviewer, case, "return", **{"words-0": "看不懂", "proposal-1": "很多"})
    assert bad.status_code == 422
    assert "看不懂" in bad.content.decode()
    assert "很多" in bad.content.decode()
    assert post(reviewer, case, "return", words="整张重填").status_code == 303


def test_a_comment_on_one_cell_is_seen_and_returns_nothing(guild, case, enter):
    reviewer, maker = enter(guild.reviewer), enter(guild.maker)
    sent = post(reviewer, case, "comment:0", **{"words-0": "好名字", "words-1": "不发这条"})
    assert sent.status_code == 303
    shown = page(maker, case)
    assert "好名字" in shown
    assert "不发这条" not in shown
    with session(guild.maker):
        assert queries.case_by_id(guild.maker, case.id).state is State.WAITING


def test_who_is_second_reads_who_was_first(guild, case, enter):
    first, second = enter(guild.reviewer), enter(guild.second_reviewer)
    stale = {"version": "1", "seen": re.search(r'name="seen" value="(\w+)"', page(second, case))[1]}
    assert post(first, case, "pass").status_code == 303
    late = second.post(f"/review/{case.id}", stale | {"act": "return", "words": "不同意"})
    assert late.status_code == 409
    assert "先行办理" in late.content.decode()


def test_who_may_only_read_sees_no_button_and_may_do_nothing(guild, case, enter):
    auditor = enter(guild.auditor)
    assert 'name="act"' not in page(auditor, case)
    assert post(auditor, case, "pass").status_code == 403


def test_a_thing_is_submitted_from_its_own_page_and_signed_when_its_step_asks(
    guild, make_lantern, enter, right_code
):
    maker, reviewer, leader = enter(guild.maker), enter(guild.reviewer), enter(guild.leader)
    lantern_id = make_lantern(guild.region_id, party_id=guild.party_id)
    sent = maker.post("/review/submit", {"kind": "feast-lantern", "subject_id": str(lantern_id)})
    assert sent.status_code == 303
    with session(guild.maker):
        case = queries.case_of(guild.maker, "feast-lantern", lantern_id)
    post(reviewer, case, "pass")
    assert "签名并通过" in page(leader, case)
    assert post(leader, case, "pass").status_code == 422
    assert post(leader, case, "pass", sign_code=right_code(guild.leader)).status_code == 303
    assert "签名有效，内容未变" in page(maker, case)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "UPDATE test_lantern SET content = content || '{\"candles\": 8}' WHERE id = %s", [lantern_id]
        )
    changed = page(maker, case)
    assert "签名时的值与现值不同" in changed
    assert "<del>2</del> → <ins>8</ins>" in changed


def test_nonsense_in_the_form_is_refused_in_words(guild, case, enter):
    reviewer = enter(guild.reviewer)
    assert post(reviewer, case, "return", **{"reason-0": "hunger"}).status_code == 422
    assert post(reviewer, case, "return", words="x", due_on="soon").status_code == 422
    assert post(reviewer, case, "return", words="x", to_step="-4").status_code == 422
    assert post(reviewer, case, "pass", sign_signature="?").status_code == 422
    maker = enter(guild.maker)
    assert maker.post("/review/submit", {"kind": "lantern", "subject_id": "?"}).status_code == 422
    assert maker.post("/review/submit", {"kind": "dragon", "subject_id": str(case.id)}).status_code == 404
