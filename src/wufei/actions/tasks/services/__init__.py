"""The writing door of tasks."""

from wufei.actions.tasks.services.commenting import answer_comment, make_comment, set_indicators
from wufei.actions.tasks.services.duties import assign_unit, end_document, end_duty
from wufei.actions.tasks.services.goals import (
    confirm_goal,
    confirm_goals,
    draft_all,
    draft_goals,
    draft_of,
    save_goal,
)
from wufei.actions.tasks.services.projects import (
    ProjectReport,
    may_report_project,
    plan_money,
    report_project,
)
from wufei.actions.tasks.services.reminding import tell_due
from wufei.actions.tasks.services.reporting import count_report, keep_report
from wufei.actions.tasks.services.running import (
    MemberDraft,
    decide,
    finish_decision,
    hold_meeting,
    join_group,
    leave_group,
    write_minutes,
)
from wufei.actions.tasks.services.supervising import answer_step, close_step, issue_step
from wufei.actions.tasks.services.taking import Taken, match_unit, take_plan

__all__ = [
    "MemberDraft",
    "ProjectReport",
    "Taken",
    "answer_comment",
    "answer_step",
    "assign_unit",
    "close_step",
    "confirm_goal",
    "confirm_goals",
    "count_report",
    "decide",
    "draft_all",
    "draft_goals",
    "draft_of",
    "end_document",
    "end_duty",
    "finish_decision",
    "hold_meeting",
    "issue_step",
    "join_group",
    "keep_report",
    "leave_group",
    "make_comment",
    "match_unit",
    "may_report_project",
    "plan_money",
    "report_project",
    "save_goal",
    "set_indicators",
    "take_plan",
    "tell_due",
    "write_minutes",
]
