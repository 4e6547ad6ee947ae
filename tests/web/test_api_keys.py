"""A program with a key reads and writes the real ledger, exactly as far as its person's role reaches."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from wufei.kernel.ids import new_id
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import find_user, memberships_of
from wufei.runtime.identity.services import create_api_key

READS = (
    "/api/ledger/accounts?book={book}&region={key}",
    "/api/ledger/transfers/{used}",
    "/api/ledger/closings",
    "/api/ledger/heads",
    "/api/indicators?region={key}&period=2025&book={book}",
    "/api/indicators/plans/{plan}/findings",
)


@pytest.fixture
def key_of(district):
    """Make a key for a role of the district."""

    def make(role, *, only_reading=True):
        user = find_user(district.users[role])
        (held,) = memberships_of(user.id, on=today_on())
        return create_api_key(
            user_id=user.id,
            membership_id=held.id,
            name="ERP",
            days=30,
            only_reading=only_reading,
            at=now(),
        )

    return make


def bearer(token):
    return {"authorization": f"Bearer {token}"}


def posting(place):
    """A posting of 1.5 t that arise."""
    number = str(new_id(now()))
    whole = {"book": place.book, "region_id": place.region_id, "stream": "GI-UNSORTED"}
    origin = {"origin_region_id": place.region_id, "origin_sector": "industry"}
    transfer = {
        "id": number,
        "source": {**whole, **origin, "kind": "origin"},
        "target": {**whole, **origin, "kind": "stock", "holder_id": place.party_id},
        "grams": 1_500_000,
        "step": "generate",
        "occurred_at": "2026-02-10T12:00:00+08:00",
        "precision": "day",
        "quantity": "1.5",
        "unit": "t",
        "evidence": "weighbridge",
        "document": "WB-1",
    }
    return json.dumps({"id": number, "transfers": [transfer]})


@pytest.mark.parametrize("path", READS)
def test_a_reading_key_reads_what_its_person_reads(district, signed_in, key_of, path):
    address = path.format(book=district.book, key=district.key, used=district.used_id, plan=district.plan_id)
    seen = signed_in(district, "office").get(address)
    found = Client().get(address, headers=bearer(key_of("office")))
    assert (found.status_code, found.json()) == (seen.status_code, seen.json())
    assert found.status_code == 200


def test_a_writing_key_posts_without_a_token_and_a_reading_one_does_not(district, key_of):
    program, body = Client(enforce_csrf_checks=True), posting(district)
    for only_reading, status in ((True, 403), (False, 200)):
        answer = program.post(
            "/api/ledger/postings",
            body,
            content_type="application/json",
            headers=bearer(key_of("clerk", only_reading=only_reading)),
        )
        assert answer.status_code == status, answer.content.decode()


def test_a_key_writes_no_more_than_its_role(district, district_factory, key_of):
    token = key_of("producer", only_reading=False)
    answer = Client().post(
        "/api/ledger/postings",
        posting(district_factory(days=0, with_plan=False)),
        content_type="application/json",
        headers=bearer(token),
    )
    assert answer.status_code == 403


def test_a_key_of_who_may_not_read_the_ledger_is_refused_there(district, district_factory, key_of):
    other = district_factory()
    address = f"/api/ledger/transfers/{other.used_id}"
    assert Client().get(address, headers=bearer(key_of("producer"))).status_code in (403, 404)
