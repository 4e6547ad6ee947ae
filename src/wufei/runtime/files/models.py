"""Tables of files and of the nightly comparison with the disk."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from wufei.runtime.files.core.rows import State


class File(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    # What the scan says; that a file is out of use stands in `withdrawn_at`, which people may set.
    state = models.CharField(max_length=8)
    found = models.CharField(max_length=200, blank=True)
    width_px = models.IntegerField(null=True)
    height_px = models.IntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken_longitude = models.FloatField(null=True)
    taken_latitude = models.FloatField(null=True)
    region = models.ForeignKey("identity.Region", models.PROTECT, null=True, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kept_at = models.DateTimeField()
    scanned_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[State.KEPT, State.HELD, State.REFUSED]), name="file_state"
            ),
            models.CheckConstraint(condition=models.Q(sha256__regex="^[0-9a-f]{64}$"), name="file_sha256"),
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="file_size"),
            models.CheckConstraint(
                condition=~models.Q(state=State.REFUSED) | ~models.Q(found=""), name="file_refused_says_why"
            ),
        )
        indexes = (models.Index(fields=["kept_at"], name="file_held", condition=models.Q(state=State.HELD)),)


class Comparison(models.Model):
    compared_at = models.DateTimeField()
    contents = models.BigIntegerField()
    missing = models.BigIntegerField()
    orphans = models.BigIntegerField()
    examples = ArrayField(models.CharField(max_length=80), default=list)
