"""Tables of device keys and signatures."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Device(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    public_key = models.BinaryField(unique=True)
    registered_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Signature(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    content = models.TextField()
    statement = models.CharField(max_length=500)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    membership = models.ForeignKey("identity.Membership", models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    at = models.DateTimeField()
    means = models.CharField(max_length=16)
    asked_at = models.DateTimeField(null=True)
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    public_key = models.BinaryField(null=True)
    signature = models.BinaryField(null=True, unique=True)

    class Meta:
        indexes = (models.Index(fields=["subject_kind", "subject_id", "at"], name="signature_subject"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    means="device",
                    asked_at__isnull=False,
                    device__isnull=False,
                    public_key__isnull=False,
                    signature__isnull=False,
                )
                | models.Q(
                    means="second-factor",
                    asked_at__isnull=True,
                    device__isnull=True,
                    public_key__isnull=True,
                    signature__isnull=True,
                ),
                name="signature_means",
            ),
        )
