"""台账核验: what the last night found, the signed heads, and the one line about it on every page."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.heads import is_signed, read_heads
from wufei.records.ledger.queries import check_exported, nightly
from wufei.records.ledger.services import nightly as nightly_service
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.pages.memory import forget_all

INTACT = "记录未被改动"


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def foot(answer):
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode().split('class="wf-foot"', 1)[1])
    )


@pytest.fixture
def no_night(db):
    """As before the first night."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM ledger_check")
        cursor.execute("DELETE FROM ledger_check_run")


def test_before_the_first_night_the_page_says_what_to_do(no_night, signed_in, district):
    client = signed_in(district, "auditor")
    page = words(client.get("/ledger/audit"))
    assert "还没有核验过" in page
    assert "wufei ledger nightly" in page
    assert "台账尚未核验" in foot(client.get("/ledger"))


def test_after_a_night_page_and_foot_say_that_no_record_was_changed(signed_in, district, seal_all, tmp_path):
    seal_all()
    now = clock.now()
    nightly_service._keep(nightly.CheckRun(now, now, 7, intact=True, findings=0), [])
    page = signed_in(district, "leader").get("/ledger/audit")
    assert f"{INTACT} ✓" in words(page)
    assert "没有，全部已封存" in words(page)
    for role in ("leader", "clerk", "producer"):
        shown = foot(signed_in(district, role).get("/ledger"))
        assert f"{INTACT} ✓ 2026-03-02" in shown
    assert INTACT not in foot(Client().get(f"/plans/{district.plan_id}"))


def test_findings_are_shown_with_their_links_to_those_concerned_only(signed_in, district, district_factory):
    now, finding = (
        clock.now(),
        Finding(
            code="ledger.past-below-zero",
            severity=Severity.WARNING,
            where="transfer",
            message=Text("出多于入。", "More had left than come."),
            value="-1",
            fix=Text("核对漏登的入库。", "Look for what was not recorded."),
        ),
    )
    with session(Scope.operator()):
        account = queries.get_transfer(Scope.operator(), district.used_id).source_account_id
    found = nightly.Found(finding, account, district.used_id, district.region_id, district.party_id)
    nightly_service._keep(nightly.CheckRun(now, now, 7, intact=True, findings=1), [found])
    page = signed_in(district, "office").get("/ledger/audit")
    for part in ("核对提示 1", "出多于入。", "核对漏登的入库。"):
        assert part in words(page)
    assert f'href="/ledger/transfers/{district.used_id}"' in page.content.decode()
    assert f'href="/ledger/accounts/{account}"' in page.content.decode()
    stranger = words(signed_in(district_factory(), "auditor").get("/ledger/audit"))
    assert "其他区域或全局 1 项" in stranger
    assert "出多于入" not in stranger


def test_a_changed_record_is_told_on_every_page(signed_in, district):
    now = clock.now()
    nightly_service._keep(nightly.CheckRun(now, now, 7, intact=False, findings=1), [])
    for role, linked in (("office", True), ("clerk", False)):
        answer = signed_in(district, role).get("/ledger")
        assert "核验发现记录被改动 · 2026-03-02" in foot(answer)
        assert ('href="/ledger/audit"' in answer.content.decode().split('class="wf-foot"', 1)[1]) is linked
    assert "请停止写入" in words(signed_in(district, "auditor").get("/ledger/audit"))


def test_checks_older_than_two_days_are_no_comfort(signed_in, district):
    for age, said in ((timedelta(hours=47), f"{INTACT} ✓"), (timedelta(hours=49), "已超过两天没有核验")):
        at = clock.now() - age
        nightly_service._keep(nightly.CheckRun(at, at, 7, intact=True, findings=0), [])
        assert said in foot(signed_in(district, "office").get("/ledger"))


def test_the_line_costs_two_queries_and_none_more_once_remembered(signed_in, district):
    client = signed_in(district, "office")
    now = clock.now()
    nightly_service._keep(nightly.CheckRun(now, now, 7, intact=True, findings=0), [])

    def asked():
        with (
            CaptureQueriesContext(connections["default"]) as app,
            CaptureQueriesContext(connections["system"]) as own,
        ):
            client.get("/plans")
        return [
            query["sql"]
            for query in (*app.captured_queries, *own.captured_queries)
            if "ledger_check" in query["sql"]
        ]

    forget_all()
    first, second = asked(), asked()
    assert (len(first), len(second)) == (2, 1)


def test_the_heads_are_downloaded_as_the_file_that_the_command_compares(signed_in, district, seal_all):
    seal_all()
    client = signed_in(district, "auditor")
    page = client.get("/ledger/audit").content.decode()
    answer = client.get("/ledger/audit/heads.json")
    assert "attachment" in answer["Content-Disposition"]
    heads = read_heads(answer.content.decode())
    assert all(is_signed(head) for head in heads)
    assert f'data-copy="{heads[0].root.hex()}"' in page
    assert f'data-copy="{heads[0].public_key.hex()}"' in page
    assert [each for each in check_exported(Scope.operator(), heads[:1]) if "rewritten" in each.code] == []
    forged = replace(heads[0], root=bytes(32))
    assert check_exported(Scope.operator(), [forged])


@pytest.mark.parametrize("role", ["clerk", "producer"])
def test_who_does_not_audit_is_refused(signed_in, district, role):
    client = signed_in(district, role)
    assert client.get("/ledger/audit").status_code == 403
    assert client.get("/ledger/audit/heads.json").status_code == 403


def test_a_broken_page_key_is_told(signed_in, district):
    assert signed_in(district, "auditor").get("/ledger/audit?after=soon").status_code == 422


def test_heads_go_on_page_by_page(signed_in, district_factory, seal_all):
    for _ in range(22):
        place = district_factory(days=1, with_plan=False)
        seal_all()
    client = signed_in(place, "office")
    first = client.get("/ledger/audit").content.decode()
    follow = re.search(r'hx-get="([^"]+)"', first)[1].replace("&amp;", "&")
    roots = [
        set(re.findall(r'data-copy="([0-9a-f]{64})"', part.split("wf-head-rows", 1)[1]))
        for part in (first, client.get(follow).content.decode())
    ]
    assert len(roots[0]) == 20
    assert roots[1]
    assert not roots[0] & roots[1]
