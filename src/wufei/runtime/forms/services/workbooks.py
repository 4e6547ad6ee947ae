"""Enter the rows of a workbook, each by itself: a bad one is kept as a draft and hides no other."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from wufei.kernel.errors import ConflictError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.ids import id_of
from wufei.runtime.access.core import Scope, require
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.files.core.opening import open_sheets
from wufei.runtime.forms.core.answers import Json
from wufei.runtime.forms.core.checking import check
from wufei.runtime.forms.core.entries import Answered, Form
from wufei.runtime.forms.core.sheet_reading import RowRead, read_workbook
from wufei.runtime.forms.services.entering import Place, enter, save_draft
from wufei.runtime.forms.services.judging import judge

# The number of a row's entry is made of what it says, so that the same file again finds the same entries: it
# carries no clock.
_NO_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of a row: ``entered``, ``repeated``, or ``refused`` with its Findings and its draft."""

    number: str
    where: str
    outcome: str
    entry_id: UUID | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What became of a workbook, row by row; ``findings`` are about the workbook as a whole."""

    rows: tuple[RowReport, ...]
    findings: tuple[Finding, ...]

    def count(self, outcome: str) -> int:
        """Count the rows with an outcome."""
        return sum(row.outcome == outcome for row in self.rows)


def import_workbook(
    scope: Scope,
    form: Form,
    *,
    content: bytes,
    name: str,
    place: Place,
    now: datetime,
    confirmed: bool = False,
) -> SheetReport:
    """Enter the rows of a workbook that are right, and keep the others as drafts of this person.

    The same workbook again changes nothing. A row whose number (编号) stands for other content is refused.

    Raises
    ------
    AccessError
        The scope may not fill this form here.
    InputError
        The file cannot be read at all.
    """
    require(scope, form.action, region_id=place.region_id, party_id=place.party_id)
    read = read_workbook(form.definition, open_sheets(content, name))
    today = now.astimezone(LOCAL_ZONE).date()
    checked = [check(form.definition, row.answers, today) for row in read.rows]
    said = judge(scope, form, [Answered(each.values, place.party_id) for each in checked])
    rows = tuple(
        _entered(scope, form, row, place, now, confirmed=confirmed, judged=judged)
        for row, judged in zip(read.rows, said, strict=True)
    )
    return SheetReport(rows, read.findings)


def _entered(
    scope: Scope,
    form: Form,
    row: RowRead,
    place: Place,
    now: datetime,
    *,
    confirmed: bool,
    judged: tuple[Finding, ...],
) -> RowReport:
    entry_id = _id(form, row, place)
    if row.findings:
        return _kept(scope, form, row, place, now, tuple(row.findings))
    try:
        done = enter(
            scope,
            form,
            entry_id=entry_id,
            answers=row.answers,
            place=place,
            now=now,
            confirmed=confirmed,
            judged=judged,
        )
    except ConflictError as error:
        said = Finding(error.code, Severity.ERROR, row.where, error.message, value=row.number)
        return RowReport(row.number, row.where, "refused", None, (said,))
    findings = tuple(row.at_cell(finding) for finding in done.findings)
    if done.entry is None:
        return _kept(scope, form, row, place, now, findings)
    return RowReport(row.number, row.where, done.outcome, done.entry.id, findings)


def _kept(
    scope: Scope, form: Form, row: RowRead, place: Place, now: datetime, findings: tuple[Finding, ...]
) -> RowReport:
    """Keep a row that is not right as a draft, which its person opens and mends."""
    draft_id = _id(form, row, place, "draft")
    answers: dict[str, Json] = json.loads(_plain(row.answers))
    try:
        save_draft(scope, form, entry_id=draft_id, answers=answers, place=place, now=now)
    except ConflictError:
        # It was mended and entered before: the row in the file is the old one.
        return RowReport(row.number, row.where, "repeated", draft_id, ())
    return RowReport(row.number, row.where, "refused", draft_id, findings)


def _id(form: Form, row: RowRead, place: Place, kind: str = "entry") -> UUID:
    said = row.number if row.number and kind == "entry" else _plain(row.answers)
    named = [kind, form.definition.key, place.region_id, place.party_id, bool(row.number), said]
    digest = hashlib.sha256(json.dumps(named, ensure_ascii=False).encode()).digest()
    return id_of(_NO_CLOCK, int.from_bytes(digest[:10], "big"))


def _plain(answers: dict[str, object]) -> str:
    return json.dumps(answers, ensure_ascii=False, sort_keys=True, default=str).replace("\\u0000", "")
