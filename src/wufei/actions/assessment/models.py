"""Tables of assessments, of what people add to them, and of a region's own schemes."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wufei.actions.assessment.core.states import State


def _one_of(field: str, kinds: Iterable[str]) -> Q:
    return Q(**{f"{field}__in": [str(kind) for kind in kinds]})


class Scheme(models.Model):
    """An edition of a region's own scheme; a change is a new edition, earlier ones stay."""

    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    edition = models.PositiveIntegerField()
    text = models.TextField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["region", "key", "edition"], name="assessment_scheme_once"),
        )


class Known(models.Manager["Assessment"]):
    """Leaves out what only those who oversee may read; asking for it is refused by the database."""

    def get_queryset(self) -> models.QuerySet[Assessment]:
        """Give assessments without facts and result."""
        return super().get_queryset().defer("facts", "result")


class Assessment(models.Model):
    """A year's assessment by one scheme.

    ``scheme`` is the scheme's text as it was when the assessment was opened, ``facts`` the canonical JSON of
    what it was computed from, ``result`` that of all sheets when it was closed; each with its SHA-256. Both
    hold every department's: the database gives them to those who oversee, by
    `queries.assessments.papers_of`.
    """

    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    scheme_key = models.CharField(max_length=40)
    scheme = models.TextField()
    book = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    facts = models.TextField(blank=True)
    facts_digest = models.CharField(max_length=64, blank=True)
    computed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    appeal_until = models.DateField(null=True)
    # Who stands before whom, as departments see it; empty where the scheme does not show it.
    ranking = models.TextField(blank=True)
    result = models.TextField(blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = Known()

    class Meta:
        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(fields=["region", "year", "scheme_key"], name="assessment_once"),
            models.CheckConstraint(condition=_one_of("state", State), name="assessment_state"),
            models.CheckConstraint(
                condition=Q(state="open", facts="") | (~Q(state="open") & ~Q(facts="")),
                name="assessment_computed_has_facts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["published", "closed"], published_at__isnull=False)
                | (~Q(state__in=["published", "closed"]) & Q(published_at=None)),
                name="assessment_published_has_day",
            ),
            models.CheckConstraint(
                condition=(Q(state="closed", closed_at__isnull=False) & ~Q(result=""))
                | (~Q(state="closed") & Q(closed_at=None, result="")),
                name="assessment_closed_has_result",
            ),
        )


class Entry(models.Model):
    """What an officer entered for a line; the latest of its kind counts, and 0 takes it back."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, related_name="+")
    line = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=6, decimal_places=4)
    note = models.TextField()
    file_ids = ArrayField(models.UUIDField(), default=list)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gte=0), name="assessment_entry_amount"),)


class Sheet(models.Model):
    """A department's published sheet as canonical JSON: its own people see it, and those who oversee."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, related_name="+")
    content = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["assessment", "department"], name="assessment_sheet_once"),
        )


class Appeal(models.Model):
    """申诉: a department objects to a line, with evidence; the office decides once, with its reason."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, related_name="+")
    line = models.CharField(max_length=120)
    text = models.TextField()
    file_ids = ArrayField(models.UUIDField(), default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    accepted = models.BooleanField(null=True)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["assessment", "department", "line"],
                condition=Q(accepted=None),
                name="assessment_appeal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(accepted=None, decided_at=None, points=None, value=None)
                | (Q(accepted=False, decided_at__isnull=False, points=None, value=None) & ~Q(reason=""))
                | (
                    Q(accepted=True, decided_at__isnull=False)
                    & ~Q(reason="")
                    & (Q(points=None, value__isnull=False) | Q(points__isnull=False, value=None))
                ),
                name="assessment_appeal_decided_with_reason",
            ),
        )


class Event(models.Model):
    """What was done with an assessment, by whom and when; only added to."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    text_zh = models.TextField()
    text_en = models.TextField()
    at = models.DateTimeField()
    user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
