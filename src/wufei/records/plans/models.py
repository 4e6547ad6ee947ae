"""Tables of published plans, their lines and the values of those lines."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from wufei.records.plans.core.plan import Attribute, LineSet, LineType
from wufei.records.plans.core.values import Op


def _one_of(field: str, kinds: Iterable[str]) -> models.Q:
    return models.Q(**{f"{field}__in": [str(kind) for kind in kinds]})


_NO_NUMBER = _one_of("op", (Op.TEXT, Op.BLANK))


class Plan(models.Model):
    key = models.CharField(max_length=64, unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    number = models.CharField(max_length=64, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    # A Period key: a day, or only a month where the document says no more.
    issued_on = models.CharField(max_length=10)
    base_year = models.PositiveSmallIntegerField()
    last_target_year = models.PositiveSmallIntegerField()
    target_years = ArrayField(models.PositiveSmallIntegerField())
    declared_totals = models.JSONField(default=list)
    text_targets = models.JSONField(default=list)
    source_title = models.CharField(max_length=300)
    source_clause = models.CharField(max_length=300)
    source_note = models.JSONField(default=dict)
    status = models.CharField(max_length=20)
    doubts = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=["region", "base_year"], name="plan_region_year"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last_target_year__gte=models.F("base_year")), name="plan_years_in_order"
            ),
        )


class PlanLine(models.Model):
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    line_set = models.CharField(max_length=4)
    no = models.PositiveSmallIntegerField()
    level1 = models.CharField(max_length=120)
    level2 = models.CharField(max_length=120)
    name = models.TextField()
    indicator = models.CharField(max_length=80)
    type = models.CharField(max_length=2)
    attribute = models.CharField(max_length=3, blank=True)
    units = ArrayField(models.CharField(max_length=120), default=list)
    notes = models.JSONField(default=list)
    doubts = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "line_set", "no"], name="plan_line_number_once"),
            models.UniqueConstraint(fields=["plan", "position"], name="plan_line_position_once"),
            models.CheckConstraint(condition=_one_of("line_set", LineSet), name="plan_line_set"),
            models.CheckConstraint(condition=_one_of("type", LineType), name="plan_line_type"),
            models.CheckConstraint(condition=_one_of("attribute", Attribute), name="plan_line_attribute"),
        )


class PlanTarget(models.Model):
    """A value of a line: the base value or a target, as written and as understood."""

    line = models.ForeignKey(PlanLine, models.PROTECT, related_name="+")
    is_base = models.BooleanField()
    year = models.PositiveSmallIntegerField()
    text = models.TextField()
    op = models.CharField(max_length=5)
    value = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    high = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    unit = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["line", "is_base", "year"], name="plan_target_once"),
            models.CheckConstraint(condition=_one_of("op", Op), name="plan_target_op"),
            models.CheckConstraint(
                condition=(_NO_NUMBER & models.Q(value=None)) | (~_NO_NUMBER & ~models.Q(value=None)),
                name="plan_target_number_where_op_needs_one",
            ),
            models.CheckConstraint(
                condition=(models.Q(op=Op.RANGE.value) & models.Q(high__gte=models.F("value")))
                | (~models.Q(op=Op.RANGE.value) & models.Q(high=None)),
                name="plan_target_range_has_two_ends",
            ),
        )


class PlanTask(models.Model):
    """A task as printed; one that a later edition leaves out stays, withdrawn, as work may rest on it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    no = models.CharField(max_length=40, blank=True)
    section = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    lead = ArrayField(models.CharField(max_length=120), default=list)
    support = ArrayField(models.CharField(max_length=120), default=list)
    due = models.CharField(max_length=120, blank=True)
    clause = models.CharField(max_length=200, blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "code"], name="plan_task_code_once"),)


class PlanProject(models.Model):
    """A project as printed; withdrawn as a task is."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    no = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=300)
    content = models.TextField(blank=True)
    units = ArrayField(models.CharField(max_length=120), default=list)
    due = models.CharField(max_length=120, blank=True)
    clause = models.CharField(max_length=200, blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "code"], name="plan_project_code_once"),)


class PlanEdition(models.Model):
    """An edition of a plan that a later one took the place of, whole, as `core.kept` writes it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    replaced_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "number"], name="plan_edition_number_once"),)


class PlanDraft(models.Model):
    """A plan that was read and is not published yet: the document, what was read, what people did to it."""

    id = models.UUIDField(primary_key=True)
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    file = models.UUIDField(null=True)
    file_name = models.CharField(max_length=200)
    # Of the document as it came, to recognise it again; empty in drafts of before this was kept.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=10)
    content = models.JSONField()
    blocks = models.JSONField()
    findings = models.JSONField()
    units = models.JSONField(default=dict)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["region", "-made_at"], name="plan_draft_region"),
            models.Index(fields=["region", "sha256"], name="plan_draft_same_file"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "published", "discarded"]), name="plan_draft_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state="published") ^ models.Q(plan=None), name="plan_draft_names_its_plan"
            ),
        )


class EiaReading(models.Model):
    """What was read of an assessment and found wrong; ``taken`` is what was entered of it, and for whom.

    The document itself is not kept.
    """

    id = models.UUIDField(primary_key=True)
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    findings = models.JSONField()
    party = models.ForeignKey("identity.Party", models.PROTECT, null=True, related_name="+")
    taken = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["region", "-made_at"], name="eia_reading_region"),
            models.Index(fields=["region", "sha256"], name="eia_reading_same_file"),
        )
