"""Tables of cases and of questions; a row lies in the region of its author."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wufei.actions.cases.core.case import CaseState
from wufei.actions.cases.core.question import QuestionState


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


class Question(models.Model):
    """A question; of its assignee one is named: a person, a department, or an outside expert (neither)."""

    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, null=True, related_name="+")
    asker = models.ForeignKey("identity.User", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    title = models.CharField(max_length=80)
    text = models.TextField()
    stream = models.CharField(max_length=20)
    indicator = models.CharField(max_length=120, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey("tasks.Task", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    to_user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    to_department = models.ForeignKey("identity.Department", models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    words = models.TextField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[each.value for each in QuestionState]),
                name="cases_question_state",
            ),
            models.CheckConstraint(
                condition=models.Q(to_user=None) | models.Q(to_department=None), name="cases_question_to_one"
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(state="closed"),
                name="cases_question_published",
            ),
        )
        indexes = (models.Index(fields=["state", "-asked_at"], name="cases_question_waiting"),)


class Turn(models.Model):
    """What was said or done about a question, by whom and when; an outside expert's answer names them."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    act = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    expert = models.CharField(max_length=60, blank=True)
    institution = models.CharField(max_length=120, blank=True)
    said_on = models.DateField(null=True)
    at = models.DateTimeField()
    user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(expert="") | (~models.Q(institution="") & models.Q(said_on__isnull=False)),
                name="cases_turn_expert_is_known",
            ),
        )
