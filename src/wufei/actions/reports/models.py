"""Tables of documents, what was done with them, and what departments said of their figures."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from wufei.kernel.errors import NotFoundError


class Report(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    period = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=16)
    version = models.PositiveIntegerField(default=1)
    # Canonical JSON (RFC 8785) and its SHA-256; the database holds the two together and locks them when
    # final.
    content = models.TextField()
    digest = models.CharField(max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    # What the office system gives afterwards.
    number = models.CharField(max_length=60, default="")
    scan = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["region", "-drafted_at"], name="report_of_region"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "check", "countersign", "final"]), name="report_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state="final", locked_at__isnull=False)
                | (~models.Q(state="final") & models.Q(locked_at__isnull=True)),
                name="report_locked_when_final",
            ),
        )


class Move(models.Model):
    """One step: who, when, from where to where, with which words."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    act = models.CharField(max_length=16)
    source = models.CharField(max_length=16)
    target = models.CharField(max_length=16)
    reason = models.CharField(max_length=500, default="")
    digest = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class Answer(models.Model):
    """What a department said of a figure: it holds, or this is the right value."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    entry_id = models.UUIDField(unique=True)
    figure = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    corrected = models.BooleanField()
    old = models.CharField(max_length=200)
    new = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["report", "at"], name="answer_of_report"),)


class Ask(models.Model):
    """A department is asked to confirm figures until a day."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, related_name="+")
    indicators = ArrayField(models.CharField(max_length=120))
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["report", "department"], name="report_asks_department_once"),
        )


class Countersign(models.Model):
    """A department is asked to sign a document in its turn; who signed, whether it agrees, its opinion.

    A document that is sent back and passed again begins a new ``round``.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField()
    agrees = models.BooleanField(null=True)
    opinion = models.CharField(max_length=500, default="")
    digest = models.CharField(max_length=64, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["report", "round", "department"], name="report_countersigned_once"
            ),
            models.CheckConstraint(
                condition=models.Q(agrees=None, user=None, at=None)
                | models.Q(agrees__isnull=False, at__isnull=False),
                name="report_countersigned_by_somebody",
            ),
        )


def locked_report(report_id: uuid.UUID) -> Report:
    """Give a document's row, held until the transaction ends.

    Raises
    ------
    NotFoundError
        There is none, or none that this person may see.
    """
    report = Report.objects.select_for_update().filter(id=report_id).first()
    if report is None:
        raise NotFoundError("report", report_id)
    return report
