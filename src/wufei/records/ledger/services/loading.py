"""Post the rows of a file: all of them or none, or the good ones; and keep what was found in the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from enum import Enum, auto

from django.db import transaction

from wufei.kernel.ids import new_id
from wufei.records.ledger.core.rows import BatchReport
from wufei.records.ledger.core.sheet.entries import Numbering, entries_of
from wufei.records.ledger.core.sheet.files import LedgerFile, Upload, open_ledger_file
from wufei.records.ledger.core.sheet.places import names_of
from wufei.records.ledger.core.sheet.reports import LoadReport, Outcome, Tally
from wufei.records.ledger.core.transfers import Posting
from wufei.records.ledger.services.bulk import post_many
from wufei.records.ledger.services.journal import Journal
from wufei.records.ledger.services.keeping import Load, keep_load
from wufei.records.ledger.services.naming import directory_for
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session


class Keep(Enum):
    """Which postings of a file stay."""

    GOOD = auto()
    WHOLE = auto()
    NOTHING = auto()


def load_file(
    scope: Scope, upload: Upload, *, keep_good: bool, now: datetime, dry_run: bool = False
) -> LoadReport:
    """Post the rows of a CSV, XLSX or Parquet file in order of occurrence, then of the file.

    Parameters
    ----------
    scope : Scope
        Who writes; names are looked up within it.
    upload : Upload
        The file. A CSV or XLSX of at most 50 MB is held in memory; Parquet is posted by batches, which keep
        their own order.
    keep_good : bool
        Whether right postings are kept beside wrong ones; else one wrong row keeps the file out.
    now : datetime
        The clock of the server.
    dry_run : bool
        Find out what would happen, and write nothing at all.

    Returns
    -------
    LoadReport
        Findings with the cell, the value, the rule and the fix. They are kept with the rows that were not
        posted, also where nothing was written.

    Raises
    ------
    InputError
        The file cannot be read as a whole: of another kind, damaged, empty, no header.
    AccessError
        The role may not post at all.
    ExternalError
        Other writers were quicker several times; trying again may help.
    """
    require(scope, "ledger.post")
    file = open_ledger_file(upload)
    with closing(Journal(file.sheets)) as journal:
        journal.note(file.findings)
        report, written = _post(
            scope,
            file,
            journal,
            keep=Keep.NOTHING if dry_run else Keep.GOOD if keep_good else Keep.WHOLE,
            now=now,
        )
        # A trial says what would have happened.
        tally = _tally(report, journal, written=written or (dry_run and keep_good))
        outcome = Outcome.TRIED if dry_run else _outcome(tally, written=written)
        load_id = None
        if not dry_run:
            load_id = new_id(now)
            digest, size = hashlib.sha256(upload.content).digest(), len(upload.content)
            load = Load(load_id, upload.name, digest, size, tally, keep_good, outcome, now)
            keep_load(scope, load, file, journal)
        return LoadReport(load_id, outcome, tally, journal.shown, journal.findings_total)


def _post(
    scope: Scope, file: LedgerFile, journal: Journal, *, keep: Keep, now: datetime
) -> tuple[BatchReport, bool]:
    """Post what can be posted, and say whether it stays: one wrong row may withdraw everything."""
    with session(scope):
        report = post_many(scope, _postings(scope, file, journal, now), now=now, found=journal.hear)
        stays = keep is Keep.GOOD or (keep is Keep.WHOLE and not journal.refused)
        if not stays:
            transaction.set_rollback(True)
    return report, stays


def _postings(scope: Scope, file: LedgerFile, journal: Journal, now: datetime) -> Iterator[Posting]:
    numbering = Numbering(now)
    for portion in file.portions():
        directory = directory_for(scope, names_of(portion))
        made = entries_of(portion, file.sheets, directory, numbering)
        journal.note(made.findings)
        journal.refused |= made.refused
        journal.records += made.records
        for entry in made.entries:
            journal.follow(entry)
            yield entry.posting


def _tally(report: BatchReport, journal: Journal, *, written: bool) -> Tally:
    refused = len(journal.refused)
    right = journal.records - refused
    if not written and refused:
        return Tally(refused=refused, unwritten=right)
    return Tally(posted=report.transfers, repeated=right - report.transfers, refused=refused)


def _outcome(tally: Tally, *, written: bool) -> Outcome:
    if not tally.refused:
        return Outcome.POSTED
    return Outcome.PARTLY if written and tally.refused < tally.rows else Outcome.REFUSED
