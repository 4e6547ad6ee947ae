"""What people do is in the audit log: writes, refusals, exports, sign-ins and what an agent did for whom."""

from __future__ import annotations

import json
from datetime import timedelta

import psycopg
import pytest
from django.db import connections
from django.test import Client

from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.access.services.mandates import grant_mandate
from wufei.runtime.audit.core import KEPT_DAYS, RULES, Event, kept_since
from wufei.runtime.audit.queries import Filter, counted_doings, events
from wufei.runtime.audit.services import add_events, prune, show_phone
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.models import User
from wufei.runtime.identity.services import add_membership, create_user, save_party

SECRET = "a password nobody may read"


def log(place):
    scope = Scope(None, None, Role.AUDITOR, region_ids=frozenset({place.region_id}))
    with session(scope):
        return [row.event for row in events(scope, Filter(), limit=100)]


def test_sign_ins_writes_refusals_and_exports_are_noted_and_reading_is_not(district, signed_in):
    Client().post("/sign-in", {"username": district.users["clerk"], "password": SECRET})
    clerk = signed_in(district, "clerk")
    assert log(district)[0].action == "sign-in"
    before = len(log(district))
    assert clerk.get("/ledger").status_code == 200
    assert len(log(district)) == before
    clerk.get("/settings/audit-log")
    clerk.get("/ledger/loads/template.xlsx")
    clerk.post("/language", {"language": "en"})
    write, export, refusal, good, bad = log(district)[:5]
    assert [each.action for each in (write, export, refusal, good, bad)] == [
        *("write", "export", "refused"),
        *("sign-in", "sign-in"),
    ]
    assert (refusal.outcome, refusal.object_kind, refusal.role) == ("refused", "audit-log", "clerk")
    assert (good.outcome, bad.outcome) == ("ok", "failed")
    assert good.user_id == bad.user_id == write.user_id
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event AS one WHERE one::text LIKE %s", [f"%{SECRET}%"])
        assert cursor.fetchone() == (0,)


def test_the_owner_learns_what_its_agent_did(district, signed_in):
    agent = save_party(
        key=f"{district.key}-a",
        name=Text("代办"),
        kind="enterprise",
        region_id=district.region_id,
        synthetic=True,
    )
    user_id = create_user(username=f"{district.key}-agent", password="p")
    add_membership(user_id=user_id, role=Role.AGENT, region_id=district.region_id, party_id=agent)
    owner = signed_in(district, "producer")
    answer = owner.post(
        "/mandates",
        {"agent": f"{district.key}-a", "from_on": today_on(), "last_on": today_on() + timedelta(days=3)},
    )
    assert answer.status_code == 303
    client = Client()
    client.force_login(User.objects.get(id=user_id))
    body = json.dumps({"reason": "typed-wrong"})
    client.post(f"/api/ledger/transfers/{district.used_id}/reversal", body, content_type="application/json")
    since = now() - timedelta(days=1)
    ((done,),) = counted_doings([(district.party_id, since)], until=now() + timedelta(days=1)).values()
    assert (done.agent.zh, done.action, done.done + done.undone) == ("代办", "write", 1)
    assert str(district.used_id) in owner.get("/mandates/doings").content.decode()
    assert client.get("/mandates/doings").status_code == 403


def test_a_page_after_the_mandate_says_which_has_ended(district, monkeypatch):
    agent = save_party(
        key=f"{district.key}-a",
        name=Text("代办"),
        kind="enterprise",
        region_id=district.region_id,
        synthetic=True,
    )
    user_id = create_user(username=f"{district.key}-agent", password="p")
    add_membership(user_id=user_id, role=Role.AGENT, region_id=district.region_id, party_id=agent)
    operator = Scope.operator()
    with session(operator):
        grant_mandate(
            operator,
            owner_id=district.party_id,
            agent_id=agent,
            from_on=today_on(),
            last_on=today_on(),
            at=now(),
        )
    last = today_on()
    client = Client()
    client.force_login(User.objects.get(id=user_id))
    assert client.get("/ledger").status_code == 200
    monkeypatch.setenv("WUFEI_NOW", (now() + timedelta(days=2)).isoformat())
    client.force_login(User.objects.get(id=user_id))
    refused = client.get("/ledger")
    assert refused.status_code == 403
    assert f"已于 {last} 到期" in refused.content.decode(), [
        line
        for line in refused.content.decode().split("\n")
        if "授权" in line or "detail" in line or "wf-code" in line
    ]


def test_a_whole_phone_number_is_noted_and_a_masked_one_is_not(district):
    inspector = Scope(None, None, Role.INSPECTOR, region_ids=frozenset({district.region_id}))
    clerk = Scope(None, None, Role.CLERK, region_ids=frozenset({district.region_id}))
    asked = {"at": now(), "object_id": "1", "region_id": district.region_id, "party_id": None}
    with session(inspector):
        assert show_phone(clerk, "13812345678", **asked) == "138****5678"
        assert show_phone(inspector, "13812345678", **asked) == "13812345678"
    assert [each.action for each in log(district)].count("personal.shown") == 1


def test_rows_stay_as_they_are_until_the_rule_lets_them_go(district):
    old = Event(at=now() - timedelta(days=KEPT_DAYS + 1), action="write", object_kind="old", outcome="ok")
    add_events([old])
    assert (now() - kept_since(now())).days >= max(rule.days_min for rule in RULES) >= 184
    for statement in ("UPDATE audit_event SET outcome = 'ok'", "DELETE FROM audit_event"):
        with pytest.raises(Exception, match="permission denied") as caught, session(Scope.operator()):
            connections["default"].cursor().execute(statement)
        assert isinstance(caught.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert prune(now=now()) >= 1
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE at < %s", [kept_since(now())])
        assert cursor.fetchone() == (0,)


def test_the_page_filters_and_gives_a_sheet(district, signed_in):
    office = signed_in(district, "office")
    office.post("/language", {"language": "zh-hans"})
    page = office.get("/settings/audit-log", {"action": "write", "person": district.users["office"]})
    assert page.status_code == 200
    assert "language" in page.content.decode()
    assert office.get("/settings/audit-log", {"day": "gestern"}).status_code == 422
    sheet = office.get("/settings/audit-log", {"format": "xlsx"})
    assert sheet["Content-Disposition"].startswith("attachment")
