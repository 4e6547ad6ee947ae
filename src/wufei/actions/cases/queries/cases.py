"""The library: cases that one may see, one with its figures then and now, and how one begins from a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from wufei.actions.cases.core.case import CaseState, Content, content_of, streams_in
from wufei.actions.cases.models import Case, Event
from wufei.actions.reports.core.content import from_json
from wufei.actions.reports.core.document import Document
from wufei.actions.reports.core.fields import FigureField
from wufei.actions.reports.core.rows import Later
from wufei.actions.reports.queries import later_changes
from wufei.actions.tasks.queries import find_task_row, names_of, task_file
from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.runtime.access.core import Scope, allowed, reaches, require
from wufei.runtime.access.services import session
from wufei.runtime.files.core.rows import FileRow
from wufei.runtime.files.queries import files_of
from wufei.runtime.identity.queries import departments_by_id, names_of_users, parties_by_id, regions_by_id

READ = "entry.read"
SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to; nothing given: all."""

    words: str = ""
    stream: str = ""
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list."""

    id: int
    title: str
    streams: tuple[str, ...]
    state: CaseState
    region_id: int
    region: Text
    synthetic: bool
    office: Text
    entry_id: UUID
    written_at: datetime
    published_at: datetime | None
    indicators: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """What happened to a case, by whom and when."""

    text: Text
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case with its card.

    Attributes
    ----------
    document : Document or None
        None until its review passed it.
    later : tuple of Later
        Figures that say something else today than on the card; empty for who may not compute them.
    events : tuple of CaseEvent
        Who did what when; empty for who only reads what was published.
    task, project : str
        Names of what it is linked with; empty where there is none or this person does not see it.
    """

    row: CaseRow
    content: Content
    document: Document | None
    later: tuple[Later, ...]
    events: tuple[CaseEvent, ...]
    files: tuple[FileRow, ...]
    task_id: int | None
    task: str
    project: str
    may_run: bool
    is_own: bool

    @property
    def fields(self) -> tuple[FigureField, ...]:
        """The figures of the card."""
        return self.document.measured if self.document else ()


def cases(scope: Scope, asks: CaseFilter, *, published: bool = True) -> list[CaseRow]:
    """Give the published cases that one may read, the latest first; or those on their way that are one's own.

    Published cases are those of one's region, of the regions below it, and of those above it.
    """
    require(scope, READ)
    with session(scope):
        which = Q(state=CaseState.PUBLISHED.value) if published else _own(scope) & ~Q(state="published")
        found = Case.objects.filter(which & _asked(asks)).order_by("-published_at", "-written_at", "-id")
        return _rows(list(found[:SHOWN_MAX]))


def open_case(scope: Scope, case_id: int) -> OpenCase:
    """Give one case with its figures then and now.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    """
    require(scope, READ)
    with session(scope):
        found = Case.objects.filter(Q(state=CaseState.PUBLISHED.value) | _own(scope), id=case_id).first()
        if found is None:
            raise NotFoundError("case", case_id)
        (row,) = _rows([found])
        document = from_json(found.card) if found.card else None
        own = _is_own(scope, found)
        may_run = allowed(scope, "task.run") and reaches(scope, found.region_id, None)
        events = list(Event.objects.filter(case=found).order_by("-at", "-id")) if own or may_run else []
        people = names_of_users(each.user_id for each in events if each.user_id is not None)
        files = files_of(scope, found.file_ids)
        task, project = names_of(scope, task_id=found.task_id, project_id=found.project_id)
        open_figures = allowed(scope, "figures.read") and reaches(scope, found.region_id, None)
        return OpenCase(
            row=row,
            content=content_of(found.values),
            document=document,
            later=later_changes(scope, document, found.region_id) if document and open_figures else (),
            events=tuple(
                CaseEvent(Text(each.text_zh, each.text_en), each.at, people.get(each.user_id or 0, ""))
                for each in events
            ),
            files=tuple(files[each] for each in found.file_ids if each in files),
            task_id=found.task_id if task else None,
            task=task,
            project=project,
            may_run=may_run,
            is_own=own,
        )


def beginning_of(scope: Scope, task_id: int, *, on: date) -> dict[str, Any]:
    """Give what a case about a task may begin with: name, what was reported, the indicators it moves."""
    row = find_task_row(scope, task_id, on=on)
    reports = sorted((each for each in row.reports if each.passed), key=lambda each: each.quarter)
    indicators = task_file(scope, task_id).indicators
    said = [f"{each.quarter.label.zh}：{each.text}" for each in reports]
    hard = [each.problems for each in reports if each.problems]
    answers = {
        "title": row.name[:80],
        "streams": list(streams_in(f"{row.name}。{row.text}")),
        "problem": row.text[:300],
        "practice": "\n".join(said)[:800],
        "pitfalls": "\n".join(dict.fromkeys(hard))[:250],
        "task": row.reference,
        "figures": [
            {"indicator": load_indicators()[each].name.zh, "year": on.year - 1} for each in indicators[:4]
        ],
    }
    return {key: value for key, value in answers.items() if value}


def _own(scope: Scope) -> Q:
    """Give what is one's own: written, of one's firm or department; for the office all of its region."""
    if scope.everything:
        return Q()
    own = Q(author_id=scope.user_id) | Q(party_id__in=scope.party_ids)
    if scope.department_id is not None:
        own |= Q(department_id=scope.department_id)
    if allowed(scope, "task.run"):
        own |= Q(region_id__in=scope.region_ids)
    return own


def _is_own(scope: Scope, found: Case) -> bool:
    return (
        found.author_id == scope.user_id
        or found.party_id in scope.party_ids
        or (scope.department_id is not None and found.department_id == scope.department_id)
    )


def _asked(asks: CaseFilter) -> Q:
    which = Q()
    for word in asks.words.split():
        which &= Q(words__icontains=word)
    if asks.stream:
        which &= Q(streams__contains=[asks.stream])
    if asks.indicator:
        which &= Q(indicators__contains=[asks.indicator])
    return which


def _rows(found: Sequence[Case]) -> list[CaseRow]:
    regions = regions_by_id({row.region_id for row in found})
    parties = parties_by_id({row.party_id for row in found if row.party_id is not None})
    departments = departments_by_id({row.department_id for row in found if row.department_id is not None})
    names: Mapping[str, Any] = load_indicators()
    rows = []
    for each in found:
        region = regions[each.region_id]
        if each.party_id is not None:
            office = parties[each.party_id].name
        elif each.department_id is not None:
            office = departments[each.department_id].name
        else:
            office = region.name
        rows.append(
            CaseRow(
                id=each.id,
                title=each.title,
                streams=tuple(each.streams),
                state=CaseState(each.state),
                region_id=each.region_id,
                region=region.name,
                synthetic=region.synthetic,
                office=office,
                entry_id=each.entry_id,
                written_at=each.written_at,
                published_at=each.published_at,
                indicators=tuple(names[key].name for key in each.indicators if key in names),
            )
        )
    return rows
