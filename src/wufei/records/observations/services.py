"""Writes of observations: checked one by one, recorded together, never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Exists, OuterRef

from wufei.kernel.errors import AccessError, ConflictError
from wufei.kernel.findings import Finding, Severity, has_error
from wufei.kernel.ids import new_id
from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.records.observations.core.files import read_observation_file
from wufei.records.observations.core.metric_rules import load_metric_rules
from wufei.records.observations.core.observation import Key, NewObservation, ObservationKind
from wufei.records.observations.core.standing import Outcome, Standing, judge, refuse_taken
from wufei.records.observations.core.validation import check_observation, in_metric_unit, plain
from wufei.records.observations.models import Observation
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.identity.queries import RegionRow, all_regions, parties_by_id, regions_by_id


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a batch: ids recorded, ids that already stood, and every Finding."""

    recorded: tuple[UUID, ...]
    repeated: tuple[UUID, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Given:
    uuid: UUID
    observation: NewObservation


@dataclass(slots=True)
class _Batch:
    """A batch on its way into the table: what stands, which ids are taken, and what became of each row."""

    standing: dict[Key, Standing]
    taken: dict[UUID, tuple[Key, tuple[object, ...]]]
    recorded: list[_Given] = field(default_factory=list)
    repeated: list[UUID] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def record(scope: Scope, *, observations: Sequence[NewObservation], now: datetime) -> Report:
    """Record observations; those with an error are left out and reported, the others stand.

    A value told again with the same content is not written again. Other content for the same book, metric,
    region, party, period and kind must name what it replaces, and why.

    Parameters
    ----------
    observations : sequence of NewObservation
        In the order in which they shall stand.
    now : datetime
        The instant of recording, with a time zone.

    Returns
    -------
    Report
        For a repetition the id of the observation that already stands.

    Raises
    ------
    AccessError
        The role may not record observations at all.
    ConflictError
        An id belongs to an observation that this scope cannot see.
    """
    require(scope, "observations.write")
    placed = [
        replace(observation, where=observation.where or f"observations:{place} {observation.metric}")
        for place, observation in enumerate(observations, start=1)
    ]
    good, findings = _checked(scope, placed, now)
    batch = _write(scope, [_Given(one.uuid or new_id(now), one) for one in good], now)
    return Report(
        tuple(one.uuid for one in batch.recorded), tuple(batch.repeated), tuple(findings + batch.findings)
    )


def record_file(scope: Scope, path: Path, *, now: datetime) -> Report:
    """Record the observations of a YAML or CSV file; rows that cannot be read are reported with the others.

    Raises
    ------
    AccessError, ConflictError
        As `record`.
    """
    observations, findings = read_observation_file(path, _region_names())
    report = record(scope, observations=observations, now=now)
    return replace(report, findings=findings + report.findings)


def _checked(
    scope: Scope, observations: list[NewObservation], now: datetime
) -> tuple[list[NewObservation], list[Finding]]:
    rules, today_on = load_metric_rules(), now.astimezone(LOCAL_ZONE).date()
    regions = regions_by_id({observation.region_id for observation in observations})
    parties = set(parties_by_id(o.party_id for o in observations if o.party_id is not None))
    good, findings = [], []
    for observation in observations:
        found = check_observation(observation, rules, today_on)
        found += _check_place(scope, observation, regions.get(observation.region_id), parties)
        findings += found
        if not has_error(found):
            good.append(in_metric_unit(observation, rules[observation.metric]))
    return good, findings


def _check_place(
    scope: Scope, observation: NewObservation, region: RegionRow | None, parties: set[int]
) -> list[Finding]:
    if region is None:
        message = Text(
            f"区域 {observation.region_id} 不存在。", f"Region {observation.region_id} does not exist."
        )
        return [_misplaced(observation, "region", str(observation.region_id), message)]
    try:
        require(scope, "observations.write", region_id=region.id)
    except AccessError as error:
        return [_misplaced(observation, "region-refused", region.key, error.message)]
    if observation.party_id is not None and observation.party_id not in parties:
        message = Text(
            f"单位 {observation.party_id} 不存在。", f"Party {observation.party_id} does not exist."
        )
        return [_misplaced(observation, "party", str(observation.party_id), message)]
    if observation.book == "synthetic" and not region.synthetic:
        message = Text(
            f"“{region.name.zh}”是真实区域，不能写入合成数据。",
            f"{region.name.in_language('en')} is a real region: no synthetic data may be written there.",
        )
        return [_misplaced(observation, "synthetic", region.key, message)]
    return []


def _misplaced(observation: NewObservation, code: str, value: str, message: Text) -> Finding:
    return Finding(
        f"observations.{code}",
        Severity.ERROR,
        observation.where,
        message,
        value,
        Text(
            "观测值记在本人管辖的已登记区域或单位名下。",
            "A value belongs to a registered place in one's care.",
        ),
        Text("请核对区域和单位。", "Check region and party."),
    )


def _write(scope: Scope, given: list[_Given], now: datetime) -> _Batch:
    try:
        return _write_once(scope, given, now)
    except IntegrityError:
        # Another writer recorded one of the keys in the same instant; it has committed and is seen now.
        return _write_again(scope, given, now)


def _write_again(scope: Scope, given: list[_Given], now: datetime) -> _Batch:
    try:
        return _write_once(scope, given, now)
    except IntegrityError as error:
        raise ConflictError(
            "observations.conflict",
            Text(
                "有编号与他处的记录冲突；本批未写入，请换用新的编号重试。",
                "An id belongs to a record elsewhere; nothing of the batch was written. Try new ids.",
            ),
        ) from error


def _write_once(scope: Scope, given: list[_Given], now: datetime) -> _Batch:
    with session(scope):
        batch = _Batch(_standing(given), _taken(given))
        for one in given:
            _take(batch, one)
        Observation.objects.bulk_create([_model(scope, one, now) for one in batch.recorded], batch_size=1000)
        return batch


def _take(batch: _Batch, one: _Given) -> None:
    key, content = one.observation.key, one.observation.content
    bearer = batch.taken.get(one.uuid)
    if bearer == (key, content):
        batch.repeated.append(one.uuid)
        return
    if bearer is not None:
        batch.findings.append(refuse_taken(one.observation, one.uuid))
        return
    outcome, finding = judge(one.observation, batch.standing.get(key))
    if finding is not None:
        batch.findings.append(finding)
    if outcome is Outcome.REPEATED:
        batch.repeated.append(batch.standing[key].uuid)
    if outcome is Outcome.RECORD:
        batch.recorded.append(one)
        batch.standing[key] = Standing(one.uuid, content)
        batch.taken[one.uuid] = (key, content)


def _standing(given: Sequence[_Given]) -> dict[Key, Standing]:
    asked = [one.observation for one in given]
    later = Observation.objects.filter(replaces_id=OuterRef("uuid"))
    found = Observation.objects.filter(
        book__in={observation.book for observation in asked},
        metric__in={observation.metric for observation in asked},
        region_id__in={observation.region_id for observation in asked},
        period_start__in={observation.period.start for observation in asked},
    ).exclude(Exists(later))
    told = [(row.uuid, _told(row)) for row in found]
    return {observation.key: Standing(uuid, observation.content) for uuid, observation in told}


def _taken(given: Sequence[_Given]) -> dict[UUID, tuple[Key, tuple[object, ...]]]:
    found = Observation.objects.filter(uuid__in=[one.uuid for one in given])
    told = [(row.uuid, _told(row)) for row in found]
    return {uuid: (observation.key, observation.content) for uuid, observation in told}


def _told(row: Observation) -> NewObservation:
    """Give a recorded row as it was handed in, to be compared with another telling."""
    return NewObservation(
        book=row.book,
        metric=row.metric,
        region_id=row.region_id,
        period=Period(Precision(row.precision), row.period_start),
        value=None if row.value is None else plain(row.value),
        unit=row.unit,
        kind=ObservationKind(row.kind),
        source_title=row.source_title,
        source_clause=row.source_clause,
        text=row.text,
        party_id=row.party_id,
        department=row.department,
        confirmed_by=row.confirmed_by,
        confirmed_on=row.confirmed_on,
        provisional=row.provisional,
        evidence=row.evidence,
        relative_ppm=row.relative_ppm,
    )


def _model(scope: Scope, one: _Given, now: datetime) -> Observation:
    observation = one.observation
    return Observation(
        uuid=one.uuid,
        book=observation.book,
        metric=observation.metric,
        region_id=observation.region_id,
        party_id=observation.party_id,
        period_start=observation.period.start,
        precision=observation.period.precision.value,
        value=observation.value,
        text=observation.text,
        unit=observation.unit,
        kind=observation.kind.value,
        source_title=observation.source_title,
        source_clause=observation.source_clause,
        department=observation.department,
        confirmed_by=observation.confirmed_by,
        confirmed_on=observation.confirmed_on,
        provisional=observation.provisional,
        evidence=observation.evidence,
        relative_ppm=observation.relative_ppm,
        recorded_at=now,
        recorder_id=scope.user_id,
        replaces_id=observation.replaces,
        reason=observation.reason,
    )


def _region_names() -> Mapping[str, int]:
    regions = all_regions()
    by_name = {region.name.zh: region.id for region in regions}
    return (
        by_name
        | {region.code: region.id for region in regions if region.code}
        | {region.key: region.id for region in regions}
    )
