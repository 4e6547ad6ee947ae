"""Tables of regions, parties, departments, people, memberships and failed sign-ins."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from wufei.runtime.identity.core.kinds import GRANTED_ROLES, PARTY_ROLES, PartyKind, RegionKind


def _one_of(field: str, kinds: Iterable[str]) -> models.Q:
    return models.Q(**{f"{field}__in": [str(kind) for kind in kinds]})


class Region(models.Model):
    key = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=12, unique=True, null=True)  # noqa: DJ001 - null: the region has no code
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=16)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    synthetic = models.BooleanField(default=False)
    aliases = ArrayField(models.CharField(max_length=120), default=list)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=_one_of("kind", RegionKind), name="region_kind"),
            models.CheckConstraint(
                condition=~models.Q(kind="functional") | models.Q(code=None),
                name="region_functional_has_no_code",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="synthetic") | models.Q(synthetic=True),
                name="region_synthetic_is_marked",
            ),
        )


class Party(models.Model):
    key = models.CharField(max_length=64, unique=True)
    uscc = models.CharField(max_length=18, unique=True, null=True)  # noqa: DJ001 - null: none was given
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=16)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = (models.CheckConstraint(condition=_one_of("kind", PartyKind), name="party_kind"),)


class Department(models.Model):
    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    aliases = ArrayField(models.CharField(max_length=120), default=list)


class User(AbstractBaseUser):
    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)

    objects = BaseUserManager()

    USERNAME_FIELD = "username"


class Membership(models.Model):
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=_one_of("role", GRANTED_ROLES), name="membership_role"),
            models.CheckConstraint(
                condition=~_one_of("role", sorted(PARTY_ROLES)) | models.Q(party__isnull=False),
                name="membership_of_a_party_names_it",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region", "party", "department"],
                name="membership_once",
                nulls_distinct=False,
            ),
        )


class SignInFailure(models.Model):
    username = models.CharField(max_length=64)
    address = models.GenericIPAddressField()
    failed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["username", "failed_at"], name="sign_in_failure_username"),
            models.Index(fields=["address", "failed_at"], name="sign_in_failure_address"),
        )


class Mandate(models.Model):
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    agent = models.ForeignKey(Party, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    actions = ArrayField(models.CharField(max_length=32), default=list)
    from_on = models.DateField()
    last_on = models.DateField()
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(last_on__gte=models.F("from_on")), name="mandate_days"),
            models.CheckConstraint(condition=~models.Q(agent=models.F("owner")), name="mandate_of_two"),
        )
