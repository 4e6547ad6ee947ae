"""Tables of entries and of their revisions, which are only added to."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    id = models.UUIDField(primary_key=True)
    form_key = models.CharField(max_length=63)
    form_version = models.PositiveIntegerField()
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey("identity.User", models.PROTECT, related_name="+")
    membership = models.ForeignKey("identity.Membership", models.PROTECT, related_name="+")
    state = models.CharField(max_length=8)
    values = models.JSONField()
    digest = models.CharField(max_length=64, blank=True)
    saved_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True)
    device_at = models.DateTimeField(null=True)
    device_offset_min = models.SmallIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="draft", entered_at=None, digest="")
                | (models.Q(state="entered", entered_at__isnull=False) & ~models.Q(digest="")),
                name="forms_entry_state",
            ),
        )
        indexes = (models.Index(fields=["form_key", "-id"], name="forms_entry_form"),)


class Revision(models.Model):
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    values = models.JSONField()
    digest = models.CharField(max_length=64)
    author = models.ForeignKey("identity.User", models.PROTECT, related_name="+")
    membership = models.ForeignKey("identity.Membership", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "number"], name="forms_revision_number"),)
