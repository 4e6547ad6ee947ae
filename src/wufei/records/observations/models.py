"""The append-only table of observations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from wufei.kernel.period import Precision
from wufei.records.observations.core.observation import EVIDENCE, ObservationKind
from wufei.records.observations.core.validation import DIGITS, PLACES

_PERIODS = [precision.value for precision in Precision if precision is not Precision.INSTANT]


class Observation(models.Model):
    uuid = models.UUIDField(unique=True)
    book = models.CharField(max_length=64)
    metric = models.CharField(max_length=80)
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    period_start = models.DateField()
    precision = models.CharField(max_length=8)
    value = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    text = models.TextField(blank=True)
    unit = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=12)
    source_title = models.TextField()
    source_clause = models.TextField(blank=True)
    department = models.TextField(blank=True)
    confirmed_by = models.TextField(blank=True)
    confirmed_on = models.DateField(null=True)
    provisional = models.BooleanField()
    evidence = models.CharField(max_length=24)
    relative_ppm = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    recorder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    replaces = models.OneToOneField("self", models.PROTECT, to_field="uuid", null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["region", "period_start", "metric"], name="observation_reading"),)
        constraints = (
            # One line of versions per key: the first version once, and each version replaced at most once.
            models.UniqueConstraint(
                fields=["book", "metric", "region", "party", "period_start", "precision", "kind"],
                condition=Q(replaces=None),
                nulls_distinct=False,
                name="observation_first_version_once",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(reason=""), name="observation_replacement_has_reason"
            ),
            models.CheckConstraint(condition=~Q(source_title=""), name="observation_source"),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(text=""), name="observation_not_empty"
            ),
            models.CheckConstraint(condition=Q(precision__in=_PERIODS), name="observation_precision"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ObservationKind]), name="observation_kind"
            ),
            models.CheckConstraint(condition=Q(evidence__in=EVIDENCE), name="observation_evidence"),
            models.CheckConstraint(condition=Q(relative_ppm__gte=0), name="observation_relative_ppm"),
        )
