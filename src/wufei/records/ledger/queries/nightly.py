"""What the nightly checks look for, and what the last ones found.

`verify` asks whether the records are what they were; these ask whether they make sense together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.ledger.queries.reading import read_rows
from wufei.records.ledger.queries.sealing import sealing_lag
from wufei.runtime.access.core import Scope, require

LEG_DAYS_MAX = 30
RUN_DAYS_MAX = 90
LAG_MAX = timedelta(seconds=30)
"""Sealing runs every two seconds; what waits longer than this is held back by something."""

FOUND_MAX = 1000
"""Findings of one kind that are kept; more of them are one defect, not a list to work through."""

# What is known only by the day or month has left at its end and come at its beginning, so that only what
# cannot have been otherwise is found. A transfer that was taken back counts as if it had never been.
_PAST_BELOW_ZERO = """
    WITH standing AS (
        SELECT t.* FROM ledger_transfer AS t WHERE t.reverses IS NULL
            AND NOT EXISTS (SELECT 1 FROM ledger_reversal AS r WHERE r.transfer_id = t.id)
    ), moved AS (
        SELECT target_account_id AS account_id, grams, timezone('Asia/Shanghai', CASE precision
            WHEN 'instant' THEN timezone('Asia/Shanghai', occurred_at)
            WHEN 'day' THEN occurred_on::timestamp
            ELSE date_trunc(precision, occurred_on::timestamp) END) AS at, id
        FROM standing WHERE target_kind = 'stock'
        UNION ALL
        SELECT source_account_id, -grams, timezone('Asia/Shanghai', CASE precision
            WHEN 'instant' THEN timezone('Asia/Shanghai', occurred_at)
            WHEN 'day' THEN occurred_on::timestamp + interval '1 day - 1 microsecond'
            ELSE date_trunc(precision, occurred_on::timestamp) + ('1 ' || precision)::interval
                - interval '1 microsecond' END), id
        FROM standing WHERE source_kind = 'stock'
    ), past AS (
        SELECT account_id, at, id, sum(grams) OVER (PARTITION BY account_id ORDER BY at) AS grams FROM moved
    ), lowest AS (
        SELECT DISTINCT ON (account_id) account_id, at, id, grams FROM past WHERE grams < 0
        ORDER BY account_id, grams, at, id
    )
    SELECT a.id, low.id, a.region_id, a.holder_id, low.grams::bigint,
        to_char(timezone('Asia/Shanghai', low.at), 'YYYY-MM-DD HH24:MI')
    FROM lowest AS low JOIN ledger_balance AS b USING (account_id)
    JOIN ledger_account AS a ON a.id = b.account_id
    WHERE b.strict ORDER BY a.id LIMIT %(limit)s
"""
_TOLERANT_BELOW_ZERO = """
    SELECT a.id, NULL::uuid, a.region_id, a.holder_id, b.grams, ''
    FROM ledger_balance AS b JOIN ledger_account AS a ON a.id = b.account_id
    WHERE NOT b.strict AND b.grams < 0 ORDER BY a.id LIMIT %(limit)s
"""
# One look at the oldest row of each account that is still open: both sides have an index. What a government
# has published stays as it was published: its runs are sums of a year that nobody will finish.
_OPEN_TOO_LONG = """
    SELECT a.id, NULL::uuid, a.region_id, a.holder_id, b.grams, first.occurred_on::text
    FROM ledger_account AS a JOIN ledger_balance AS b ON b.account_id = a.id
    CROSS JOIN LATERAL (
        SELECT min(occurred_on) AS occurred_on FROM (
            SELECT occurred_on FROM ledger_transfer WHERE target_account_id = a.id
            UNION ALL SELECT occurred_on FROM ledger_transfer WHERE source_account_id = a.id) AS both_sides
    ) AS first
    WHERE a.kind = %(kind)s AND a.book NOT LIKE 'published:%%'
        AND NOT EXISTS (SELECT 1 FROM ledger_finish AS f WHERE f.account_id = a.id)
        AND first.occurred_on < timezone('Asia/Shanghai', %(now)s)::date - %(days)s
    ORDER BY first.occurred_on, a.id LIMIT %(limit)s
"""
_LAST_RUN = """
    SELECT id, run_at, finished_at, sequence, intact, findings FROM ledger_check_run ORDER BY id DESC LIMIT 1
"""
_FOUND = """
    SELECT code, severity, place, value, message_zh, message_en, fix_zh, fix_en, account_id, transfer_id,
        region_id
    FROM ledger_check AS t WHERE run_id = %(run_id)s AND {where}
    ORDER BY array_position(ARRAY['error', 'warning', 'explain', 'note'], severity), code, id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A Finding of a check, with what it speaks of; None where that is no one account, transfer or region."""

    finding: Finding
    account_id: int | None = None
    transfer_id: UUID | None = None
    region_id: int | None = None
    holder_id: int | None = None


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One run of the nightly checks.

    Attributes
    ----------
    run_at, finished_at : datetime
        When it began and ended.
    sequence : int or None
        The last sealed sequence that it saw; None if nothing was sealed.
    intact : bool
        Nothing that was recorded has been changed: invariants and seals hold.
    findings : int
        How many there were, wherever.
    """

    run_at: datetime
    finished_at: datetime
    sequence: int | None
    intact: bool
    findings: int


@dataclass(frozen=True, slots=True)
class LastChecks:
    """The last run, and what it found that the reader may see."""

    run: CheckRun
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class _Check:
    """A question whose rows are (account, transfer, region, holder, grams, when)."""

    code: str
    sql: str
    rule: Text
    message: Text
    fix: Text
    severity: Severity = Severity.WARNING
    kind: str = ""
    days: int = 0


_CHECKS = (
    _Check(
        "past-below-zero",
        _PAST_BELOW_ZERO,
        Text("库存在任何时刻都不为负", "A stock is never below zero, at no instant"),
        Text(
            "账户 {account} 在 {at} 的结余为 {grams} 克，出多于入；现在的结余不受影响。",
            "Account {account} held {grams} g at {at}: more had left than come. It may be right now.",
        ),
        Text(
            "核对此前漏登的入库，或更正日期（更正并重登）。",
            "Look for an arrival that was not recorded before, or correct a date.",
        ),
    ),
    _Check(
        "tolerant-stock-below-zero",
        _TOLERANT_BELOW_ZERO,
        Text("迟报场所的负库存须补报", "A late reporter makes up for its negative stock"),
        Text(
            "迟报场所的账户 {account} 结余为 {grams} 克。",
            "Account {account} of a late reporter holds {grams} g.",
        ),
        Text("补报入库。", "Record what came in."),
    ),
    _Check(
        "leg-open-too-long",
        _OPEN_TOO_LONG,
        Text("在途不超过 {days} 天", "No leg is under way for more than {days} days"),
        Text(
            "在途账户 {account} 自 {at} 起运，尚未办结，在途 {grams} 克。",
            "Leg {account} has been under way since {at} with {grams} g and is not finished.",
        ),
        Text(
            "联系承运与接收单位，签收、退回或结清磅差。",
            "Ask carrier and receiver: receive, return or settle.",
        ),
        kind="transit",
        days=LEG_DAYS_MAX,
    ),
    _Check(
        "run-open-too-long",
        _OPEN_TOO_LONG,
        Text("处理批次不超过 {days} 天", "No run is open for more than {days} days"),
        Text(
            "处理批次账户 {account} 自 {at} 投料，尚未办结，余 {grams} 克。",
            "Run {account} has been open since {at} with {grams} g and is not finished.",
        ),
        Text("登记产出与残余后办结。", "Record what came out and what is left, then finish it."),
        kind="process",
        days=RUN_DAYS_MAX,
    ),
)


def suspicious(scope: Scope, *, now: datetime) -> list[Found]:
    """Find what cannot be right although every record is as it was written.

    Negative balances in the past, late reporters below zero, legs and runs that stay open, sealing that lags.
    """
    require(scope, "audit.read")
    return [found for check in _CHECKS for found in _ask(check, now)] + list(_lag(scope, now))


def placed(findings: list[Finding]) -> list[Found]:
    """Say of which account or transfer Findings of `verify` and `verify_seals` speak, and where that is."""
    accounts = {_number(found.where) for found in findings} - {None}
    transfers = {_transfer(found.where) for found in findings} - {None}
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT id, region_id, holder_id FROM ledger_account WHERE id = ANY(%s)", [list(accounts)]
        )
        places: dict[Any, tuple[int, int | None]] = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT id, source_region_id, source_holder_id FROM ledger_transfer WHERE id = ANY(%s)",
            [list(transfers)],
        )
        places |= {row[0]: row[1:] for row in cursor.fetchall()}
    return [_placed(found, places) for found in findings]


def last_run(scope: Scope) -> CheckRun | None:
    """Give the last nightly run alone; None before the first. `intact` is what pages say as 记录未被改动."""
    require(scope, "ledger.read")
    runs = read_rows(_LAST_RUN, {})
    return CheckRun(*runs[0][1:]) if runs else None


def last_checks(scope: Scope, *, limit: int = FOUND_MAX) -> LastChecks | None:
    """Give the last nightly checks with what they found in the reader's regions; None before the first."""
    require(scope, "ledger.read")
    runs = read_rows(_LAST_RUN, {})
    if not runs:
        return None
    run_id, *rest = runs[0]
    run = CheckRun(*rest)
    where = "true" if scope.everything else "(region_id = ANY(%(regions)s) OR holder_id = ANY(%(parties)s))"
    reach = {"regions": list(scope.region_ids), "parties": list(scope.party_ids)}
    rows = read_rows(_FOUND.format(where=where), {"run_id": run_id, "limit": limit, **reach})
    return LastChecks(run, tuple(_found(row) for row in rows))


def _ask(check: _Check, now: datetime) -> Iterator[Found]:
    parameters: dict[str, Any] = {"now": now, "kind": check.kind, "days": check.days, "limit": FOUND_MAX}
    with connections["system"].cursor() as cursor:
        cursor.execute(check.sql, parameters)
        rows = cursor.fetchall()
    for account, transfer, region_id, holder_id, grams, at in rows:
        named = {"account": account, "grams": f"{grams:,}", "at": at, "days": check.days}
        finding = Finding(
            code=f"ledger.{check.code}",
            severity=check.severity,
            where=f"account {account}",
            message=_filled(check.message, named),
            value=str(grams),
            rule=_filled(check.rule, named),
            fix=check.fix,
        )
        yield Found(finding, account, transfer, region_id, holder_id)


def _lag(scope: Scope, now: datetime) -> Iterator[Found]:
    lag = sealing_lag(scope)
    if lag.since is None or now - lag.since <= LAG_MAX:
        return
    since = lag.since.isoformat(timespec="seconds")
    yield Found(
        Finding(
            code="ledger.sealing-lags",
            severity=Severity.WARNING,
            where="sealing",
            message=Text(
                f"{lag.transfers:,} 笔流水自 {since} 起未封存。",
                f"{lag.transfers:,} transfers are not sealed since {since}.",
            ),
            value=str(lag.transfers),
            rule=Text("记录后 30 秒内封存", "Sealed within 30 s"),
            fix=SEALING_FIX,
        )
    )


SEALING_FIX = Text(
    "确认 wufei work 正在运行，且数据库服务器上没有长时间未结束的事务。",
    "See that wufei work is running, and that no transaction on the database server stays open.",
)


def _filled(text: Text, values: dict[str, Any]) -> Text:
    return Text(text.zh.format(**values), text.en.format(**values))


def _number(where: str) -> int | None:
    kind, _, number = where.partition(" ")
    return int(number) if kind == "account" and number.isdecimal() else None


def _transfer(where: str) -> UUID | None:
    kind, _, number = where.partition(" ")
    try:
        return UUID(number) if kind == "transfer" else None
    except ValueError:
        return None


def _placed(found: Finding, places: dict[Any, tuple[int, int | None]]) -> Found:
    account, transfer = _number(found.where), _transfer(found.where)
    region_id, holder_id = places.get(account or transfer, (None, None))
    return Found(found, account, transfer, region_id, holder_id)


def _found(row: tuple[Any, ...]) -> Found:
    code, severity, place, value, zh, en, fix_zh, fix_en, account, transfer, region_id = row
    finding = Finding(code, Severity(severity), place, Text(zh, en), value=value, fix=Text(fix_zh, fix_en))
    return Found(finding, account, transfer, region_id)
