"""What is noted while a file is posted, outside the memory and outside the transaction that may be undone."""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence

from wufei.kernel.findings import Finding, Severity, has_error
from wufei.records.ledger.core.sheet.entries import Entry, held_back, ledger_finding
from wufei.records.ledger.core.sheet.headers import LedgerSheet, row_number, sheet_index
from wufei.records.ledger.core.sheet.messages import RowFinding
from wufei.records.ledger.core.sheet.reports import FINDINGS_SHOWN

_IN_MEMORY_BYTES = 4_000_000


class Journal:
    """Rows in the order in which they are posted, rows that are refused, and all Findings.

    Findings go to a temporary file as they come: a file of a million bad rows has millions.
    """

    def __init__(self, sheets: Sequence[LedgerSheet]) -> None:
        self._sheets = sheets
        self._rows = array("q")
        self._starts = array("q")
        self._groups: dict[int, str] = {}
        self._spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by `close`
        self._grave: list[RowFinding] = []
        self._light: list[RowFinding] = []
        self.refused: set[int] = set()
        self.findings_total = 0
        self.records = 0

    @property
    def shown(self) -> tuple[RowFinding, ...]:
        """The first Findings, the gravest first."""
        return tuple((self._grave + self._light)[:FINDINGS_SHOWN])

    def note(self, findings: Iterable[RowFinding]) -> None:
        """Write Findings down."""
        for found in findings:
            self.findings_total += 1
            first = self._grave if found.grave else self._light
            if len(first) < FINDINGS_SHOWN:
                first.append(found)
            self._spool.write(json.dumps(_as_list(found), ensure_ascii=False).encode() + b"\n")

    def follow(self, entry: Entry) -> None:
        """Remember which rows a posting was made of, in the order of the postings."""
        if entry.group:
            self._groups[len(self._starts)] = entry.group
        self._starts.append(len(self._rows))
        self._rows.extend(entry.rows)

    def hear(self, ordinal: int, findings: Sequence[Finding]) -> None:
        """Bring what the ledger found in a posting, counted from 1, back to its rows.

        The rest of a refused group is held back with the wrong rows.
        """
        rows = self._rows_of(ordinal - 1)
        # A posting of one transfer has its identifier: what is wrong with both is told once.
        told = list(dict.fromkeys(ledger_finding(found, rows, self._sheets) for found in findings))
        self.note(told)
        if has_error(list(findings)):
            self.refused.update(rows)
            bad = sorted({one.row for one in told if one.grave})
            group = self._groups.get(ordinal - 1, "")
            self.note(held_back(row, group, bad, self._sheets) for row in rows if row not in bad)

    def every_row(self) -> set[int]:
        """All rows that are records, refused or not."""
        return self.refused.union(self._rows)

    def kept_findings(self) -> Iterator[tuple[object, ...]]:
        """Give all Findings as rows of their table: number, sheet, row, title, place and words."""
        self._spool.seek(0)
        for number, line in enumerate(self._spool, 1):
            yield (number, *json.loads(line))

    def close(self) -> None:
        """Let the temporary file go."""
        self._spool.close()

    def _rows_of(self, ordinal: int) -> list[int]:
        last = self._starts[ordinal + 1] if ordinal + 1 < len(self._starts) else len(self._rows)
        return list(self._rows[self._starts[ordinal] : last])


def _as_list(row_finding: RowFinding) -> list[object]:
    found = row_finding.finding
    return [
        sheet_index(row_finding.row),
        row_number(row_finding.row),
        found.where,
        row_finding.column,
        found.code,
        Severity(found.severity).value,
        *map(_storable, (found.value, found.message.zh, found.message.en)),
        *map(_storable, (found.rule.zh, found.rule.en, found.fix.zh, found.fix.en)),
    ]


def _storable(text: str) -> str:
    """PostgreSQL keeps no null character and no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
