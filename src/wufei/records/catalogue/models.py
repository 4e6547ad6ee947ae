"""Tables of imported official lists; nothing in them is ever deleted or rewritten."""

from __future__ import annotations

from django.db import models

from wufei.records.catalogue.core.annex import ListKind

_KINDS = [kind.value for kind in ListKind]


class OfficialList(models.Model):
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=200)
    effective_on = models.DateField()
    # Whether the file holds the whole list: then what it leaves out is no longer listed.
    whole = models.BooleanField()
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="official_list_kind"),
        )


class OfficialItem(models.Model):
    official_list = models.ForeignKey(OfficialList, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    code = models.CharField(max_length=11)
    category = models.CharField(max_length=4)
    industry = models.CharField(max_length=200, blank=True)
    name = models.TextField()
    hazards = models.CharField(max_length=32, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    # Set where a later import of the same day said it otherwise: the row was wrong, not outdated.
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="official_item_kind"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="official_item_span",
            ),
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                condition=models.Q(replaced_at=None),
                name="official_item_once",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(replaced_at=None, valid_to=None),
                name="official_item_one_in_force",
            ),
        )
