"""Assessments as pages show them: the list, one with its sheets, what a new run would change."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connections

from wufei.actions.assessment.core.comparing import Change, Rank, changes, ranked
from wufei.actions.assessment.core.facts import Decision, Entry, Facts, Given
from wufei.actions.assessment.core.freezing import facts_of, sheets_of
from wufei.actions.assessment.core.scheme import Scheme
from wufei.actions.assessment.core.scoring import score
from wufei.actions.assessment.core.sheet import ScoreSheet
from wufei.actions.assessment.core.states import State
from wufei.actions.assessment.models import Appeal, Assessment, Event, Sheet
from wufei.actions.assessment.models import Entry as EntryRecord
from wufei.actions.assessment.queries.facts import gather
from wufei.actions.assessment.queries.schemes import scheme_of
from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import departments_by_id, names_of_users


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """An assessment as lists show it; digests are SHA-256 of the frozen facts and of the closed result."""

    id: int
    region_id: int
    year: int
    scheme_key: str
    title: Text
    state: State
    book: str
    opened_at: datetime
    computed_at: datetime | None
    published_at: datetime | None
    appeal_until: date | None
    closed_at: datetime | None
    facts_digest: str
    result_digest: str


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal with its decision, if there is one."""

    id: int
    department_id: int
    department: Text
    line: str
    text: str
    file_ids: tuple[UUID, ...]
    made_at: datetime
    made_by: str
    made_by_id: int | None
    accepted: bool | None
    points: Decimal | None
    value: Decimal | None
    reason: str
    decided_at: datetime | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """What was done, by whom and when."""

    text: Text
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One assessment as a person may see it.

    Attributes
    ----------
    facts : Facts or None
        None before it was computed, and for who does not see all.
    sheets : tuple of ScoreSheet
        Those that the person may see.
    ranking : tuple of Rank
        Of all departments; empty where the scheme does not show it to this person.
    """

    row: AssessmentRow
    scheme: Scheme
    scheme_text: str
    facts: Facts | None
    given: Given
    sheets: tuple[ScoreSheet, ...]
    ranking: tuple[Rank, ...]
    names: dict[int, Text]
    appeals: tuple[AppealRow, ...]
    events: tuple[EventRow, ...]
    sees_all: bool

    def sheet(self, department_id: int) -> ScoreSheet:
        """Give the sheet of a department.

        Raises
        ------
        NotFoundError
            It has none, or not for this person.
        """
        found = next((sheet for sheet in self.sheets if sheet.department_id == department_id), None)
        if found is None:
            raise NotFoundError("score sheet", department_id)
        return found


def assessments(scope: Scope, region_id: int) -> list[AssessmentRow]:
    """Give the assessments of a region, the latest year first."""
    require(scope, "assess.read")
    with session(scope):
        found = Assessment.objects.filter(region_id=region_id).order_by("-year", "scheme_key")
        return [row_of(row) for row in found]


def open_assessment(scope: Scope, assessment_id: int) -> Opened:
    """Give one assessment with what the person may see of it.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    """
    require(scope, "assess.read")
    with session(scope):
        found = Assessment.objects.filter(id=assessment_id).first()
        if found is None:
            raise NotFoundError("assessment", assessment_id)
        require(scope, "assess.read", region_id=found.region_id)
        return _opened(scope, found)


def recomputed(scope: Scope, assessment_id: int, *, today: date) -> tuple[Change, ...]:
    """Give the lines that would score otherwise if the assessment were computed again now; writes nothing.

    Raises
    ------
    AccessError
        The scope does not run assessments in the region.
    """
    require(scope, "assess.run")
    opened = open_assessment(scope, assessment_id)
    require(scope, "assess.run", region_id=opened.row.region_id)
    with session(scope):
        now = gather(
            scope, region_id=opened.row.region_id, year=opened.row.year, book=opened.row.book, today=today
        )
    return changes(opened.sheets, score(opened.scheme, now, opened.given))


def row_of(row: Assessment) -> AssessmentRow:
    """Give a row of the table as lists show it."""
    return AssessmentRow(
        id=row.id,
        region_id=row.region_id,
        year=row.year,
        scheme_key=row.scheme_key,
        title=scheme_of(row.scheme).title,
        state=State(row.state),
        book=row.book,
        opened_at=row.opened_at,
        computed_at=row.computed_at,
        published_at=row.published_at,
        appeal_until=row.appeal_until,
        closed_at=row.closed_at,
        facts_digest=row.facts_digest,
        result_digest=row.result_digest,
    )


def given_to(assessment: Assessment) -> Given:
    """Give what people added to an assessment: entries and accepted appeals, in the order they came."""
    entries = EntryRecord.objects.filter(assessment=assessment).order_by("id")
    accepted = Appeal.objects.filter(assessment=assessment, accepted=True).order_by("decided_at", "id")
    return Given(
        tuple(
            Entry(row.department_id, row.line, row.amount, row.note, tuple(row.file_ids)) for row in entries
        ),
        tuple(Decision(row.department_id, row.line, row.reason, row.points, row.value) for row in accepted),
    )


def all_sheets(assessment: Assessment) -> tuple[ScoreSheet, ...]:
    """Give all sheets: those that were locked, or those that follow from the frozen facts.

    For who does not oversee the database gives neither: there are none.
    """
    facts, result = papers_of(assessment)
    if result:
        return sheets_of(json.loads(result)["sheets"])
    if not facts:
        return ()
    return score(scheme_of(assessment.scheme), facts_of(json.loads(facts)), given_to(assessment))


def published_sheets(assessment: Assessment) -> tuple[ScoreSheet, ...]:
    """Give the published sheets that the database shows this person: of one's department, or all."""
    rows = Sheet.objects.filter(assessment=assessment).order_by("department_id")
    return sheets_of([json.loads(row.content) for row in rows])


def frozen(assessment: Assessment) -> Facts:
    """Give the frozen facts of an assessment that was computed, to who oversees.

    Raises
    ------
    NotFoundError
        There are none, or not for this person.
    """
    facts, _ = papers_of(assessment)
    if not facts:
        raise NotFoundError("assessment", assessment.id)
    return facts_of(json.loads(facts))


def papers_of(assessment: Assessment) -> tuple[str, str]:
    """Give frozen facts and locked result; empty where there is none, or it is not this person's to see."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT facts, result FROM assessment_papers(%s)", [assessment.id])
        return cursor.fetchone() or ("", "")


def sees_all(scope: Scope) -> bool:
    """Say whether a person sees the sheets of all departments, before publication too."""
    return allowed(scope, "assess.oversee")


def _opened(scope: Scope, found: Assessment) -> Opened:
    row, everything = row_of(found), sees_all(scope)
    scheme = scheme_of(found.scheme)
    sheets = all_sheets(found) if everything else published_sheets(found)
    mine = sheets if everything else tuple(s for s in sheets if s.department_id == scope.department_id)
    # Of others a department sees what the ranking says: parts and totals, no lines.
    compared = sheets if everything else sheets_of(json.loads(found.ranking or "[]"))
    appeals = Appeal.objects.filter(assessment=found).order_by("-made_at", "-id")
    if not everything:
        appeals = appeals.filter(department_id=scope.department_id or 0)
    return Opened(
        row=row,
        scheme=scheme,
        scheme_text=found.scheme,
        facts=frozen(found) if everything and row.computed_at is not None else None,
        given=given_to(found) if everything else Given(),
        sheets=mine,
        ranking=ranked(compared),
        names={
            each.id: each.name
            for each in departments_by_id(s.department_id for s in (*mine, *compared)).values()
        },
        appeals=_appeals(appeals),
        events=_events(found) if everything else (),
        sees_all=everything,
    )


def _appeals(rows: Iterable[Appeal]) -> tuple[AppealRow, ...]:
    found = list(rows)
    departments = departments_by_id(row.department_id for row in found)
    people = names_of_users(
        one for row in found for one in (row.made_by_id, row.decided_by_id) if one is not None
    )
    return tuple(
        AppealRow(
            id=row.id,
            department_id=row.department_id,
            department=departments[row.department_id].name,
            line=row.line,
            text=row.text,
            file_ids=tuple(row.file_ids),
            made_at=row.made_at,
            made_by=people.get(row.made_by_id or 0, ""),
            made_by_id=row.made_by_id,
            accepted=row.accepted,
            points=row.points,
            value=row.value,
            reason=row.reason,
            decided_at=row.decided_at,
            decided_by=people.get(row.decided_by_id or 0, ""),
        )
        for row in found
    )


def _events(found: Assessment) -> tuple[EventRow, ...]:
    rows = list(Event.objects.filter(assessment=found).order_by("-at", "-id"))
    people = names_of_users(row.user_id for row in rows if row.user_id is not None)
    return tuple(
        EventRow(Text(row.text_zh, row.text_en), row.at, people.get(row.user_id or 0, "")) for row in rows
    )
