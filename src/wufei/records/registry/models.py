"""Tables of one file per enterprise: sites, places, papers, vehicles, people, tags, every change."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from wufei.records.registry.core.applications import OPEN, ApplicationAct, ApplicationState
from wufei.records.registry.core.lifecycle import EventKind
from wufei.records.registry.core.papers import PaperState
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
    address = models.CharField(max_length=200, blank=True)
    management_class_proposed = models.CharField(max_length=16, null=True)  # noqa: DJ001 - null: none was proposed

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(management_class_proposed=None)
                | models.Q(management_class_proposed__in=[kind.value for kind in ManagementClass]),
                name="party_profile_management_class",
            ),
        )


class Paper(models.Model):
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    other_party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=32)
    number = models.CharField(max_length=80)
    issuer = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    state = models.CharField(max_length=16, default=PaperState.ACTIVE.value)
    cycle = models.CharField(max_length=16, blank=True)
    amount_yuan = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    plate = models.CharField(max_length=12, blank=True)
    token = models.CharField(max_length=32, unique=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["party", "kind", "number"], name="paper_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="paper_dates",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in PaperState]), name="paper_state"
            ),
        )
        indexes = (
            models.Index(fields=["region", "kind", "valid_to"], name="paper_of_region"),
            models.Index(fields=["number"], name="paper_number"),
        )


class PaperLine(models.Model):
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    other_party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=32)
    way = models.CharField(max_length=32, blank=True)
    quota_g = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["paper", "code", "way"], name="paper_line_once"),
            models.CheckConstraint(
                condition=models.Q(quota_g=None) | models.Q(quota_g__gte=0), name="paper_line_quota"
            ),
        )


class Place(models.Model):
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=32)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    capacity = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    codes = ArrayField(models.CharField(max_length=32), default=list)
    attributes = models.JSONField(default=dict)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["party", "kind", "code"], name="place_once"),
            models.CheckConstraint(
                condition=models.Q(capacity=None) | models.Q(capacity__gte=0), name="place_capacity"
            ),
        )


class Vehicle(models.Model):
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    plate = models.CharField(max_length=12)
    kind = models.CharField(max_length=64, blank=True)
    new_energy = models.BooleanField(default=False)
    load_kg = models.IntegerField(null=True)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["party", "plate"], name="vehicle_once"),)
        indexes = (models.Index(fields=["plate"], name="vehicle_plate"),)


class Person(models.Model):
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    duty = models.CharField(max_length=64)
    certificate = models.CharField(max_length=80, blank=True)
    certificate_to = models.DateField(null=True)
    left_on = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["party", "code"], name="person_once"),)


class PersonalDetail(models.Model):
    person = models.OneToOneField(Person, models.PROTECT, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    phone = models.CharField(max_length=32, blank=True)
    id_number = models.CharField(max_length=32, blank=True)


class Tag(models.Model):
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["party", "name", "valid_from"], name="tag_once"),)


class PartyEvent(models.Model):
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    other_party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16)
    happened_on = models.DateField()
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["party", "kind", "happened_on"], name="party_event_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in EventKind]), name="party_event_kind"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="merged") | models.Q(other_party__isnull=False),
                name="party_event_merged_into",
            ),
        )


class ClassDecision(models.Model):
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    management_class = models.CharField(max_length=16)
    proposed = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=400)
    decided_on = models.DateField()
    user_id = models.BigIntegerField(null=True)


class Change(models.Model):
    party = models.ForeignKey("identity.Party", models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    thing = models.CharField(max_length=32)
    key = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField()
    user_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["party", "-id"], name="change_of_party"),)


class Application(models.Model):
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    uscc = models.CharField(max_length=18)
    address = models.CharField(max_length=200)
    contact_name = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=16)
    remarks = models.JSONField(default=list)
    words = models.CharField(max_length=400, blank=True)
    version = models.IntegerField()
    sent_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ApplicationState]),
                name="application_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state="passed") ^ models.Q(party__isnull=True),
                name="application_passed_names_its_party",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in OPEN])
                | models.Q(contact_name="", phone="", email=""),
                name="application_ended_forgets_the_person",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=[state.value for state in OPEN]),
                name="application_one_open",
            ),
        )
        indexes = (
            models.Index(
                fields=["region", "sent_at"], condition=models.Q(state="waiting"), name="application_waiting"
            ),
        )


class ApplicationMove(models.Model):
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    number = models.IntegerField()
    act = models.CharField(max_length=16)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    remarks = models.JSONField(default=list)
    words = models.CharField(max_length=400, blank=True)
    said = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application", "number"], name="application_move_number"),
            models.CheckConstraint(
                condition=models.Q(act__in=[act.value for act in ApplicationAct]), name="application_move_act"
            ),
        )
