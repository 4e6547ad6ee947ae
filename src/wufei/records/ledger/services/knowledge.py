"""Fill the in-memory ledger with what the database knows about some postings, under row locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg

from wufei.kernel.errors import AccessError
from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import SYNTHETIC_BOOK, AccountKey, Kind, account_digest
from wufei.records.ledger.core.checks import local_date
from wufei.records.ledger.core.history import REMEMBERED, History
from wufei.records.ledger.core.model import AccountState, Case, Ledger, stock_side
from wufei.records.ledger.core.transfers import Evidence, Step, Transfer
from wufei.records.ledger.queries.closing import read_closings
from wufei.records.registry.queries import SiteRow, sites_by_id
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.identity.queries import RegionRow, parties_by_id, regions_by_id

Cursor = psycopg.Cursor[Any]

_LOCK = "SELECT key, id, grams, strict, finished FROM ledger_lock_accounts(%s::uuid[])"
_TAKEN = "SELECT ledger_taken_ids(%s::uuid[])"
_SAME = "SELECT id, same FROM ledger_same_postings(%s::uuid[], %s::bytea[])"
_REVERSED = "SELECT transfer_id FROM ledger_reversal WHERE transfer_id = ANY(%s::uuid[])"
_SIDES = "SELECT * FROM ledger_sides(%s::uuid[]) ORDER BY id, is_source DESC"
_ORIGINALS = """
    SELECT id, grams, step, occurred_at, precision, quantity, unit, evidence, method, conversion,
        dry_share_ppm, uncertainty_ppm, document, container, reverses, amends_period
    FROM ledger_transfer WHERE id = ANY(%s::uuid[])
"""
_RECENT = "SELECT account_id, step, grams FROM ledger_recent_masses(%s, %s, %s, %s)"


def learn(cursor: Cursor, scope: Scope, ledger: Ledger, cases: Sequence[Case]) -> None:
    """Tell a ledger what it must know to judge these cases; what it knows already is not asked again.

    Parameters
    ----------
    cursor : Cursor
        Inside the transaction that will write; the balances stay locked until it ends.
    scope : Scope
        Who writes; accounts out of reach are marked.
    ledger : Ledger
        In which the cases were prepared.
    cases : sequence of Case
        All that will be judged.
    """
    # A row that is not there cannot be locked: somebody else may have opened the account since.
    asked = {id(state): state for case in cases for state in case.states() if state.id is None}
    fresh = [state for state in asked.values() if not state.learned]
    _lock_accounts(cursor, list(asked.values()))
    _learn_ids(cursor, ledger, cases)
    _mark_unreachable(scope, fresh)
    _mark_unknown(scope, fresh)
    for state in fresh:
        state.learned = True
    _learn_closings(cursor, scope, ledger, cases)
    _learn_histories(cursor, cases)
    _learn_originals(cursor, ledger, cases)


def _lock_accounts(cursor: Cursor, states: Sequence[AccountState]) -> None:
    by_digest = {account_digest(state.text): state for state in states}
    for digest, number, grams, strict, finished in cursor.execute(_LOCK, [_array(by_digest)], prepare=True):
        state = by_digest[digest]
        state.id, state.finished, state.stored = number, finished, True
        if state.balanced:
            state.balance_g, state.strict = grams or 0, strict


def _learn_ids(cursor: Cursor, ledger: Ledger, cases: Sequence[Case]) -> None:
    # Asked after the locks are held: a rival with the same posting has committed by now, or holds them.
    wanted = {case.posting.id for case in cases}
    wanted.update(transfer.id for case in cases for _, _, transfer in case.sides)
    cursor.execute(_TAKEN, [_array(wanted)], prepare=True)
    taken = {row[0] for row in cursor.fetchall()}
    if not taken:
        return
    ledger.taken |= taken
    for contents in _in_rounds(case for case in cases if case.posting.id in taken):
        cursor.execute(_SAME, [list(contents), list(contents.values())])
        for number, same in cursor.fetchall():
            if same:
                ledger.postings[number] = contents[number]
            else:
                ledger.postings.setdefault(number, b"")


def _in_rounds(cases: Iterable[Case]) -> list[dict[UUID, bytes]]:
    """Arrange contents by posting id; an id that comes with several contents has one in each round."""
    rounds: list[dict[UUID, bytes]] = []
    for case in cases:
        number = case.posting.id
        free = next((each for each in rounds if each.get(number, case.content) == case.content), None)
        if free is None:
            rounds.append(free := {})
        free[number] = case.content
    return rounds


def _array(ids: Iterable[UUID]) -> str:
    # Written by hand: psycopg's own dumper of lists takes several microseconds for each element.
    return "{" + ",".join([f"{number.int:032x}" for number in ids]) + "}"


def _mark_unreachable(scope: Scope, states: Iterable[AccountState]) -> None:
    if scope.everything:
        return
    for state in states:
        state.reachable = _reaches(scope, state.key)


def _reaches(scope: Scope, key: AccountKey) -> bool:
    try:
        require(scope, "ledger.post", region_id=key.region_id, party_id=key.holder_id)
    except AccessError:
        return False
    return True


def _mark_unknown(scope: Scope, states: Sequence[AccountState]) -> None:
    """Note what new accounts name wrongly; stored accounts were checked when they were made."""
    fresh = [state for state in states if not state.stored]
    if not fresh:
        return
    regions = regions_by_id({s.key.region_id for s in fresh} | {s.key.origin_region_id for s in fresh})
    parties = parties_by_id({s.key.holder_id for s in fresh if s.key.holder_id is not None})
    sites = sites_by_id({s.key.site_id for s in fresh if s.key.site_id is not None})
    for state in fresh:
        key = state.key
        _mark_regions(state, regions)
        holder = parties.get(key.holder_id) if key.holder_id is not None else None
        if key.holder_id is not None and holder is None:
            state.defects.append(("unknown-holder", "holder_id", key.holder_id))
        if key.site_id is not None:
            _mark_site(state, sites.get(key.site_id))
        elif scope.party_ids and holder is not None and holder.region_id != key.region_id:
            # A producer is at home in its own region and on its sites; elsewhere are another's figures.
            state.reachable = False


def _mark_regions(state: AccountState, regions: Mapping[int, RegionRow]) -> None:
    key = state.key
    for field, number in (("region_id", key.region_id), ("origin_region_id", key.origin_region_id)):
        region = regions.get(number)
        if region is None:
            state.defects.append(("unknown-region", field, number))
        elif key.book == SYNTHETIC_BOOK and not region.synthetic:
            state.defects.append(("synthetic-in-real-region", field, region.key))


def _mark_site(state: AccountState, site: SiteRow | None) -> None:
    key = state.key
    if site is None:
        state.defects.append(("unknown-site", "site_id", key.site_id))
    elif site.party_id != key.holder_id or key.region_id not in (site.region_id, site.functional_region_id):
        state.defects.append(("site-of-another", "site_id", site.key))
    else:
        state.strict = site.strict


def _learn_closings(cursor: Cursor, scope: Scope, ledger: Ledger, cases: Sequence[Case]) -> None:
    # Asked after the accounts are locked: with them came the lock that keeps closings as they are.
    moments = [
        (one.source.book, one.occurred_at) for case in cases if not case.findings for _, _, one in case.sides
    ]
    ledger.may_amend = allowed(scope, "ledger.amend")
    ledger.closings = ()
    if moments:
        instants = [at for _, at in moments]
        days = (local_date(min(instants)), local_date(max(instants)))
        ledger.closings = read_closings(cursor, {book for book, _ in moments}, days)


def _learn_histories(cursor: Cursor, cases: Sequence[Case]) -> None:
    wanted: dict[bool, set[tuple[int, Step]]] = {False: set(), True: set()}
    by_id: dict[int, AccountState] = {}
    for case in cases:
        for source, target, transfer in case.sides:
            stock = stock_side(source, target)
            if stock is None or not stock.stored or transfer.reverses is not None:
                continue
            if stock.id is not None and transfer.step not in stock.history:
                by_id[stock.id] = stock
                wanted[stock is target].add((stock.id, transfer.step))
    for arriving, pairs in wanted.items():
        if not pairs:
            continue
        ids, steps = [pair[0] for pair in pairs], [str(pair[1]) for pair in pairs]
        cursor.execute(_RECENT, [ids, steps, arriving, REMEMBERED], prepare=True)
        for number, step in pairs:
            by_id[number].history[step] = History()
        for number, step, grams in reversed(cursor.fetchall()):
            by_id[number].history[Step(step)].add(grams)


def _learn_originals(cursor: Cursor, ledger: Ledger, cases: Sequence[Case]) -> None:
    wanted = [one.reverses for case in cases for one in case.posting.transfers if one.reverses]
    if wanted:
        ledger.transfers.update(read_transfers(cursor, wanted))
        cursor.execute(_REVERSED, [wanted])
        ledger.reversed_ids.update(row[0] for row in cursor.fetchall())


def read_transfers(cursor: Cursor, ids: list[UUID]) -> dict[UUID, Transfer]:
    """Read transfers as they were posted; those that the session may not see are left out."""
    sides: dict[UUID, list[AccountKey]] = {}
    for number, _, book, kind, *rest in cursor.execute(_SIDES, [ids]):
        sides.setdefault(number, []).append(AccountKey(book, Kind(kind), *rest))
    cursor.execute(_ORIGINALS, [ids])
    return {row[0]: _transfer(row, *sides[row[0]]) for row in cursor.fetchall()}


def _transfer(row: tuple[Any, ...], source: AccountKey, target: AccountKey) -> Transfer:
    number, grams, step, occurred_at, precision, quantity, unit, evidence, *rest = row
    return Transfer(
        number,
        source,
        target,
        grams,
        Step(step),
        occurred_at,
        Precision(precision),
        quantity,
        unit,
        Evidence(evidence),
        *rest,
    )
