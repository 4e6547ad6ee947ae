"""Reads of observations; like every read of a secured table they need an open `session` of the scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from wufei.kernel.errors import NotFoundError
from wufei.kernel.period import Period, Precision
from wufei.records.observations.core.observation import ObservationKind
from wufei.records.observations.core.validation import plain
from wufei.records.observations.models import Observation
from wufei.runtime.access.core import Scope, require

# Day before month before quarter before half before year: a period may hold what is as fine or finer.
_FINENESS = (Precision.DAY, Precision.MONTH, Precision.QUARTER, Precision.HALF, Precision.YEAR)


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """A recorded observation: ``value`` in the metric's unit, ``text`` as the source has it."""

    uuid: UUID
    book: str
    metric: str
    region_id: int
    party_id: int | None
    period: Period
    value: Decimal | None
    text: str
    unit: str
    kind: ObservationKind
    source_title: str
    source_clause: str
    department: str
    confirmed_by: str
    confirmed_on: date | None
    provisional: bool
    evidence: str
    relative_ppm: int
    recorded_at: datetime
    recorder_id: int | None
    replaces: UUID | None
    reason: str


def read_observations(
    scope: Scope,
    *,
    region_ids: Collection[int],
    period: Period,
    metrics: Collection[str] | None = None,
    book: str | None = None,
    as_of: datetime | None = None,
) -> list[ObservationRow]:
    """Give the standing observations of some regions whose periods lie within a period.

    A replaced observation is left out, also where its replacement speaks of the same key. A yearly value lies
    in its year, not in its months. Rows come by region, metric, period and kind.

    Parameters
    ----------
    region_ids : collection of int
        The regions.
    period : Period
        The span; each row says what part of it it speaks of.
    metrics : collection of str, optional
        Metric or indicator ids; all if left out.
    book : str, optional
        One book; all if left out, each row says which.
    as_of : datetime, optional
        What stood at that instant, instead of now.

    Raises
    ------
    AccessError
        The scope does not reach one of the regions.
    """
    for region_id in region_ids:
        require(scope, "observations.read", region_id=region_id)
    fine = _FINENESS[: _FINENESS.index(period.precision) + 1]
    chosen = _standing(as_of).filter(
        region_id__in=region_ids,
        period_start__gte=period.start,
        period_start__lt=period.end,
        precision__in=[precision.value for precision in fine],
    )
    if metrics is not None:
        chosen = chosen.filter(metric__in=metrics)
    if book is not None:
        chosen = chosen.filter(book=book)
    return _rows(chosen.order_by("region_id", "metric", "period_start", "precision", "kind", "id"))


def last_recorded_at(scope: Scope) -> datetime | None:
    """Give when an observation was last recorded, of those that the scope may see; None before the first."""
    require(scope, "observations.read")
    found: datetime | None = Observation.objects.aggregate(last=Max("recorded_at"))["last"]
    return found


def get_observation(scope: Scope, uuid: UUID) -> ObservationRow:
    """Give one observation, standing or replaced.

    Raises
    ------
    NotFoundError
        There is none with this id in the scope.
    AccessError
        The scope may not read observations of its region.
    """
    found = Observation.objects.filter(uuid=uuid).first()
    if found is None:
        raise NotFoundError("observation", uuid)
    require(scope, "observations.read", region_id=found.region_id)
    return _row(found)


def versions_of(scope: Scope, uuid: UUID) -> list[ObservationRow]:
    """Give all versions of the observation that one version belongs to, the oldest first.

    Raises
    ------
    NotFoundError
        There is none with this id in the scope.
    """
    asked = get_observation(scope, uuid)
    of_party = Q(party=None) if asked.party_id is None else Q(party_id=asked.party_id)
    same_key = Observation.objects.filter(
        of_party,
        book=asked.book,
        metric=asked.metric,
        region_id=asked.region_id,
        period_start=asked.period.start,
        precision=asked.period.precision.value,
        kind=asked.kind.value,
    )
    return _rows(same_key.order_by("id"))


def _standing(as_of: datetime | None) -> QuerySet[Observation]:
    known = Q() if as_of is None else Q(recorded_at__lte=as_of)
    later = Observation.objects.filter(known, replaces_id=OuterRef("uuid"))
    return Observation.objects.filter(known).exclude(Exists(later))


def _rows(observations: Iterable[Observation]) -> list[ObservationRow]:
    return [_row(observation) for observation in observations]


def _row(found: Observation) -> ObservationRow:
    return ObservationRow(
        uuid=found.uuid,
        book=found.book,
        metric=found.metric,
        region_id=found.region_id,
        party_id=found.party_id,
        period=Period(Precision(found.precision), found.period_start),
        value=None if found.value is None else plain(found.value),
        text=found.text,
        unit=found.unit,
        kind=ObservationKind(found.kind),
        source_title=found.source_title,
        source_clause=found.source_clause,
        department=found.department,
        confirmed_by=found.confirmed_by,
        confirmed_on=found.confirmed_on,
        provisional=found.provisional,
        evidence=found.evidence,
        relative_ppm=found.relative_ppm,
        recorded_at=found.recorded_at,
        recorder_id=found.recorder_id,
        replaces=found.replaces_id,
        reason=found.reason,
    )
