"""Reads of drafts: what was read from a document and waits for people; only of one's own regions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wufei.kernel.errors import NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators, plain_wording
from wufei.records.plans.core.departments import Match, Office, matches
from wufei.records.plans.core.drafts import Json, Part, Standing, units_of
from wufei.records.plans.models import PlanDraft, PlanLine
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import DepartmentRow, departments_in, regions_under

PUBLISH = "plan.publish"
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as lists show it; ``plan_key`` where it was published."""

    id: UUID
    region_id: int
    title: str
    file_name: str
    state: str
    made_at: datetime
    counts: tuple[tuple[Part, int], ...]
    plan_key: str


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft with the document beside it.

    ``choices`` is what people said of the names of units: the id of a department, ``new`` or ``none``.
    """

    row: DraftRow
    content: Json
    blocks: tuple[Json, ...]
    findings: tuple[Finding, ...]
    file_id: UUID | None
    choices: dict[str, Any]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A name of a unit: how often it stands, what it was matched to, what a person chose."""

    name: str
    count: int
    match: Match
    chosen: str
    likely: tuple[DepartmentRow, ...]


def drafts(scope: Scope, *, state: str = "open") -> list[DraftRow]:
    """Give the drafts of one's regions, the latest first."""
    require(scope, PUBLISH)
    found = PlanDraft.objects.filter(state=state).select_related("plan").order_by("-made_at")
    if not scope.everything:
        found = found.filter(region_id__in=scope.region_ids)
    return [draft_row(each) for each in found[:_SHOWN]]


def digest_of(content: bytes) -> str:
    """Give the SHA-256 by which a document is recognised, in hex."""
    return hashlib.sha256(content).hexdigest()


def same_file(scope: Scope, region_id: int, content: bytes) -> DraftRow | None:
    """Give what this very document was read into in a region: an open draft, else its plan."""
    require(scope, PUBLISH, region_id=region_id)
    found = PlanDraft.objects.filter(
        region_id=region_id, sha256=digest_of(content), state__in=["open", "published"]
    )
    record = found.select_related("plan").order_by("state", "-made_at").first()
    return draft_row(record) if record else None


def learnt_definitions(scope: Scope, region_id: int) -> dict[str, str]:
    """Give the definition that each name has in the plans of a region, by its plain wording.

    The latest plan counts; a name that stands there for two definitions says nothing.
    """
    require(scope, PUBLISH, region_id=region_id)
    lines = PlanLine.objects.filter(plan__region_id=region_id).exclude(indicator="")
    found: dict[str, tuple[int, set[str]]] = {}
    rows = lines.order_by("plan__issued_on", "plan_id").values_list("plan_id", "name", "indicator")
    for plan_id, name, indicator in rows:
        wording = plain_wording(name)
        of_plan, meant = found.get(wording, (0, set()))
        found[wording] = (plan_id, {indicator, *(meant if of_plan == plan_id else ())})
    known = load_indicators()
    return {
        wording: min(meant)
        for wording, (_, meant) in found.items()
        if len(meant) == 1 and meant <= known.keys()
    }


def draft_of_plan(scope: Scope, plan_id: str) -> UUID | None:
    """Give the draft that a plan in force was published from, for whoever may see it; None where none is."""
    require(scope, PUBLISH)
    found = PlanDraft.objects.filter(plan__key=plan_id, state="published").order_by("-changed_at")
    if not scope.everything:
        found = found.filter(region_id__in=scope.region_ids)
    return found.values_list("id", flat=True).first()


def get_draft(scope: Scope, draft_id: UUID) -> DraftPage:
    """Give a draft with its document.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    """
    require(scope, PUBLISH)
    record = PlanDraft.objects.select_related("plan").filter(id=draft_id).first()
    if record is None or not (scope.everything or record.region_id in scope.region_ids):
        raise NotFoundError("plan draft", draft_id)
    require(scope, PUBLISH, region_id=record.region_id)
    return DraftPage(
        draft_row(record),
        record.content,
        tuple(record.blocks),
        tuple(finding_of(each) for each in record.findings),
        record.file,
        dict(record.units),
    )


def units_in(page: DraftPage) -> list[UnitRow]:
    """Give the names of units in a draft, those that need a person first."""
    offices = departments_in(regions_under(page.row.region_id))
    by_id = {office.id: office for office in offices}
    counted = units_of(page.content)
    found = matches(counted, [Office(each.id, (each.name.zh, *each.aliases)) for each in offices])
    rows = [
        UnitRow(
            match.name,
            counted[match.name],
            match,
            str(page.choices.get(match.name, "")),
            tuple(by_id[each] for each in match.likely),
        )
        for match in found
    ]
    return sorted(
        rows,
        key=lambda row: (bool(row.chosen) or row.match.sure is not None or row.match.is_group, -row.count),
    )


def draft_row(record: PlanDraft) -> DraftRow:
    """Give a draft as lists show it."""
    kept = {
        part: sum(each["standing"] != Standing.DROPPED for each in record.content[part.value])
        for part in Part
    }
    return DraftRow(
        record.id,
        record.region_id,
        record.content["head"]["title"] or record.file_name,
        record.file_name,
        record.state,
        record.made_at,
        tuple(kept.items()),
        record.plan.key if record.plan else "",
    )


def finding_json(finding: Finding) -> Json:
    """Give a Finding in both languages, to be kept."""
    texts = {name: getattr(finding, name) for name in ("message", "rule", "fix")}
    said = {name: {"zh": text.zh, "en": text.en} for name, text in texts.items()}
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "where": finding.where,
        "value": finding.value,
        **said,
    }


def finding_of(said: Json) -> Finding:
    """Give the Finding that was kept."""
    return Finding(
        said["code"],
        Severity(said["severity"]),
        said["where"],
        Text(**said["message"]),
        said["value"],
        Text(**said["rule"]),
        Text(**said["fix"]),
    )


def all_findings(found: Sequence[Finding]) -> list[Json]:
    """Give Findings to be kept, the gravest first."""
    return [finding_json(each) for each in sorted(found, key=lambda each: each.severity.rank)]
