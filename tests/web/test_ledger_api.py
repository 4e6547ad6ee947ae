"""The ledger over HTTP, through the whole stack: scope, token, problems, and what it says it does."""

from __future__ import annotations

import json
import uuid
from datetime import datetime

import pytest
from django.test import Client

from wufei.kernel.ids import new_id
from wufei.records.ledger.core.heads import read_heads
from wufei.records.ledger.core.proofs import check_proof, read_proof
from wufei.runtime.clock import now

ROOT = "/api/ledger"


def key(place, kind, **changes):
    own = {"holder_id": place.party_id} if kind == "stock" else {}
    parts = {"book": place.book, "kind": kind, "region_id": place.region_id, "stream": "GI-UNSORTED"}
    origin = {"origin_region_id": place.region_id, "origin_sector": "industry"}
    return parts | origin | own | changes


def made(place, **changes):
    """A posting of 1.5 t that arise."""
    number = str(new_id(now()))
    transfer = {
        "id": number,
        "source": key(place, "origin"),
        "target": key(place, "stock"),
        "grams": 1_500_000,
        "step": "generate",
        "occurred_at": "2026-02-10T12:00:00+08:00",
        "precision": "day",
        "quantity": "1.5",
        "unit": "t",
        "evidence": "weighbridge",
        "document": "WB-1",
    }
    return {"id": number, "transfers": [transfer | changes]}


def send(client, path, body):
    return client.post(f"{ROOT}{path}", json.dumps(body), content_type="application/json")


def problem(answer):
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()


@pytest.fixture
def clerk(signed_in, district):
    return signed_in(district, "clerk")


def test_a_posting_is_posted_repeated_and_refused_with_its_findings(clerk, district):
    posting = made(district)
    first = send(clerk, "/postings", posting)
    assert (first.status_code, first.json()["outcome"]) == (200, "posted")
    assert send(clerk, "/postings", posting).json()["outcome"] == "repeated"
    other = json.loads(json.dumps(posting))
    other["transfers"][0]["document"] = "WB-2"
    conflict = send(clerk, "/postings", other)
    assert (conflict.status_code, problem(conflict)["code"]) == (409, "ledger.id-with-other-content")
    bad = send(clerk, "/postings", made(district, grams=0, unit="furlong"))
    assert bad.status_code == 422
    said = problem(bad)
    assert (said["outcome"], said["code"]) == ("refused", "ledger.refused")
    assert {found["severity"] for found in said["findings"]} >= {"error"}
    assert all(found["message"] and found["where"] for found in said["findings"])
    assert clerk.get(f"{ROOT}/postings/{posting['id']}").json()["transfers"][0]["grams"] == 1_500_000
    assert clerk.get(f"{ROOT}/transfers/{said['posting_id']}").status_code == 404


def test_reads_give_accounts_transfers_and_pages_by_key(clerk, district):
    found = clerk.get(
        f"{ROOT}/accounts", {"book": district.book, "region": district.key, "kind": "stock"}
    ).json()
    (account,) = found["accounts"]
    assert (account["balance_g"], account["holder_id"]) == (6_000_000, district.party_id)
    assert clerk.get(f"{ROOT}/accounts/{account['id']}").json() == account
    seen, after = [], None
    while True:
        query = {"limit": 2} | ({"after": after} if after else {})
        page = clerk.get(f"{ROOT}/accounts/{account['id']}/transfers", query).json()
        seen += [row["id"] for row in page["transfers"]]
        after = page["after"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 6
    one = clerk.get(f"{ROOT}/transfers/{district.used_id}").json()
    assert (one["grams"], one["quantity"], one["step"]) == (8_000_000, "8", "treat-in")
    assert datetime.fromisoformat(one["occurred_at"]).date().isoformat() == "2025-01-03"


def test_a_transfer_is_taken_back_once(clerk, district):
    path = f"/transfers/{district.used_id}/reversal"
    unknown = send(clerk, path, {"reason": "boredom"})
    assert (unknown.status_code, problem(unknown)["field"]) == (422, "reason")
    done = send(clerk, path, {"reason": "typed-wrong"})
    assert done.json()["outcome"] == "posted"
    again = send(clerk, path, {"reason": "typed-wrong"})
    assert (again.status_code, problem(again)["code"]) == (409, "ledger.reversal-twice")
    posting = clerk.get(f"{ROOT}/postings/{done.json()['posting_id']}").json()
    assert (posting["reason"], posting["transfers"][0]["reverses"]) == ("typed-wrong", str(district.used_id))


def test_a_closing_is_made_read_and_amended(signed_in, district, seal_all):
    office = signed_in(district, "office")
    wanted = {"book": district.book, "period": "2025-01", "region_id": district.region_id}
    seal_all()
    closing = send(office, "/closings", wanted)
    assert closing.status_code == 200
    assert problem(send(office, "/closings", wanted))["code"] == "ledger.closed-already"
    late = made(district, occurred_at="2025-01-20T12:00:00+08:00")
    refused = send(signed_in(district, "clerk"), "/postings", late)
    assert [found["code"] for found in problem(refused)["findings"]] == ["ledger.period-closed"]
    late["transfers"][0]["amends_period"], late["reason"] = "2025-01", "source-revised"
    assert send(office, "/postings", late).json()["outcome"] == "posted"
    number = closing.json()["id"]
    assert [each["id"] for each in office.get(f"{ROOT}/closings").json()["closings"]] == [number]
    found = office.get(f"{ROOT}/closings/{number}").json()
    flow = next(each for each in found["flows"] if each["step"] == "generate")
    assert (flow["published_g"], flow["revised_g"]) == (30_000_000, 31_500_000)
    assert [row["id"] for row in found["amending"]] == [late["id"]]


def test_heads_and_proof_are_the_files_that_the_commands_read(signed_in, district, seal_all):
    seal_all()
    client = signed_in(district, "auditor")
    heads = read_heads(client.get(f"{ROOT}/heads").content.decode())
    proof = read_proof(client.get(f"{ROOT}/transfers/{district.used_id}/proof").content.decode())
    assert check_proof(proof, heads=heads) == []


@pytest.mark.parametrize(
    "path",
    [
        "/accounts?book={book}&region={key}",
        "/transfers/{used}",
        "/transfers/{used}/proof",
        "/postings/{used}",
        "/closings",
        "/closings/1",
        "/heads",
        "/accounts/1",
        "/accounts/1/transfers",
    ],
)
def test_a_visitor_reads_nothing(district, path):
    answer = Client().get(ROOT + path.format(book=district.book, key=district.key, used=district.used_id))
    assert (answer.status_code, problem(answer)["code"]) == (403, "access.refused")


@pytest.mark.parametrize("path", ["", "/proof"])
def test_another_region_does_not_find_a_transfer(signed_in, district, district_factory, path):
    stranger = signed_in(district_factory(), "office")
    assert stranger.get(f"{ROOT}/transfers/{district.used_id}{path}").status_code == 404


def test_another_region_reaches_nothing_of_this_one(signed_in, clerk, district, district_factory, seal_all):
    account = clerk.get(f"{ROOT}/accounts", {"book": district.book, "region": district.key}).json()[
        "accounts"
    ][0]
    seal_all()
    office = signed_in(district, "office")
    wanted = {"book": district.book, "period": "2025-01", "region_id": district.region_id}
    closing = send(office, "/closings", wanted).json()["id"]
    stranger = signed_in(district_factory(), "office")
    for path in (
        f"/accounts/{account['id']}",
        f"/accounts/{account['id']}/transfers",
        f"/postings/{district.used_id}",
    ):
        assert stranger.get(ROOT + path).status_code == 404
    query = {"book": district.book, "region": district.key}
    assert stranger.get(f"{ROOT}/accounts", query).json()["accounts"] == []
    assert stranger.get(f"{ROOT}/closings/{closing}").status_code == 403
    assert stranger.get(f"{ROOT}/closings").json()["closings"] == []
    assert send(stranger, "/postings", made(district)).status_code == 403
    assert (
        send(stranger, f"/transfers/{district.used_id}/reversal", {"reason": "typed-wrong"}).status_code
        == 404
    )
    assert send(stranger, "/closings", wanted | {"period": "2025-02"}).status_code == 403


@pytest.mark.parametrize("role", ["leader", "auditor"])
def test_who_only_reads_writes_nothing(signed_in, district, role):
    client = signed_in(district, role)
    assert send(client, "/postings", made(district)).status_code == 403
    assert (
        send(client, f"/transfers/{district.used_id}/reversal", {"reason": "typed-wrong"}).status_code == 403
    )
    wanted = {"book": district.book, "period": "2025-01", "region_id": district.region_id}
    assert send(client, "/closings", wanted).status_code == 403


def test_a_clerk_neither_closes_nor_lists_closings(clerk, district):
    wanted = {"book": district.book, "period": "2025-01", "region_id": district.region_id}
    assert send(clerk, "/closings", wanted).status_code == 403
    assert clerk.get(f"{ROOT}/closings").status_code == 403


def test_a_producer_writes_for_itself_alone(signed_in, district, district_factory):
    other, client = district_factory(), signed_in(district, "producer")
    assert send(client, "/postings", made(district)).status_code == 200
    assert send(client, "/postings", made(other)).status_code == 403
    theirs = {"book": district.book, "period": "2025-01", "party_id": other.party_id}
    assert send(client, "/closings", theirs).status_code == 403
    region = {"book": district.book, "period": "2025-01", "region_id": district.region_id}
    assert send(client, "/closings", region).status_code == 403


def test_an_office_does_not_close_for_a_firm(signed_in, district, district_factory):
    wanted = {"book": district.book, "period": "2025-01", "party_id": district.party_id}
    for place in (district, district_factory()):
        assert send(signed_in(place, "office"), "/closings", wanted).status_code == 403


def test_a_write_without_a_token_is_refused(clerk, district):
    client = Client(enforce_csrf_checks=True)
    client.cookies = clerk.cookies
    posting = made(district)
    assert send(client, "/postings", posting).status_code == 403
    assert clerk.get(f"{ROOT}/postings/{posting['id']}").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"grams": 10**400},
        {"grams": -1},
        {"quantity": "NaN"},
        {"quantity": "1e999999"},
        {"occurred_at": "2026-02-10T12:00:00"},
        {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"occurred_at": "9999-12-31T23:59:59-12:00"},
        {"id": str(uuid.UUID(int=0))},
        {"document": "a\x00b"},
        {"dry_share_ppm": 2**70},
        {"uncertainty_ppm": -(2**70)},
        {"amends_period": "soon"},
        {"step": "vanish"},
        {"precision": "quarter"},
    ],
)
def test_nonsense_is_refused_with_a_reason(clerk, district, changes):
    answer = send(clerk, "/postings", made(district, **changes))
    assert answer.status_code == 422
    assert problem(answer)["detail"]


@pytest.mark.parametrize("part", ["region_id", "origin_region_id", "holder_id", "site_id"])
def test_an_account_of_nowhere_is_refused(clerk, district, part):
    posting = made(district, target=key(district, "stock", **{part: 2**63 - 1}))
    answer = send(clerk, "/postings", posting)
    assert answer.status_code in {403, 422}
    assert problem(answer)["detail"]


def test_the_description_explains_every_route_and_field_of_the_ledger(db):
    document = Client().get("/api/openapi.json").json()
    own = {path: verbs for path, verbs in document["paths"].items() if path.startswith(ROOT)}
    assert len(own) == 11
    for verbs in own.values():
        for said in verbs.values():
            assert said["summary"]
            assert said["description"]
    schemas = document["components"]["schemas"]
    for name in ("PostingIn", "ReversalIn", "ClosingIn", "TransferIn", "AccountKeySchema"):
        assert schemas[name]["description"]
        assert any(part.get("examples") for part in schemas[name]["properties"].values())
