"""How people prove who they are, and how they are reached; each row is seen by its person only.

Secrets are kept as hashes, the second factor's encrypted. Row-level security: migration 0004.
"""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from wufei.runtime.identity.models.membership import Department, Membership, Party, Region, User


class Contact(models.Model):
    """Phone and e-mail, here only: a table of its own, so that they can be erased and the records stay."""

    user = models.OneToOneField(User, models.PROTECT, related_name="+", primary_key=True)
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    # What the mail server said of the address when it refused it; erased with it, as it names it.
    refused = models.CharField(max_length=200, blank=True)


class SecondFactor(models.Model):
    """The secret shared with an authenticator; it counts from its first right code on."""

    user = models.OneToOneField(User, models.PROTECT, related_name="+", primary_key=True)
    secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(null=True)


class RecoveryCode(models.Model):
    """A code on paper for who has lost the authenticator; good for once."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once"),)


class OidcLink(models.Model):
    """A person of an identity provider who is a person here."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=300)
    token_hash = models.CharField(max_length=64, unique=True)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "issuer"], name="oidc_link_one_per_issuer"),)


class ApiKey(models.Model):
    """What a program shows instead of a person who signs in; it reaches what its membership reaches."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    beginning = models.CharField(max_length=16)
    token_hash = models.CharField(max_length=64, unique=True)
    only_reading = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    last_address = models.GenericIPAddressField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Session(AbstractBaseSession):
    """A browser that is signed in, or looks around; ``session_key`` is the hash of what the cookie holds."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    device = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()


class Invitation(models.Model):
    """A link for one person and one use: to come in with a membership, or to set a new password."""

    kind = models.CharField(max_length=8)
    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    display_name = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    role = models.CharField(max_length=16)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", null=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    drops_second_factor = models.BooleanField(default=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=["join", "reset"]), name="invitation_kind"),
            models.CheckConstraint(
                condition=models.Q(kind="join") | models.Q(user__isnull=False),
                name="invitation_of_a_reset_names_its_person",
            ),
        )
