"""Tables of tasks and of all that happens to them; a row lies in the region of its plan."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import Duty


def _one_of(field: str, kinds: Iterable[str]) -> models.Q:
    return models.Q(**{f"{field}__in": [str(kind) for kind in kinds]})


def _share(field: str) -> models.Q:
    return models.Q(**{f"{field}__gte": 0, f"{field}__lte": 1})


class Task(models.Model):
    """A task taken from a plan; what the plan withdraws is closed with a note, never removed."""

    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    plan_key = models.CharField(max_length=64)
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    no = models.CharField(max_length=40, blank=True)
    section = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    due = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True)
    lasting = models.BooleanField()
    closed_on = models.DateField(null=True)
    closed_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan_key", "code"], name="tasks_task_once"),)


class Unit(models.Model):
    """A unit as the plan writes it, and the department that it is, once known."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    duty = models.CharField(max_length=8)
    department = models.ForeignKey("identity.Department", models.PROTECT, null=True, related_name="+")
    dropped = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["task", "name", "duty"], name="tasks_unit_once"),
            models.CheckConstraint(condition=_one_of("duty", Duty), name="tasks_unit_duty"),
        )


class Goal(models.Model):
    """The goal of a year: a draft until the lead confirms it."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    text = models.TextField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["task", "year"], name="tasks_goal_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None, confirmed_by=None)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="tasks_goal_confirmed_by_somebody",
            ),
        )


class Node(models.Model):
    """节点: what is reached by the end of a quarter; ``share`` of the year's goal, 0..1."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    share = models.DecimalField(max_digits=5, decimal_places=4)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["task", "year", "quarter"], name="tasks_node_once"),
            models.CheckConstraint(condition=_share("share"), name="tasks_node_share"),
            models.CheckConstraint(
                condition=models.Q(quarter__gte=1, quarter__lte=4), name="tasks_node_quarter"
            ),
        )


class Report(models.Model):
    """What a department reported for a quarter; it counts once its review has passed it."""

    entry_id = models.UUIDField(unique=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    share = models.DecimalField(max_digits=5, decimal_places=4)
    text = models.TextField()
    problems = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    file_ids = ArrayField(models.UUIDField(), default=list)
    reported_on = models.DateField()
    passed_at = models.DateTimeField(null=True)
    author = models.ForeignKey("identity.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=_share("share"), name="tasks_report_share"),
            models.CheckConstraint(
                condition=models.Q(quarter__gte=1, quarter__lte=4), name="tasks_report_quarter"
            ),
        )
        indexes = (models.Index(fields=["task", "year", "quarter"], name="tasks_report_of_a_node"),)


class Step(models.Model):
    """A step of 督办 that a person took: a reminder, a 督办单 with its number, a proposed 约谈 or 通报."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    node_year = models.PositiveSmallIntegerField()
    node_quarter = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField(null=True)
    year = models.PositiveSmallIntegerField()
    text = models.TextField()
    issued_on = models.DateField()
    issued_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    reply_by = models.DateField(null=True)
    reply = models.TextField(blank=True)
    replied_on = models.DateField(null=True)
    replied_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)
    closed_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["region", "year", "serial"], name="tasks_order_number_once"),
            models.UniqueConstraint(
                fields=["task", "kind", "node_year", "node_quarter", "department"], name="tasks_step_once"
            ),
            models.CheckConstraint(condition=_one_of("kind", StepKind), name="tasks_step_kind"),
            models.CheckConstraint(
                condition=~models.Q(kind="order")
                | models.Q(serial__isnull=False, reply_by__gte=models.F("issued_on")),
                name="tasks_order_has_number_and_day",
            ),
            models.CheckConstraint(
                condition=models.Q(replied_on=None) | ~models.Q(reply=""), name="tasks_step_reply_has_words"
            ),
        )


class Comment(models.Model):
    """批示: what a leader wants, by when, and what was answered."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    reply_by = models.DateField()
    reply = models.TextField(blank=True)
    replied_on = models.DateField(null=True)
    replied_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")


class Moved(models.Model):
    """An indicator that a task moves, by its id in the catalogue."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["task", "indicator"], name="tasks_moved_once"),)


class Event(models.Model):
    """What happened to a task, by whom and when; only added to."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    text_zh = models.TextField()
    text_en = models.TextField()
    at = models.DateTimeField()
    user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")


class Project(models.Model):
    """A project of the plan; money in yuan."""

    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    plan_key = models.CharField(max_length=64)
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=120, blank=True, default="")
    name = models.CharField(max_length=300)
    content = models.TextField(blank=True)
    units = ArrayField(models.CharField(max_length=120), default=list)
    due = models.CharField(max_length=120, blank=True)
    planned_yuan = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan_key", "code"], name="tasks_project_once"),
            models.CheckConstraint(
                condition=models.Q(planned_yuan=None) | models.Q(planned_yuan__gte=0),
                name="tasks_project_money",
            ),
        )


class ProjectState(models.Model):
    """How far a project is on a day, and what was spent until then; only added to."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    as_of_on = models.DateField()
    share = models.DecimalField(max_digits=5, decimal_places=4)
    spent_yuan = models.DecimalField(max_digits=16, decimal_places=2)
    note = models.CharField(max_length=300, blank=True)
    # Without value in rows of before there were any.
    files = ArrayField(models.UUIDField(), null=True)
    user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=_share("share") & models.Q(spent_yuan__gte=0), name="tasks_project_state"
            ),
        )


class Meeting(models.Model):
    """推进会: its pack is the state of all tasks on its day, kept as it was."""

    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    held_on = models.DateField()
    title = models.CharField(max_length=200)
    agenda = models.TextField(blank=True)
    minutes = models.TextField(blank=True)
    pack = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["region", "held_on", "title"], name="tasks_meeting_once"),
        )


class Decision(models.Model):
    """What a meeting decided: who does it by when, and what became of it."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="+")
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)
    department = models.ForeignKey("identity.Department", models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    done_note = models.CharField(max_length=300, blank=True)


class Member(models.Model):
    """Who belongs to the coordination group, with which duty, from when until when."""

    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    post = models.CharField(max_length=120)
    duty = models.CharField(max_length=300)
    department = models.ForeignKey("identity.Department", models.PROTECT, null=True, related_name="+")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(to_on=None) | models.Q(to_on__gte=models.F("from_on")),
                name="tasks_member_days",
            ),
        )


class Responsibility(models.Model):
    """A line of the list of duties as the form took it; it ends or is withdrawn, nothing else changes."""

    entry_id = models.UUIDField()
    region = models.ForeignKey("identity.Region", models.PROTECT, related_name="+")
    stream = models.CharField(max_length=20)
    stages = ArrayField(models.CharField(max_length=12))
    department = models.ForeignKey("identity.Department", models.PROTECT, related_name="+")
    duty = models.CharField(max_length=8)
    content = models.TextField(blank=True)
    document = models.CharField(max_length=200)
    article = models.CharField(max_length=60, blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    withdrawn = models.BooleanField(default=False)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    ended_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["region", "stream", "stages", "department", "duty", "document", "article", "from_on"],
                condition=models.Q(withdrawn=False),
                name="tasks_responsibility_once",
            ),
            models.CheckConstraint(condition=_one_of("duty", Duty), name="tasks_responsibility_duty"),
            models.CheckConstraint(
                condition=models.Q(to_on=None) | models.Q(to_on__gte=models.F("from_on")),
                name="tasks_responsibility_days",
            ),
            models.CheckConstraint(condition=models.Q(stages__len__gt=0), name="tasks_responsibility_stages"),
        )
