"""Tables of cases and their moves."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from wufei.runtime.review.core.moves import Act, State


class Case(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.UUIDField(unique=True)
    procedure = models.CharField(max_length=64)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16)
    step = models.SmallIntegerField()
    step_action = models.CharField(max_length=64)
    round = models.SmallIntegerField()
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    # The department that speaks in it: other departments neither see nor review it.
    department = models.ForeignKey("identity.Department", models.PROTECT, null=True, related_name="+")
    submitter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Accounts that acted at another step than the one that waits.
    barred = ArrayField(models.BigIntegerField(), default=list)
    due_on = models.DateField(null=True)
    version = models.IntegerField()
    moved_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(
                fields=["region", "step_action", "due_on", "id"],
                name="review_case_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["submitter", "-moved_at"], name="review_case_submitter"),
            models.Index(fields=["party", "state"], name="review_case_party"),
            models.Index(
                fields=["due_on"],
                name="review_case_due",
                condition=models.Q(state__in=["waiting", "returned"]),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[str(state) for state in State if state is not State.DRAFT]),
                name="review_case_state",
            ),
        )


class Move(models.Model):
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    number = models.IntegerField()
    act = models.CharField(max_length=16)
    step = models.SmallIntegerField()
    to_step = models.SmallIntegerField()
    round = models.SmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    membership = models.ForeignKey("identity.Membership", models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    at = models.DateTimeField()
    words = models.TextField(blank=True)
    remarks = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    due_on = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    # The values where they differ from those of the move before.
    snapshot = models.JSONField(null=True)
    signature = models.ForeignKey("signing.Signature", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "number"], name="review_move_number"),
            models.CheckConstraint(
                condition=models.Q(act__in=[str(act) for act in Act]), name="review_move_act"
            ),
        )
