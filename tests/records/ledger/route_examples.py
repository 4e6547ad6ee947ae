"""Accounts, transfers, postings, closings and loads of a place."""

from functools import cache

from wufei.kernel.ids import new_id
from wufei.kernel.period import Period
from wufei.records.ledger import queries, services
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.services.loading import Upload, load_file
from wufei.runtime.access.core import PARTY_ROLES, Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now

OPERATOR = Scope.operator()


@cache
def stock_id(place):
    with session(OPERATOR):
        page = queries.accounts(
            OPERATOR, book=place.book, region_id=place.region_id, kind=Kind.STOCK, limit=1
        )
    return page.rows[0].id


@cache
def posting_id(place):
    with session(OPERATOR):
        return str(queries.get_transfer(OPERATOR, place.transfer_id).posting_id)


@cache
def closing_id(place, party):
    whom = (
        {"party_id": place.party_id, "region_id": None}
        if party
        else {"region_id": place.region_id, "party_id": None}
    )
    with session(OPERATOR):
        return services.close_period(
            OPERATOR, book=place.book, period=Period.parse("2025-06"), grouping="", now=now(), **whom
        ).id


@cache
def load_id(place, party):
    scope = place.scope("producer" if party else "clerk")
    with session(scope):
        found = load_file(
            scope,
            Upload("日期,环节,废物类别,数量,单位名称\nx,产生,y,z,甲\n".encode(), "坏.csv"),
            keep_good=False,
            now=now(),
        )
    return str(found.load_id)


def account(place, role):
    return {"kwargs": {"account_id": stock_id(place)}}


def transfer(place, role):
    return {"kwargs": {"transfer_id": str(place.transfer_id)}}


def posting(place, role):
    return {"kwargs": {"posting_id": posting_id(place)}}


def closing(place, role):
    return {"kwargs": {"closing_id": closing_id(place, role in PARTY_ROLES)}}


def load(place, role):
    return {"kwargs": {"load_id": load_id(place, role in PARTY_ROLES)}}


def reversal(place, role):
    return transfer(place, role) | {"method": "post", "body": {"reason": "typed-wrong"}}


def new_posting(place, role):
    number = str(new_id(now()))
    side = {"book": place.book, "region_id": place.region_id, "stream": "GI-UNSORTED"}
    side |= {"origin_region_id": place.region_id, "origin_sector": "industry"}
    made = {
        "id": number,
        "source": side | {"kind": "origin"},
        "target": side | {"kind": "stock", "holder_id": place.party_id},
        "grams": 1_500_000,
        "step": "generate",
        "occurred_at": "2026-02-10T12:00:00+08:00",
        "precision": "day",
        "quantity": "1.5",
        "unit": "t",
        "evidence": "weighbridge",
        "document": "WB-1",
    }
    return {"method": "post", "body": {"id": number, "transfers": [made]}}


def new_closing(place, role):
    whom = {"party_id": place.party_id} if role in PARTY_ROLES else {"region_id": place.region_id}
    return {"method": "post", "body": {"book": place.book, "period": "2025-07"} | whom}


EXAMPLES = {
    "ledger:account": account,
    "ledger:transfer": transfer,
    "ledger:proof": transfer,
    "ledger:correction": transfer,
    "ledger:posting": posting,
    "ledger:closing": closing,
    "ledger:load": load,
    "GET /api/ledger/accounts": lambda place, role: {
        "query": {"book": place.book, "region": place.key},
        "foreign_is_empty": "accounts",
    },
    "GET /api/ledger/accounts/{account_id}": account,
    "GET /api/ledger/accounts/{account_id}/transfers": account,
    "GET /api/ledger/transfers/{transfer_id}": transfer,
    "GET /api/ledger/transfers/{transfer_id}/proof": transfer,
    "POST /api/ledger/transfers/{transfer_id}/reversal": reversal,
    "GET /api/ledger/postings/{posting_id}": posting,
    "POST /api/ledger/postings": new_posting,
    "POST /api/ledger/closings": new_closing,
    "GET /api/ledger/closings/{closing_id}": closing,
}
