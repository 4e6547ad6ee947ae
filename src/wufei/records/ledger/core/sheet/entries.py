"""Rows of a file become postings of the ledger, and what the ledger says of them comes back to the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

from wufei.kernel.findings import Finding
from wufei.kernel.ids import id_of
from wufei.records.ledger.core.accounts import FINISHABLE, AccountKey, account_text
from wufei.records.ledger.core.sheet.drafts import Draft, Reading
from wufei.records.ledger.core.sheet.headers import LedgerSheet, row_number, sheet_index
from wufei.records.ledger.core.sheet.messages import RowFinding, cell_finding
from wufei.records.ledger.core.sheet.places import Defect, Directory, accounts_of, names_key, wrong_names
from wufei.records.ledger.core.transfers import Posting, Transfer, transfer_text

# Identifiers older than this have no partition.
_EARLIEST_ID = datetime(2000, 1, 1, tzinfo=UTC)
_NO_ID = UUID(int=0)
_ROWS_SHOWN = 5
# The column in which a defect of a field of the ledger is to be mended.
_COLUMN_OF = {
    "id": "id",
    "grams": "quantity",
    "quantity": "quantity",
    "unit": "unit",
    "conversion": "unit",
    "occurred_at": "date",
    "precision": "date",
    "method": "method",
    "document": "document",
    "amends_period": "amends",
    "step": "step",
    "stream": "stream",
    "origin": "origin",
    "origin_region_id": "origin",
    "origin_sector": "sector",
    "book": "book",
    "ref": "ref",
    "holder_id": "holder",
    "site_id": "site",
    "region_id": "region",
    "uncertainty_ppm": "uncertainty",
    "dry_share_ppm": "dry_share",
    "reason": "reason",
    # A side without a field: what is on it does not suffice.
    "source": "quantity",
    "target": "quantity",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting and the rows that it was made of, one for each of its transfers."""

    posting: Posting
    rows: tuple[int, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """What some rows give.

    Attributes
    ----------
    entries : tuple of Entry
        In order of occurrence, then of the file.
    findings : tuple of RowFinding
        In the order of the rows.
    refused : frozenset of int
        Rows that cannot be posted.
    records : int
        Rows that are records; totals and remarks are none.
    """

    entries: tuple[Entry, ...]
    findings: tuple[RowFinding, ...]
    refused: frozenset[int]
    records: int


@dataclass(slots=True)
class Numbering:
    """Gives rows without an identifier one made of their content, the same at every load of the file.

    Attributes
    ----------
    now : datetime
        The clock of the server: no identifier lies ahead of it.
    seen : Counter
        How often a content came before in this file: two loads of the same weight on one day are two.
    """

    now: datetime
    seen: Counter[bytes] = field(default_factory=Counter)

    def number(self, transfer: Transfer, texts: tuple[str, str]) -> Transfer:
        """Give a transfer its identifier; `texts` are the `account_text` of its sides."""
        content = blake2b(
            transfer_text(transfer, *texts).encode(errors="surrogatepass"), digest_size=16
        ).digest()
        before = self.seen[content]
        self.seen[content] += 1
        digest = blake2b(content + before.to_bytes(8, "big"), digest_size=10).digest()
        at = min(max(transfer.occurred_at, _EARLIEST_ID), self.now)
        return replace(transfer, id=id_of(at, int.from_bytes(digest, "big")))


def entries_of(
    readings: Sequence[Reading], sheets: Sequence[LedgerSheet], directory: Directory, numbering: Numbering
) -> Entries:
    """Turn rows into postings.

    Parameters
    ----------
    readings : sequence of Reading
        Rows of the file in its order, whole posting groups.
    sheets : sequence of LedgerSheet
        All of the file.
    directory : Directory
        Knows the names of the rows.
    numbering : Numbering
        Of this file.
    """
    findings: list[RowFinding] = []
    made: dict[tuple[int, str], list[tuple[Draft, Transfer]]] = {}
    broken: dict[tuple[int, str], list[int]] = {}
    members: dict[tuple[int, str], list[Reading]] = {}
    looking = _Looking(directory)
    for position, reading in enumerate(readings):
        findings.extend(reading.findings)
        if not reading.record:
            continue
        # A row without a group is a group of its own.
        group = (sheet_index(reading.row), reading.group) if reading.group else (-1, str(position))
        members.setdefault(group, []).append(reading)
        draft = reading.draft
        sides = looking.of(draft) if draft is not None else None
        if draft is None or not isinstance(sides, _Sides):
            defects = sides if isinstance(sides, list) else wrong_names(reading, directory)
            findings.extend(_named_wrong(reading.row, defects, sheets))
            broken.setdefault(group, []).append(reading.row)
            continue
        transfer = _transfer(draft, sides)
        numbered = transfer if draft.id else numbering.number(transfer, sides.texts)
        made.setdefault(group, []).append((draft, numbered))
    for group, rows in broken.items():
        findings.extend(held_back(draft.row, group[1], rows, sheets) for draft, _ in made.pop(group, ()))
    refused = frozenset(reading.row for group in broken for reading in members[group])
    entries = sorted((_entry(rows) for rows in made.values()), key=_first)
    findings.sort(key=lambda found: found.row)
    return Entries(tuple(entries), tuple(findings), refused, sum(map(len, members.values())))


def ledger_finding(found: Finding, rows: Sequence[int], sheets: Sequence[LedgerSheet]) -> RowFinding:
    """Say in terms of the file what the ledger found in a posting.

    Parameters
    ----------
    found : Finding
        Its place names the transfer and the field, such as ``transfer 2, source.holder_id``.
    rows : sequence of int
        The rows of the posting.
    sheets : sequence of LedgerSheet
        All of the file.
    """
    number, column = _pointed(found.where)
    row = rows[min(number, len(rows)) - 1]
    sheet = sheets[sheet_index(row)]
    where = sheet.place(row_number(row), column)
    return RowFinding(row, sheet.header.title(column) if column else "", replace(found, where=where))


def held_back(row: int, group: str, bad: Sequence[int], sheets: Sequence[LedgerSheet]) -> RowFinding:
    """Say of a row that it was not posted because other rows of its group are wrong."""
    numbers = [str(row_number(one)) for one in bad[:_ROWS_SHOWN]]
    shown = "、".join(numbers) + ("…" if len(bad) > _ROWS_SHOWN else "")
    where = sheets[sheet_index(row)].place(row_number(row))
    return RowFinding(row, "", cell_finding("held-back", where, group, rows=shown))


@dataclass(frozen=True, slots=True)
class _Sides:
    """The accounts of a row, and their texts."""

    source: AccountKey
    target: AccountKey
    texts: tuple[str, str]


@dataclass(slots=True)
class _Looking:
    """Accounts that rows have asked for: most rows of a file name the same few."""

    directory: Directory
    known: dict[tuple[object, ...], _Sides | list[Defect]] = field(default_factory=dict)

    def of(self, draft: Draft) -> _Sides | list[Defect]:
        key = names_key(draft)
        found = self.known.get(key)
        if found is None:
            pair = accounts_of(draft, self.directory)
            found = (
                _Sides(*pair, (account_text(pair[0]), account_text(pair[1])))
                if isinstance(pair, tuple)
                else pair
            )
            self.known[key] = found
        return found


def _named_wrong(row: int, defects: Sequence[Defect], sheets: Sequence[LedgerSheet]) -> Iterator[RowFinding]:
    sheet = sheets[sheet_index(row)]
    for column, code, value, values in defects:
        where = sheet.place(row_number(row), column)
        yield RowFinding(row, sheet.header.title(column), cell_finding(code, where, value, **values))


def _transfer(draft: Draft, sides: _Sides) -> Transfer:
    return Transfer(
        id=draft.id or _NO_ID,
        source=sides.source,
        target=sides.target,
        grams=draft.grams,
        step=draft.step,
        occurred_at=draft.occurred_at,
        precision=draft.precision,
        quantity=draft.quantity,
        unit=draft.unit,
        evidence=draft.evidence,
        method=draft.method,
        conversion=draft.conversion,
        dry_share_ppm=draft.dry_share_ppm,
        uncertainty_ppm=draft.uncertainty_ppm,
        document=draft.document,
        amends_period=draft.amends_period,
    )


def _entry(rows: Sequence[tuple[Draft, Transfer]]) -> Entry:
    transfers = tuple(transfer for _, transfer in rows)
    finishes = dict.fromkeys(
        key
        for draft, one in rows
        if draft.finish
        for key in (one.source, one.target)
        if key.kind in FINISHABLE
    )
    reason = next((draft.reason for draft, _ in rows if draft.reason), "")
    number = transfers[0].id if len(transfers) == 1 else _group_id(transfers)
    posting = Posting(number, transfers, tuple(finishes), reason)
    return Entry(posting, tuple(draft.row for draft, _ in rows), rows[0][0].group)


def _group_id(transfers: Sequence[Transfer]) -> UUID:
    """The identifier of a group follows from those of its rows, so that the file gives it again."""
    joined = b"".join(sorted(one.id.bytes for one in transfers))
    digest = blake2b(joined, digest_size=10).digest()
    first = min(one.id for one in transfers)
    # The clock of the earliest row; an identifier of another version is refused by the ledger itself.
    return UUID(
        int=first.int >> 80 << 80 | id_of(_EARLIEST_ID, int.from_bytes(digest, "big")).int & ((1 << 80) - 1)
    )


def _first(entry: Entry) -> tuple[datetime, int]:
    return min(one.occurred_at for one in entry.posting.transfers), entry.rows[0]


def _pointed(where: str) -> tuple[int, str]:
    """Read ``transfer 2, source.holder_id`` as the second row and its column."""
    first, _, rest = where.partition(", ")
    kind, _, number = first.partition(" ")
    if kind != "transfer" or not number.isdigit():
        # About the posting as a whole, or an account that it finishes.
        return 1, _COLUMN_OF.get(kind, "finish" if kind == "finish" else "")
    name = rest.rpartition(".")[2]
    return int(number), _COLUMN_OF.get(name, "")
