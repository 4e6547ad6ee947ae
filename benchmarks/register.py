"""The register: a workbook of 10,000 rows against reading it, and the file of a firm with ten years.

Import it once Django is ready.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from django.test import Client

from benchmarks.table import Result, at_most
from wufei.kernel.text import Text
from wufei.records.registry.core.drafts import PaperDraft, PlaceDraft, VehicleDraft
from wufei.records.registry.core.sheets import read_workbook, workbook_of
from wufei.records.registry.queries import enterprise_file
from wufei.records.registry.services import load_register, save_papers, save_places, save_vehicles
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import find_party
from wufei.runtime.identity.services import add_membership, create_user, save_region

FACTOR_MAX = 4.0
PAGE_MS_MAX = 150.0
ROUNDS = 5
YEARS = 10


def measure(rows: int) -> list[Result]:
    """Load ``rows`` rows, half parties and half papers; read the file of a party with ten years of papers."""
    scope = Scope.operator()
    save_region(key="bench", name=Text("测速区", "Bench"), kind="synthetic", synthetic=True)
    factors, again = [], []
    for number in range(3):
        content = _workbook(f"b{number}", rows // 2)
        read_s = _timed(partial(read_workbook, content, "bench.xlsx"))
        load = partial(load_register, scope, content=content, name="bench.xlsx")
        factors.append(_timed(load) / read_s)
        again.append(_timed(load) / read_s)
    detail = f"{rows:,} rows, 3 files: {', '.join(f'{factor:.2f}' for factor in factors)}; reading included"
    query_ms, page_ms = _page_ms(scope)
    return [
        at_most("register: load / reading the sheet", statistics.median(factors), FACTOR_MAX, detail),
        at_most(
            "register: the same file again / reading", statistics.median(again), FACTOR_MAX, f"{rows:,} rows"
        ),
        at_most(
            "register: page of a party, 10 years, ms",
            page_ms,
            PAGE_MS_MAX,
            f"median of {ROUNDS} whole requests; its queries alone {query_ms:.1f} ms",
        ),
    ]


def _workbook(stem: str, count: int) -> bytes:
    keys = [f"{stem}-{number:06d}" for number in range(count)]
    start = date(2025, 1, 1)
    parties = [{"key": key, "name": f"厂{key}", "kind": "enterprise", "region": "bench"} for key in keys]
    papers = [
        {
            "party": key,
            "kind": "permit",
            "number": f"P-{key}",
            "valid_from": start,
            "valid_to": date(2029, 12, 31),
        }
        for key in keys
    ]
    return workbook_of({"parties": parties, "papers": papers}, "zh-hans")


def _page_ms(scope: Scope) -> tuple[float, float]:
    party = find_party("b0-000000")
    start = date(2016, 1, 1)
    spans = [
        (start + timedelta(days=30 * each), start + timedelta(days=30 * each + 364))
        for each in range(12 * YEARS)
    ]
    save_papers(scope, [PaperDraft(party.id, "insurance", f"I{n}", *span) for n, span in enumerate(spans)])
    save_places(scope, [PlaceDraft(party.id, "store", f"TS{n}", "库") for n in range(40)])
    save_vehicles(scope, [VehicleDraft(party.id, f"京A{n:05d}") for n in range(100)])

    def read() -> None:
        with session(scope):
            enterprise_file(scope, party.key, on=date(2026, 3, 1))

    user_id = create_user(username="bench", password="bench")  # noqa: S106 - nobody signs in
    add_membership(user_id=user_id, role=Role.OFFICE, region_id=party.region_id)
    client = Client()
    client.force_login(User.objects.get(id=user_id))

    def ask() -> None:
        answer = client.get(f"/registry/parties/{party.key}", headers={"host": "localhost"})
        if answer.status_code != 200:
            raise RuntimeError(f"the page of a party answered {answer.status_code}")

    query_ms, request_ms = (
        statistics.median(1000 * _timed(run) for _ in range(ROUNDS)) for run in (read, ask)
    )
    return query_ms, request_ms


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
