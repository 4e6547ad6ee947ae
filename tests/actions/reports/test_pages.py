"""Pages of documents as each person of a district sees them: what waits at home, what may be done."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.actions.tasks.conftest import PASSWORD
from wufei.runtime.identity.queries import regions_by_id


@pytest.fixture
def enter(place):
    """Give a client that is signed in as somebody of the district."""

    def opened(name):
        client = Client()
        answer = client.post("/sign-in", {"username": place.names[name], "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return opened


@pytest.fixture
def key(place):
    return regions_by_id([place.region_id])[place.region_id].key


def words(client, address):
    """Give the words of a page, without its marks."""
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def sent(client, address, **fields):
    answer = client.post(address, fields)
    assert answer.status_code == 303, re.findall(
        r'role="alert".*?</div>\s*</div>', answer.content.decode(), re.DOTALL
    )
    return answer.url


def version_of(client, address):
    return re.search(r'name="version" value="(\d+)"', client.get(address).content.decode())[1]


def test_a_document_waits_on_the_home_page_of_whoever_is_to_act(place, enter, key):
    office, clerk, reviewer, leader, urban = (
        enter(name) for name in ("office", "clerk", "reviewer", "leader", "helper")
    )
    address = sent(office, f"/reports?region={key}", do="briefing", year="2025", quarter="4")
    assert "文稿待办" not in words(clerk, "/")
    sent(office, address, do="ask", due_on="2026-02-10")
    assert "1个数值待本部门确认!2026-02-10前确认" in words(clerk, "/")
    assert "文稿待办" not in words(urban, "/")
    assert "有1个数值待本部门确认" in words(clerk, address)
    sent(office, address, do="submit", version=version_of(office, address))
    assert "待核稿" in words(leader, "/")
    assert "待核稿" not in words(office, "/")
    page = words(leader, address)
    ecology, missing = place.departments["ecology"], place.departments["urban"]
    found = leader.get(address).content.decode()
    assert f'name="signers" value="{ecology}"' in found
    assert f'name="signers" value="{missing}"' not in found
    assert "其余部门线下会签" in page
    sent(leader, address, do="pass", version=version_of(leader, address), signers=[ecology])
    assert "待本部门会签" in words(reviewer, "/")
    assert "轮到本部门会签，请本部门审核人员或负责人办理" in words(clerk, address)
    refused = clerk.post(address, {"do": "agree", "seen": "0"})
    assert refused.status_code == 403
    assert "会签未完成或有不同意见，暂不能定稿" in words(leader, address)
    assert 'value="finish"' not in leader.get(address).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', reviewer.get(address).content.decode())[1]
    assert reviewer.post(address, {"do": "disagree", "seen": seen}).status_code == 422
    sent(reviewer, address, do="disagree", seen=seen, opinion="数据有误")
    assert "会签有不同意见，待处理" in words(leader, "/")
    sent(leader, address, do="back", version=version_of(leader, address), reason="按意见修改")
    assert "已退回，待修改" in words(office, "/")


def test_who_drafted_is_offered_neither_passing_nor_finishing(enter, key):
    office, leader = enter("office"), enter("leader")
    told = {"do": "write", "kind": "notice", "title": "关于报送进展的通知", "addressee": "各单位"}
    address = sent(office, f"/reports?region={key}", **told, body="现通知如下。\n# 工作目标\n按期完成。")
    assert "工作目标" in words(office, address)
    sent(office, address, do="submit", version=version_of(office, address))
    for client, many in ((office, 0), (leader, 1)):
        assert client.get(address).content.decode().count('value="pass"') == many
    sent(leader, address, do="pass", version=version_of(leader, address))
    for client, many in ((office, 0), (leader, 1)):
        assert client.get(address).content.decode().count('value="finish"') == many
    assert "待定稿" in words(leader, "/")
    assert leader.get(f"{address}/document.docx").content[:2] == b"PK"


@pytest.mark.parametrize(
    ("half", "title"), [("1", "2025年上半年"), ("2", "2025年下半年"), ("year", "2025年度")]
)
def test_an_assessment_is_drafted_for_the_half_that_was_chosen(enter, key, half, title):
    office = enter("office")
    address = sent(office, f"/reports?region={key}", do="progress", year="2025", half=half)
    assert f"{title}“无废城市”建设进展评价" in words(office, address)
