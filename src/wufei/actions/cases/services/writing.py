"""A case as its form brings it: kept as it is sent or mended, with figures once its review passed it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse

from wufei.actions.cases.core.card import card
from wufei.actions.cases.core.case import CaseState, Content, content_of, words_of
from wufei.actions.cases.models import Case
from wufei.actions.cases.services.owning import keep_event, tell_office
from wufei.actions.reports.core.content import as_json
from wufei.actions.reports.core.fields import FigureField, field_of
from wufei.actions.tasks.queries import ids_of
from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.measures.indicators.core.figures import Figure
from wufei.measures.indicators.queries import books_of, compute
from wufei.records.plans.queries import get_plan
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.forms.core.entries import EntryRow
from wufei.runtime.identity.queries import departments_by_id, parties_by_id, regions_by_id


def keep_case(scope: Scope, entry: EntryRow) -> None:
    """Keep a case as it is sent or mended, in the transaction of the form.

    Raises
    ------
    InputError
        ``case.passed``: its review passed it; ``case.published``: it stands in the library.
    """
    standing = Case.objects.filter(entry_id=entry.id).first()
    if standing is not None and standing.state == CaseState.PASSED:
        raise InputError("case.passed", "/title", standing.title, _PASSED)
    if standing is not None and standing.state != CaseState.WAITING:
        raise InputError("case.published", "/title", standing.title, _PUBLISHED)
    content = content_of(entry.values)
    row = standing or Case(
        entry_id=entry.id,
        region_id=entry.region_id,
        party_id=entry.party_id,
        department_id=None if entry.party_id else scope.department_id,
        author_id=entry.author_id,
        written_at=entry.entered_at or entry.saved_at,
    )
    row.state, row.card, row.passed_at = CaseState.WAITING.value, None, None
    row.title, row.streams, row.words = content.title, list(content.streams), words_of(content)
    row.indicators = list(dict.fromkeys(key for key, _ in content.asked))
    row.values = entry.values
    row.file_ids = [UUID(str(one)) for key in ("photos", "files") for one in _listed(entry.values.get(key))]
    row.task_id, row.project_id = ids_of(
        scope, task=str(entry.values.get("task", "")), project=str(entry.values.get("project", ""))
    )
    row.save()
    said = Text("提交审核", "Sent to be reviewed") if standing is None else Text("修改后再次提交", "Mended")
    keep_event(scope, row, said)


def pass_case(scope: Scope, entry: EntryRow) -> None:
    """Read the figures of a case whose review passed it, freeze its card, and tell who publishes."""
    row = Case.objects.select_for_update(of=("self",)).get(entry_id=entry.id)
    content = content_of(entry.values)
    fields = fields_of(scope, row.region_id, content)
    region = regions_by_id([row.region_id])[row.region_id]
    document = card(
        content,
        fields,
        office=office_of(row.region_id, row.party_id, row.department_id),
        synthetic=region.synthetic,
    )
    row.card, row.state, row.passed_at = as_json(document), CaseState.PASSED.value, now()
    row.save(update_fields=["card", "state", "passed_at"])
    keep_event(scope, row, Text("审核通过，成效指标已取数", "Passed; the figures were read"))
    tell_office(
        row.region_id,
        Text(f"案例“{row.title}”审核通过，可以发布", f"The case “{row.title}” passed and may be published"),
        reverse("cases:case", args=[row.id]),
        f"case.passed:{row.id}:{row.passed_at.isoformat()}",
    )


def fields_of(scope: Scope, region_id: int, content: Content) -> tuple[FigureField, ...]:
    """Give the figures that a case asks for, as they are now: reported before computed.

    Raises
    ------
    AccessError
        The figures of the region are not open to the scope.
    """
    years = {year: _figures(scope, region_id, year) for _, year in content.asked}
    fields = []
    for number, (indicator, year) in enumerate(content.asked, start=1):
        found = years[year].get(indicator)
        if found is not None:
            base_year = get_plan(scope, found.plan_id).base_year if found.plan_id else 0
            before = years.get(year - 1, {}).get(indicator)
            fields.append(field_of(f"F{number}", found, base_year, before))
    return tuple(fields)


def office_of(region_id: int, party_id: int | None, department_id: int | None) -> str:
    """Name whose case it is: a firm, a department, or the region's office."""
    if party_id is not None:
        return parties_by_id([party_id])[party_id].name.zh
    if department_id is not None:
        return departments_by_id([department_id])[department_id].name.zh
    return f"{regions_by_id([region_id])[region_id].name.zh}无废办"


def _figures(scope: Scope, region_id: int, year: int) -> Mapping[str, Figure]:
    period = Period.year_of(year)
    try:
        found = compute(scope, region_ids=[region_id], period=period).figures
    except InputError:
        # A region with several books: a case speaks of the first, and the field says which.
        books = books_of(scope, region_id)
        if not books:
            raise
        book = books[0].book
        found = compute(scope, region_ids=[region_id], period=period, book=book).figures
    return {each.indicator: each for each in found}


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


_PASSED = Text(
    "案例已审核通过，等待发布，不再修改。需要更正请另写一篇。",
    "The case passed its review, waits to be published and does not change. Write another to correct it.",
)
_PUBLISHED = Text(
    "案例已进入案例库，不再修改。需要更正请由无废办撤下后另写一篇。",
    "The case stands in the library and does not change. Let the office take it down and write another.",
)
