"""Tables of sites and of the profiles of parties."""

from __future__ import annotations

from django.db import models

from wufei.records.registry.core.producers import ManagementClass


class Site(models.Model):
    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    functional_region = models.ForeignKey("identity.Region", models.PROTECT, null=True, related_name="+")
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    strict = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(longitude=None, latitude=None)
                | models.Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="site_position",
            ),
        )


class PartyProfile(models.Model):
    party = models.OneToOneField("identity.Party", models.PROTECT, related_name="+")
    industry_code = models.CharField(max_length=8, blank=True)
    management_class_proposed = models.CharField(max_length=16, null=True)  # noqa: DJ001 - null: none was proposed

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(management_class_proposed=None)
                | models.Q(management_class_proposed__in=[kind.value for kind in ManagementClass]),
                name="party_profile_management_class",
            ),
        )
