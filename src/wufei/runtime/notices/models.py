"""Tables of notices, of who has them, of people's choices, and of webhooks."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from wufei.runtime.notices.core.notices import Channel


class Notice(models.Model):
    id = models.UUIDField(primary_key=True)
    key = models.CharField(max_length=200, unique=True)
    topic = models.CharField(max_length=64)
    text_zh = models.CharField(max_length=500)
    text_en = models.CharField(max_length=500, blank=True)
    link = models.CharField(max_length=500)
    urgent = models.BooleanField(default=False)
    region = models.ForeignKey("identity.Region", models.PROTECT, null=True, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    # When the calls to webhooks were made out.
    spread_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["sent_at"], name="notice_unspread", condition=models.Q(spread_at=None)),
        )


class Delivery(models.Model):
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    topic = models.CharField(max_length=64)
    # Goes into the daily digest, or at once.
    by_mail = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "notice"], name="delivery_once"),)
        indexes = (
            models.Index(fields=["user"], name="delivery_unseen", condition=models.Q(seen_at=None)),
            models.Index(
                fields=["user", "urgent"],
                name="delivery_unmailed",
                condition=models.Q(seen_at=None, mailed_at=None, by_mail=True),
            ),
        )


class Choice(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    topic = models.CharField(max_length=64)
    channel = models.CharField(max_length=8)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "topic"], name="choice_once"),
            models.CheckConstraint(condition=models.Q(channel__in=list(Channel)), name="choice_channel"),
        )


class Mailbox(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    digest = models.BooleanField(default=True)
    digest_on = models.DateField(null=True)
    urgent_on = models.DateField(null=True)
    urgent_count = models.IntegerField(default=0)


class Webhook(models.Model):
    region = models.ForeignKey("identity.Region", models.PROTECT, null=True, related_name="+")
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=64)
    # Empty: all topics.
    topics = ArrayField(models.CharField(max_length=64), default=list)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(region__isnull=False) ^ models.Q(party__isnull=False),
                name="webhook_of_a_region_or_a_party",
            ),
        )


class Call(models.Model):
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="+")
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["webhook", "notice"], name="call_once"),)
        indexes = (
            models.Index(
                fields=["next_at"], name="call_waiting", condition=models.Q(done_at=None, parked_at=None)
            ),
        )
