"""Tables of cases and of questions; a row lies in the region of its author."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wufei.actions.cases.core.case import CaseState


class Case(models.Model):
    """A case; ``card`` is the document with its figures as they were when its review passed it."""

    entry_id = models.UUIDField(unique=True)
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey("identity.User", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    title = models.CharField(max_length=80)
    streams = ArrayField(models.CharField(max_length=20))
    indicators = ArrayField(models.CharField(max_length=120), default=list)
    values = models.JSONField()
    words = models.TextField()
    card = models.JSONField(null=True)
    file_ids = ArrayField(models.UUIDField(), default=list)
    task = models.ForeignKey("tasks.Task", models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey("tasks.Project", models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[each.value for each in CaseState]), name="cases_case_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(card__isnull=False, passed_at__isnull=False),
                name="cases_case_passed_has_card",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="cases_case_published_at",
            ),
        )
        indexes = (models.Index(fields=["state", "-published_at"], name="cases_case_published"),)


class Event(models.Model):
    """What happened to a case, by whom and when; only added to."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    text_zh = models.CharField(max_length=400)
    text_en = models.CharField(max_length=400)
    at = models.DateTimeField()
    user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
