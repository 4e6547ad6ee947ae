"""Tables of the ledger. The migrations write them in SQL: partitions, row security and triggers are theirs.

The column ``xid`` (``xid8``, the writing transaction) exists in the tables that are sealed and is left out
here, because only the sealer reads it.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Func, Value, When
from django.db.models.functions import Cast


class Account(models.Model):
    book = models.TextField()
    kind = models.TextField()
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+", db_index=False)
    stream = models.TextField()
    origin_region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+", db_index=False)
    origin_sector = models.TextField()
    holder = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+", db_index=False)
    site = models.ForeignKey("registry.Site", models.PROTECT, null=True, related_name="+", db_index=False)
    ref = models.TextField()
    # Written by the database from the nine parts above; `account_digest` gives the same in Python.
    key = models.UUIDField(unique=True, editable=False)

    class Meta:
        db_table = "ledger_account"


class Balance(models.Model):
    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="+")
    region_id = models.BigIntegerField()
    origin_region_id = models.BigIntegerField()
    holder_id = models.BigIntegerField(null=True)
    grams = models.BigIntegerField(default=0)
    strict = models.BooleanField(default=True)

    class Meta:
        db_table = "ledger_balance"


class Posting(models.Model):
    id = models.UUIDField(primary_key=True)
    book = models.TextField()
    content_hash = models.BinaryField()
    transfers = models.IntegerField()
    reason = models.TextField()
    region_ids = ArrayField(models.BigIntegerField())
    holder_ids = ArrayField(models.BigIntegerField())
    recorded_at = models.DateTimeField()
    recorder_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_posting"


class Transfer(models.Model):
    id = models.UUIDField(primary_key=True)
    posting_id = models.UUIDField()
    book = models.TextField()
    source_account_id = models.BigIntegerField()
    target_account_id = models.BigIntegerField()
    source_kind = models.TextField()
    source_region_id = models.BigIntegerField()
    source_holder_id = models.BigIntegerField(null=True)
    source_site_id = models.BigIntegerField(null=True)
    target_kind = models.TextField()
    target_region_id = models.BigIntegerField()
    target_holder_id = models.BigIntegerField(null=True)
    target_site_id = models.BigIntegerField(null=True)
    stream = models.TextField()
    origin_region_id = models.BigIntegerField()
    origin_sector = models.TextField()
    grams = models.BigIntegerField()
    signed_grams = models.GeneratedField(
        expression=Case(When(reverses=None, then=F("grams")), default=-F("grams")),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    step = models.TextField()
    method = models.TextField()
    evidence = models.TextField()
    occurred_at = models.DateTimeField()
    occurred_on = models.GeneratedField(
        expression=Cast(
            Func(Value("Asia/Shanghai"), F("occurred_at"), function="timezone"), models.DateField()
        ),
        output_field=models.DateField(),
        db_persist=True,
    )
    precision = models.TextField()
    quantity = models.DecimalField(max_digits=60, decimal_places=20)
    unit = models.TextField()
    conversion = models.TextField()
    dry_share_ppm = models.IntegerField(null=True)
    uncertainty_ppm = models.IntegerField()
    document = models.TextField()
    container = models.UUIDField(null=True)
    reverses = models.UUIDField(null=True)
    amends_period = models.TextField()
    recorded_at = models.DateTimeField()
    recorder_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_transfer"


class Reversal(models.Model):
    transfer_id = models.UUIDField(primary_key=True)
    reversal_id = models.UUIDField(unique=True)

    class Meta:
        db_table = "ledger_reversal"


class Finish(models.Model):
    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="+")
    posting_id = models.UUIDField()
    recorded_at = models.DateTimeField()
    recorder_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_finish"
